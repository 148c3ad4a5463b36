import { currentChat } from '../../store';
import { useApp, useText } from '../useApp';
import { useStickToBottom } from '../useStickToBottom';
import { EmptyChat } from './EmptyChat';
import { ErrorCard, type ErrorAction } from './ErrorCard';
import { ArrowDownIcon } from './icons';
import { Answer, Question, RunningAnswer } from './Message';
import { Unsupported } from './Unsupported';

/** Why the last answer failed, below it. */
function TurnError() {
  const { t } = useText();
  const failure = useApp((s) => (s.turnError?.chatId === s.currentId ? s.turnError : null));
  const regenerate = useApp((s) => s.regenerate);
  const newChat = useApp((s) => s.newChat);
  const openDialog = useApp((s) => s.openDialog);
  const dismiss = useApp((s) => s.dismissTurnError);
  if (!failure) return null;
  const actions: Record<string, ErrorAction> = {
    'context-full': { label: t('action.newChat'), run: newChat },
    'bad-request': { label: t('settings.open'), run: () => openDialog('settings') },
    'no-model': { label: t('model.choose'), run: () => openDialog('models') },
  };
  const action = actions[failure.error.code] ?? { label: t('action.retry'), run: regenerate };
  return <ErrorCard error={failure.error} actions={[action]} onDismiss={dismiss} />;
}

/** A question without an answer: stopped before the first word, or the model was not there. */
function Unanswered() {
  const { t } = useText();
  const regenerate = useApp((s) => s.regenerate);
  const ready = useApp((s) => s.model.status === 'ready' && !s.turn);
  return (
    <p className="unanswered">
      {t('message.unanswered')}{' '}
      <button type="button" className="text-button" disabled={!ready} onClick={regenerate}>
        {t('message.answer')}
      </button>
    </p>
  );
}

export function MessageList() {
  const { t } = useText();
  const chat = useApp(currentChat);
  const turn = useApp((s) => (s.turn?.chatId === s.currentId ? s.turn : null));
  const failed = useApp((s) => s.turnError?.chatId === s.currentId);
  const unsupported = useApp((s) => s.model.status === 'unsupported');
  const last = chat.messages.at(-1);
  const isEmpty = chat.messages.length === 0 && !turn;
  const { scroller, atBottom, toBottom } = useStickToBottom(isEmpty ? null : `${chat.id} ${turn?.messageId}`);

  return (
    <div className="scroller" ref={scroller}>
      <div className="column">
        {isEmpty && (unsupported ? <Unsupported /> : <EmptyChat />)}
        {!isEmpty && (
          <ol className="messages" aria-label={t('chat.messages')}>
            {chat.messages.map((message) => (
              <li key={message.id}>
                {message.role === 'user' ? (
                  <Question message={message} />
                ) : (
                  <Answer message={message} isLast={message === last && !turn} />
                )}
              </li>
            ))}
            {turn && (
              <li key={turn.messageId}>
                <RunningAnswer turn={turn} />
              </li>
            )}
          </ol>
        )}
        {last?.role === 'user' && !turn && !failed && !unsupported && <Unanswered />}
        <TurnError />
      </div>
      {!atBottom && !isEmpty && (
        <button
          type="button"
          className="to-bottom"
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
