import { useContext, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import {
  ACCEPTED,
  answerSettings,
  canAsk,
  currentAttachments,
  currentDraft,
  mayThink,
  usesNano,
} from '../../../../store';
import { lazyView } from '../../../lazyPart';
import { useRoving } from '../../../controls/useRoving';
import { StoreContext, useApp, useLanguage, useText } from '../../../useApp';
import { COMPOSER_ID } from '../../../shell/usePage';
import type { mentionsOf } from '../agents/mentions';
import { AttachmentStrip, TooLong } from './AttachmentStrip';
import { commandsFor, mentionWord, slashWord, type Command } from './commands';
import { SLASH_MENU_ID, SlashMenu, slashOptionId } from './SlashMenu';
import { TokenMeter } from './TokenMeter';
import { usePaste } from './usePaste';
import { AttachIcon, SendIcon, StopIcon } from '../../../controls/icons';
import { useLeaving } from '../Leaving';
import { SearchFirstButton } from '../tools/SearchFirstButton';
import { ToolsButton } from '../tools/ToolsButton';
import styles from './Composer.module.css';

const ThinkingButton = lazyView(() => import('../thinking/ThinkingButton'));
const CalledAgent = lazyView(() => import('../agents/CalledAgent'));
/** Only models that see have a use for it, and only phones have one. */
const CameraButton = lazyView(() => import('../pictures/CameraButton'));
type Mentions = typeof mentionsOf;

/** Agents whose name has the word after an @; none while their code loads. */
function useMentions(word: string | null): Command[] {
  const store = useContext(StoreContext);
  const language = useLanguage();
  const open = useApp((s) => s.agentDesk.open);
  const [find, setFind] = useState<Mentions>();
  useApp((s) => s.agents.agents); // renders the menu again when they have been read
  const isAsked = word !== null;
  useEffect(() => {
    if (!isAsked) return;
    import('../agents/mentions').then(
      (loaded) => setFind(() => loaded.mentionsOf),
      () => undefined, // offline before its code was loaded: an @ stays a character
    );
    void open();
  }, [isAsked, open]);
  return isAsked && find && store ? find(word, store.getState, language) : [];
}

/** State of the menu of commands or agents: those that match, the active one, and whether Escape closed the menu. */
function useSlash(text: string) {
  const store = useContext(StoreContext);
  const { t } = useText();
  const setText = useApp((s) => s.setDraft);
  const prompts = useApp((s) => s.prompts); // renders the menu again when a prompt changes
  const [state, setState] = useState({ word: '', active: 0, closed: false });
  const [slash, mention] = [slashWord(text), mentionWord(text)];
  const word = slash ?? (mention === null ? null : `@${mention}`);
  const mentioned = useMentions(mention);
  const insertPrompt = (id: string) => {
    const prompt = prompts.find((one) => one.id === id);
    if (!prompt || !store) return;
    if (prompt.text.includes('{{')) store.getState().askForPrompt(id);
    else setText(prompt.text);
  };
  const commands = slash !== null && store ? commandsFor(slash, store.getState, t, insertPrompt) : mentioned;
  const fresh = state.word !== (word ?? '');
  const active = fresh ? 0 : Math.min(state.active, Math.max(commands.length - 1, 0));
  const open = commands.length > 0 && (fresh || !state.closed);
  const choose = (command: Command) => {
    setText('');
    command.run();
  };
  return {
    commands,
    active,
    open,
    choose,
    setActive: (index: number) => setState({ word: word ?? '', active: index, closed: false }),
    close: () => setState({ word: word ?? '', active: 0, closed: true }),
  };
}

function AttachButton() {
  const { t } = useText();
  const attachFiles = useApp((s) => s.attachFiles);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className={`icon-button ${styles.attach}`}
        aria-label={t('attach.add')}
        title={t('attach.addHint')}
        onClick={() => input.current?.click()}
      >
        <AttachIcon />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={`image/*,${ACCEPTED}`}
        onChange={({ target }) => {
          attachFiles([...(target.files ?? [])]);
          target.value = '';
          document.getElementById(COMPOSER_ID)?.focus();
        }}
      />
    </>
  );
}

/** Does not fit one line of a phone: the field then has a line of its own there. */
const isLong = (text: string): boolean => text.length > 20 || text.includes('\n');

/** The message field. A message that is sent while the model loads waits for it. */
export function Composer() {
  const { t } = useText();
  const text = useApp(currentDraft);
  const setText = useApp((s) => s.setDraft);
  const field = useRef<HTMLTextAreaElement>(null);
  const send = useApp((s) => s.send);
  const stop = useApp((s) => s.stop);
  const answering = useApp((s) => s.turn !== null);
  const thinks = useApp(mayThink);
  const elsewhere = useApp((s) => s.turn !== null && s.turn.chatId !== s.currentId);
  const asksElsewhere = useApp((s) => s.toolAsked !== null && s.toolAsked.chatId !== s.currentId);
  const answerable = useApp(canAsk);
  const leaving = useLeaving();
  const reading = useApp((s) => currentAttachments(s).some(({ status }) => status === 'reading'));
  const hasFile = useApp((s) => currentAttachments(s).some(({ document, picture }) => document ?? picture));
  const tooLong = useApp((s) => currentAttachments(s).length > 0 && (s.draftMeasure?.excess ?? 0) > 0);
  const isNano = useApp(usesNano);
  const hasForm = useApp((s) => answerSettings(s).format !== undefined);
  const licence = useApp((s) => s.model.info?.licence);
  const sees = useApp((s) => s.model.info?.eyes !== undefined);
  const slash = useSlash(text);
  const called = useApp((s) => s.agents.called[s.currentId]);
  const { onPaste, onUndoKey } = usePaste();
  const canSend = answerable && !answering && !reading && !tooLong && (text.trim() !== '' || hasFile);

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`; // the style sheet limits it
  }, [text]);

  const submit = () => {
    if (canSend) send(text); // clears the draft
  };

  const roving = useRoving({
    count: slash.commands.length,
    active: slash.active,
    onActive: slash.setActive,
    axis: 'vertical',
    wrap: true,
    ends: false, // the text field needs Home and End
  });
  const onSlashKey = (event: KeyboardEvent): boolean => {
    const { commands, active } = slash;
    if (event.key === 'Escape') slash.close();
    else if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab')
      slash.choose(commands[active]);
    else return roving.onKeyDown(event);
    event.stopPropagation(); // outside the menu, Escape stops an answer
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (onUndoKey(event)) return;
    if (slash.open && onSlashKey(event)) return event.preventDefault();
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    submit();
  };

  return (
    <form
      className={leaving ? `${styles.composer} ${styles.leaving}` : styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TooLong />
      {slash.open && (
        <SlashMenu
          commands={slash.commands}
          active={slash.active}
          onHover={slash.setActive}
          onChoose={slash.choose}
        />
      )}
      <div className={styles.box}>
        {called && <CalledAgent agent={called} />}
        <AttachmentStrip />
        <div className={isLong(text) ? `${styles.row} ${styles.long}` : styles.row}>
          <div className={styles.tools}>
            <AttachButton />
            {sees && <CameraButton />}
            <ToolsButton />
            <SearchFirstButton />
            {thinks && <ThinkingButton />}
          </div>
          <textarea
            id={COMPOSER_ID}
            ref={field}
            rows={1}
            value={text}
            dir="auto"
            autoFocus
            enterKeyHint="send"
            aria-label={t('composer.label')}
            aria-keyshortcuts="Enter"
            aria-describedby="composer-note"
            aria-autocomplete={slash.open ? 'list' : undefined}
            aria-controls={slash.open ? SLASH_MENU_ID : undefined}
            aria-activedescendant={slash.open ? slashOptionId(slash.active) : undefined}
            placeholder={t('composer.placeholder')}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
          />
          <TokenMeter />
          {answering ? (
            <button
              type="button"
              className={`${styles.send} ${styles.stop}`}
              aria-label={t('composer.stop')}
              aria-keyshortcuts="Escape"
              title={t('composer.stopHint')}
              onClick={stop}
            >
              <StopIcon />
            </button>
          ) : (
            <button
              type="submit"
              className={styles.send}
              aria-label={t('composer.send')}
              title={t('composer.sendHint')}
              disabled={!canSend}
            >
              <SendIcon />
            </button>
          )}
        </div>
      </div>
      <p className={leaving ? `${styles.note} ${styles.leaving}` : styles.note} id="composer-note">
        {elsewhere
          ? t(asksElsewhere ? 'composer.asksElsewhere' : 'composer.busyElsewhere')
          : leaving
            ? t(leaving.note, { host: leaving.host })
            : reading
              ? t('composer.reading')
              : t(hasForm ? 'composer.form' : isNano ? 'composer.noteNano' : 'composer.note')}
        {!leaving && licence?.badge && (
          <>
            {' · '}
            <a href={licence.url} target="_blank" rel="noopener noreferrer nofollow" title={licence.name}>
              {licence.badge}
            </a>
          </>
        )}
      </p>
    </form>
  );
}
