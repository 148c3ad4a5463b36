import { memo, useState } from 'react';
import { splitThought } from '../../shared/thinking';
import { canContinue, type AssistantMessage, type Turn } from '../../store';
import { formatCount, formatRate } from '../i18n/format';
import { useApp, useText, type TextKey, type Texts } from '../useApp';
import { AnswerText } from './answer/AnswerText';
import { Branches } from './Branches';
import { CopyButton } from './CopyButton';
import { PlayIcon, RawIcon, RefreshIcon, TrashIcon } from './icons';

/** Endings the reader should know about; a natural stop needs no words. */
const END_NOTES: Partial<Record<AssistantMessage['end'], TextKey>> = {
  aborted: 'message.endAborted',
  interrupted: 'message.endInterrupted',
  length: 'message.endLength',
  context: 'message.endContext',
  observation: 'message.endObservation',
  error: 'message.endError',
};

function Stats({ message }: { message: AssistantMessage }) {
  const { t, language } = useText();
  const { summary, seed } = message;
  if (!summary) return null;
  const { newTokens, decodeMs, prefillMs, promptTokens, reusedTokens, contextUsed, contextTokens } = summary;
  const count = (value: number) => formatCount(value, language);
  const parts = [
    decodeMs > 0 && newTokens > 1 && t('stats.speed', { rate: formatRate((newTokens * 1000) / decodeMs) }),
    t('stats.tokens', { count: count(newTokens) }),
    t('stats.context', { used: count(contextUsed), total: count(contextTokens) }),
  ].filter(Boolean);
  const detail = t('stats.prompt', {
    prompt: count(promptTokens),
    reused: count(reusedTokens),
    seconds: (prefillMs / 1000).toFixed(1),
    seed,
  });
  return (
    <span className="stats" aria-label={t('stats.label')} role="group" title={detail}>
      {parts.map((part, index) => (
        <span key={index}>
          {index > 0 && ' · '}
          {part}
        </span>
      ))}
    </span>
  );
}

/** Why the answer ended, where that is not plain, and the way on. */
function EndNote({ message, isLast }: { message: AssistantMessage; isLast: boolean }) {
  const { t } = useText();
  const continueAnswer = useApp((s) => s.continueAnswer);
  const ready = useApp((s) => !s.turn && s.model.status === 'ready');
  const note = END_NOTES[message.end];
  if (!note) return null;
  return (
    <p className={`end-note ${message.end}`}>
      {t(note)}
      {isLast && canContinue(message) && (
        <button type="button" className="button small" disabled={!ready} onClick={continueAnswer}>
          <PlayIcon />
          {t('message.continue')}
        </button>
      )}
    </p>
  );
}

interface AnswerActionsProps {
  message: AssistantMessage;
  isLast: boolean;
  raw: boolean;
  onRaw: (raw: boolean) => void;
}

function AnswerActions({ message, isLast, raw, onRaw }: AnswerActionsProps) {
  const { t } = useText();
  const regenerate = useApp((s) => s.regenerate);
  const deleteMessage = useApp((s) => s.deleteMessage);
  const canRegenerate = useApp((s) => !s.turn && s.model.status === 'ready');
  return (
    <>
      <EndNote message={message} isLast={isLast} />
      <footer className={isLast ? 'message-foot last' : 'message-foot'}>
        <Branches message={message} />
        <CopyButton
          text={() => splitThought(message.content).answer || message.content}
          label={t('message.copy')}
          doneLabel={t('message.copied')}
        />
        <button
          type="button"
          className="icon-button small"
          aria-pressed={raw}
          aria-label={t('message.raw')}
          title={t(raw ? 'message.formatted' : 'message.raw')}
          onClick={() => onRaw(!raw)}
        >
          <RawIcon />
        </button>
        <button
          type="button"
          className="icon-button small"
          aria-label={t('message.regenerate')}
          title={t('message.regenerate')}
          disabled={!canRegenerate}
          onClick={() => regenerate(message.id)}
        >
          <RefreshIcon />
        </button>
        <button
          type="button"
          className="icon-button small"
          aria-label={t('message.delete')}
          title={t('message.delete')}
          onClick={() => deleteMessage(message.id)}
        >
          <TrashIcon />
        </button>
        <Stats message={message} />
      </footer>
    </>
  );
}

function turnStatus(turn: Turn, t: Texts['t'], count: (n: number) => string): string[] {
  if (turn.phase === 'waiting') return [t('turn.waiting')];
  if (turn.phase === 'prefill' && turn.prefillTotal === 0) return [t('turn.prefillStart')];
  if (turn.phase === 'prefill') {
    return [t('turn.prefill', { done: count(turn.prefillDone), total: count(turn.prefillTotal) })];
  }
  const speed =
    turn.tokensPerSecond > 0 ? [t('stats.speed', { rate: formatRate(turn.tokensPerSecond) })] : [];
  return [...speed, t('stats.tokens', { count: count(turn.tokens) })];
}

function TurnProgress({ turn }: { turn: Turn }) {
  const { t, language } = useText();
  const status = turnStatus(turn, t, (value) => formatCount(value, language));
  return (
    <footer className="message-foot last">
      <span className="pulse" aria-hidden="true" />
      <span className="stats">{status.join(' · ')}</span>
    </footer>
  );
}

interface AnswerProps {
  message: AssistantMessage;
  isLast: boolean;
}

/** Finished or being written: one component, so that the text on screen stays when the one becomes the other. */
export const Answer = memo(function Answer({ message, isLast }: AnswerProps) {
  const { t } = useText();
  const turn = useApp((s) => (s.turn?.messageId === message.id ? s.turn : null));
  const [raw, setRaw] = useState(false);
  const text = turn ? turn.text : message.content;
  const { thinkingMs } = turn ?? message;
  return (
    <article
      className={turn ? 'message answer running' : 'message answer'}
      aria-label={t('message.assistant')}
      aria-busy={turn !== null}
    >
      {text && <AnswerText text={text} live={turn !== null} raw={raw} thinkingMs={thinkingMs} />}
      {turn ? (
        <TurnProgress turn={turn} />
      ) : (
        <AnswerActions message={message} isLast={isLast} raw={raw} onRaw={setRaw} />
      )}
    </article>
  );
});
