import { useEffect } from 'react';
import { canAnswer, canAsk, currentChat, isUnsupported, shownMessages } from '../../../../store';
import { lazyView } from '../../../lazyPart';
import { useApp, useText } from '../../../useApp';
import { useStickToBottom } from './useStickToBottom';
import { preloadCards } from '../answer/AnswerParts';
import { preloadMarkdown } from '../answer/FormattedText';
import { EmptyChat } from '../EmptyChat';
import { ArrowDownIcon } from '../../../controls/icons';
import { OverflowCard } from '../OverflowCard';
import { messageElementId, MessageItems } from './MessageItems';
import { Unsupported } from '../Unsupported';
import styles from './MessageList.module.css';

const TurnError = lazyView(() => import('./TurnError'));

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
    element.focus({ preventScroll: true });
    import('./showFound')
      .then(({ showFound }) => scroller.current && showFound({ element, words, scroller: scroller.current }))
      .catch(() => element.scrollIntoView({ block: 'center' })); // without marks, the message is still in view
    jumped();
  }, [jumpTo, jumped, path, release, scroller, words]);

  useEffect(() => {
    const timer = setTimeout(() => {
      preloadMarkdown();
      TurnError.preload();
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
        {failed && <TurnError />}
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
