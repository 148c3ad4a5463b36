import { lazy, memo, Suspense, useDeferredValue } from 'react';
import type { AssistantMessage, Turn, UserMessage } from '../../store';
import { formatCount, formatRate } from '../i18n/format';
import { useApp, useText, type TextKey, type Texts } from '../useApp';
import { CopyButton } from './CopyButton';
import { RefreshIcon } from './icons';

const importMarkdown = () => import('./Markdown');
const Markdown = lazy(importMarkdown);
/** Before the first answer needs it, once the page has nothing better to do. */
export const preloadMarkdown = () => void importMarkdown();

function AnswerText({ text }: { text: string }) {
  // A long answer takes longer than a frame to format: then formatting lags behind, and typing stays smooth.
  const shown = useDeferredValue(text);
  return (
    <Suspense fallback={<div className="markdown plain">{text}</div>}>
      <Markdown text={shown} />
    </Suspense>
  );
}

export const Question = memo(function Question({ message }: { message: UserMessage }) {
  const { t } = useText();
  return (
    <article className="message question" aria-label={t('message.you')}>
      <div className="bubble">{message.content}</div>
    </article>
  );
});

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

function AnswerActions({ message, isLast }: { message: AssistantMessage; isLast: boolean }) {
  const { t } = useText();
  const regenerate = useApp((s) => s.regenerate);
  const canRegenerate = useApp((s) => isLast && !s.turn && s.model.status === 'ready');
  const note = END_NOTES[message.end];
  return (
    <>
      {note && <p className={`end-note ${message.end}`}>{t(note)}</p>}
      <footer className={isLast ? 'message-foot last' : 'message-foot'}>
        <CopyButton text={() => message.content} label={t('message.copy')} doneLabel={t('message.copied')} />
        {isLast && (
          <button
            type="button"
            className="icon-button small"
            aria-label={t('message.regenerate')}
            title={t('message.regenerate')}
            disabled={!canRegenerate}
            onClick={regenerate}
          >
            <RefreshIcon />
          </button>
        )}
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
  /** Finished or being written: one component, so that the text on screen stays when the one becomes the other. */
  answer: AssistantMessage | Turn;
  isLast: boolean;
}

export const Answer = memo(function Answer({ answer, isLast }: AnswerProps) {
  const { t } = useText();
  const running = 'phase' in answer;
  const text = running ? answer.text : answer.content;
  return (
    <article
      className={running ? 'message answer running' : 'message answer'}
      aria-label={t('message.assistant')}
      aria-busy={running}
    >
      {text && <AnswerText text={text} />}
      {running ? <TurnProgress turn={answer} /> : <AnswerActions message={answer} isLast={isLast} />}
    </article>
  );
});
