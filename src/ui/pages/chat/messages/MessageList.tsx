import { useEffect } from 'react';
import { canAnswer, canAsk, currentChat, isUnsupported, shownMessages } from '../../../../store';
import { goTo } from '../../../route';
import { useApp, useText } from '../../../useApp';
import { focusPythonParts } from '../../../shell/usePage';
import { useStickToBottom } from './useStickToBottom';
import { preloadCards } from '../answer/AnswerParts';
import { preloadMarkdown } from '../answer/FormattedText';
import { EmptyChat } from '../EmptyChat';
import { ErrorCard, type ErrorAction } from '../../../controls/ErrorCard';
import { ArrowDownIcon } from '../../../controls/icons';
import { OverflowCard } from '../OverflowCard';
import { messageElementId, MessageItems } from './MessageItems';
import { Unsupported } from '../Unsupported';
import styles from './MessageList.module.css';

/** Why the last answer failed, below it. */
function TurnError() {
  const { t } = useText();
  const failure = useApp((s) => (s.turnError?.chatId === s.currentId ? s.turnError : null));
  const regenerate = useApp((s) => s.regenerate);
  const newChat = useApp((s) => s.newChat);
  const openDialog = useApp((s) => s.page.openDialog);
  const dismiss = useApp((s) => s.dismissTurnError);
  if (!failure) return null;
  const actions: Record<string, ErrorAction> = {
    'context-full': { label: t('action.newChat'), run: newChat },
    'bad-request': { label: t('settings.open'), run: () => openDialog('settings') },
    'server-key': { label: t('settings.open'), run: () => openDialog('settings') },
    'server-not-openai': { label: t('settings.open'), run: () => openDialog('settings') },
    'server-gone': { label: t('settings.open'), run: () => openDialog('settings') },
    'python-parts': {
      label: t('tools.parts'),
      run: () => {
        openDialog('settings');
        focusPythonParts();
      },
    },
    'no-model': { label: t('model.choose'), run: () => openDialog('models') },
  };
  const action = actions[failure.error.code] ?? { label: t('action.retry'), run: () => regenerate() };
  const check = { label: t('action.checkDevice'), run: () => goTo({ page: 'bench' }) };
  const isWrong = failure.error.code === 'logits-not-finite';
  return (
    <ErrorCard error={failure.error} actions={isWrong ? [action, check] : [action]} onDismiss={dismiss} />
  );
}

/** A question without an answer: stopped before the first word, or the model was not there. */
function Unanswered() {
  const { t } = useText();
  const regenerate = useApp((s) => s.regenerate);
  const ready = useApp(canAnswer);
  return (
    <p className={styles.unanswered}>
      {t('message.unanswered')}{' '}
      <button type="button" className="text-button" disabled={!ready} onClick={() => regenerate()}>
        {t('message.answer')}
      </button>
    </p>
  );
}

const PRELOAD_AFTER_MS = 500;

export function MessageList() {
  const { t } = useText();
  const path = useApp(shownMessages);
  const chatId = useApp((s) => s.currentId);
  const writing = useApp((s) => (s.turn?.chatId === s.currentId ? s.turn.messageId : undefined));
  const failed = useApp((s) => s.turnError?.chatId === s.currentId);
  const overflows = useApp((s) => s.turnOverflow?.chatId === s.currentId);
  const unsupported = useApp((s) => isUnsupported(s) && !canAsk(s));
  const title = useApp((s) => currentChat(s).title);
  const isEmpty = path.length === 0;
  const { scroller, atBottom, toBottom, release } = useStickToBottom(isEmpty ? null : chatId, writing);

  const callsTools = useApp((s) => s.tools.length > 0 && s.model.info?.tools === true);

  const jumpTo = useApp((s) => s.jumpTo);
  const words = useApp((s) => s.found?.words);
  const jumped = useApp((s) => s.jumped);
  useEffect(() => {
    const element = jumpTo && document.getElementById(messageElementId(jumpTo));
    if (!element) return;
    release();
    import('./showFound').then(
      ({ showFound }) => scroller.current && showFound({ element, words, scroller: scroller.current }),
      () => element.scrollIntoView({ block: 'center' }),
    );
    jumped();
  }, [jumpTo, jumped, path, release, scroller, words]);

  useEffect(() => {
    const timer = setTimeout(() => {
      preloadMarkdown();
      if (callsTools) preloadCards();
    }, PRELOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, [callsTools]);

  return (
    <div className={styles.scroller} ref={scroller}>
      <div className={styles.column}>
        {isEmpty && (unsupported ? <Unsupported /> : <EmptyChat />)}
        {!isEmpty && <h1 className="visually-hidden">{title}</h1>}
        {!isEmpty && <MessageItems key={chatId} path={path} />}
        {path.at(-1)?.role === 'user' && !writing && !failed && !overflows && !unsupported && <Unanswered />}
        <TurnError />
        <OverflowCard />
      </div>
      {!atBottom && !isEmpty && (
        <button
          type="button"
          className={styles.toBottom}
          aria-label={t('chat.toBottom')}
          title={t('chat.toBottom')}
          onClick={toBottom}
        >
          <ArrowDownIcon />
        </button>
      )}
    </div>
  );
}
