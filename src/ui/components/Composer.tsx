import { useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import { currentDraft, usesNano } from '../../store';
import { useApp, useText } from '../useApp';
import { COMPOSER_ID } from '../usePage';
import { SendIcon, StopIcon } from './icons';

/** keyCode of a key that an input method has taken, where isComposing is already false (Safari). */
const IME_KEY_CODE = 229;
const isSendKey = ({ key, shiftKey, nativeEvent }: KeyboardEvent) =>
  key === 'Enter' && !shiftKey && !nativeEvent.isComposing && nativeEvent.keyCode !== IME_KEY_CODE;

/** Where the message is written. Usable while the model loads: the message then waits. */
export function Composer() {
  const { t } = useText();
  const text = useApp(currentDraft);
  const setText = useApp((s) => s.setDraft);
  const field = useRef<HTMLTextAreaElement>(null);
  const send = useApp((s) => s.send);
  const stop = useApp((s) => s.stop);
  const answering = useApp((s) => s.turn !== null);
  const elsewhere = useApp((s) => s.turn !== null && s.turn.chatId !== s.currentId);
  const modelComing = useApp((s) => s.model.status === 'ready' || s.model.status === 'loading');
  const isNano = useApp(usesNano);
  const licence = useApp((s) => s.model.info?.licence);
  const canSend = modelComing && !answering && text.trim() !== '';

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`; // the maximum is in the style sheet
  }, [text]);

  const submit = () => {
    if (canSend) send(text); // which takes the draft
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="composer-box">
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
          placeholder={t('composer.placeholder')}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (!isSendKey(event)) return;
            event.preventDefault();
            submit();
          }}
        />
        {answering ? (
          <button
            type="button"
            className="send stop"
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
            className="send"
            aria-label={t('composer.send')}
            title={t('composer.sendHint')}
            disabled={!canSend}
          >
            <SendIcon />
          </button>
        )}
      </div>
      <p className="composer-note" id="composer-note">
        {elsewhere ? t('composer.busyElsewhere') : t(isNano ? 'composer.noteNano' : 'composer.note')}
        {licence?.badge && (
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
