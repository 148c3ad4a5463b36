import { memo, useDeferredValue, useMemo, useState } from 'react';
import {
  answerSettings,
  canAnswer,
  canContinue,
  continues,
  copyText,
  droppedBefore,
  type AssistantMessage,
  type RunningTurn,
} from '../../../../store';
import { formatCount, formatRate } from '../../../i18n/format';
import { useApp, useText, type TextKey, type Texts } from '../../../useApp';
import { lazyView } from '../../../lazyPart';
import { AnswerParts, type AnswerForm } from '../answer/AnswerParts';
import { Branches } from './Branches';
import { CopyButton } from '../../../controls/CopyButton';
import { FromServer, useLeaving } from '../Leaving';
import { IconButton } from '../../../controls/IconButton';
import { InfoIcon, PlayIcon, RawIcon, RefreshIcon, TrashIcon } from '../../../controls/icons';
import styles from './Message.module.css';

const CompareButton = lazyView(() => import('../compare/CompareButton'));

/** Notes for endings other than a natural stop. */
const END_NOTES: Partial<Record<AssistantMessage['end'], TextKey>> = {
  aborted: 'message.endAborted',
  interrupted: 'message.endInterrupted',
  length: 'message.endLength',
  context: 'message.endContext',
  observation: 'message.endObservation',
  error: 'message.endError',
  hops: 'message.endHops',
  repeated: 'message.endRepeated',
};

function Stats({ message }: { message: AssistantMessage }) {
  const { t, language } = useText();
  const { summary, made } = message;
  const openAbout = useApp((s) => s.openAbout);
  if (!summary) return <FromServer message={message} />;
  const { newTokens, decodeMs, contextUsed, contextTokens } = summary;
  const count = (value: number) => formatCount(value, language);
  const parts = [
    decodeMs > 0 && newTokens > 1 && t('stats.speed', { rate: formatRate((newTokens * 1000) / decodeMs) }),
    t('stats.tokens', { count: count(newTokens) }),
    contextTokens > 0 && t('stats.context', { used: count(contextUsed), total: count(contextTokens) }),
  ].filter(Boolean);
  return (
    <>
      <FromServer message={message} />
      <span className={styles.stats} aria-label={t('stats.label')} role="group">
        {parts.map((part, index) => (
          <span key={index}>
            {index > 0 && ' · '}
            {part}
          </span>
        ))}
      </span>
      {made?.slow && (
        <button
          type="button"
          className={`text-button ${styles.whySlow}`}
          onClick={() => openAbout(message.id)}
        >
          {t('slow.short')}
        </button>
      )}
    </>
  );
}

/** Why the answer ended early, and a button to continue it. */
function EndNote({ message, isLast }: { message: AssistantMessage; isLast: boolean }) {
  const { t } = useText();
  const continueAnswer = useApp((s) => s.continueAnswer);
  const ready = useApp(canAnswer);
  const able = useApp(continues);
  const note = END_NOTES[message.end];
  if (!note) return null;
  return (
    <p className={`${styles.endNote} ${styles[message.end] ?? ''}`}>
      {t(note)}
      {isLast && canContinue(message) && !able && (
        <span className="quiet">{t('servers.cannotContinue')}</span>
      )}
      {isLast && canContinue(message) && able && (
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
  const openAbout = useApp((s) => s.openAbout);
  const canRegenerate = useApp(canAnswer);
  return (
    <>
      <EndNote message={message} isLast={isLast} />
      <footer className={isLast ? `${styles.messageFoot} ${styles.last}` : styles.messageFoot}>
        <Branches message={message} />
        <CopyButton
          text={() => copyText(message.parts)}
          label={t('message.copy')}
          doneLabel={t('message.copied')}
        />
        <IconButton
          name={t('message.raw')}
          icon={<RawIcon />}
          aria-pressed={raw}
          title={t(raw ? 'message.formatted' : 'message.raw')}
          onClick={() => onRaw(!raw)}
        />
        <IconButton
          name={t('message.regenerate')}
          icon={<RefreshIcon />}
          disabled={!canRegenerate}
          onClick={() => regenerate(message.id)}
        />
        <IconButton
          name={t('message.delete')}
          icon={<TrashIcon />}
          onClick={() => deleteMessage(message.id)}
        />
        <IconButton
          name={t('about.open')}
          icon={<InfoIcon />}
          aria-haspopup="dialog"
          onClick={() => openAbout(message.id)}
        />
        {isLast && <CompareButton message={message} />}
        <Stats message={message} />
      </footer>
    </>
  );
}

/** Above the first answer for which more turns were left out of the context than for the previous answer. */
function DroppedNote({ message }: { message: AssistantMessage }) {
  const { t, language } = useText();
  const before = useApp((s) => droppedBefore(s, message));
  const dropped = message.summary?.droppedTurns ?? 0;
  if (dropped <= before) return null;
  return (
    <p className={styles.droppedNote} role="note">
      {t('dropped.turns', { count: formatCount(dropped, language) })}
    </p>
  );
}

/** A tool has the word: its card says so. */
const toolIsOn = ({ parts }: RunningTurn): boolean =>
  parts.some((part) => part.type === 'call' && (part.state === 'runs' || part.state === 'asks'));

function turnStatus(turn: RunningTurn, t: Texts['t'], count: (n: number) => string): string[] {
  if (toolIsOn(turn)) return [];
  if (turn.phase === 'waiting') return [t('turn.waiting')];
  if (turn.phase === 'prefill' && turn.queuedBehind)
    return [t('turn.queued', { count: count(turn.queuedBehind) })];
  if (turn.phase === 'prefill' && turn.seeing !== undefined)
    return [t('turn.seeing', { percent: Math.round(turn.seeing * 100) })];
  if (turn.phase === 'prefill' && turn.prefillTotal === 0) return [t('turn.prefillStart')];
  if (turn.phase === 'prefill') {
    return [t('turn.prefill', { done: count(turn.prefillDone), total: count(turn.prefillTotal) })];
  }
  const speed =
    turn.tokensPerSecond > 0 ? [t('stats.speed', { rate: formatRate(turn.tokensPerSecond) })] : [];
  return [...speed, t('stats.tokens', { count: count(turn.tokens) })];
}

function TurnProgress({ turn, host }: { turn: RunningTurn; host?: string }) {
  const { t, language } = useText();
  const asking = host && turn.phase !== 'decode';
  const status = asking
    ? [t('servers.asking', { host })]
    : turnStatus(turn, t, (value) => formatCount(value, language));
  return (
    <footer className={`${styles.messageFoot} ${styles.last}`}>
      {status.length > 0 && <span className="pulse" aria-hidden="true" />}
      <span className={styles.stats}>{status.join(' · ')}</span>
    </footer>
  );
}

interface AnswerProps {
  message: AssistantMessage;
  isLast: boolean;
}

/** The form of an answer, where it is JSON of a schema: known from its end, or from the settings while it is written. */
function useForm(message: AssistantMessage, isLive: boolean): AnswerForm | undefined {
  const writesJson = useApp((s) => isLive && answerSettings(s, s.turn?.chatId).format?.kind === 'schema');
  const faults = message.summary?.formatFaults;
  return useMemo(() => (faults || writesJson ? { faults } : undefined), [faults, writesJson]);
}

const PictureBoxes = lazyView(() => import('../pictures/PictureBoxes'));
/** Two or four numbers in brackets: perhaps a place in a picture. */
const PLACES = /[[({<]\s*\d{1,4}\s*,\s*\d/;

/** An answer, finished or in progress. One component for both, so that React keeps the text's elements at the end. */
export const Answer = memo(function Answer({ message, isLast }: AnswerProps) {
  const { t } = useText();
  const turn = useApp((s) => (s.turn?.messageId === message.id ? s.turn : null));
  const [raw, setRaw] = useState(false);
  const { parts } = turn ?? message;
  // A long answer takes longer than a frame to format: then formatting lags behind, and typing stays smooth.
  const shown = useDeferredValue(parts);
  const host = useLeaving()?.host;
  const form = useForm(message, turn !== null);
  const places = !turn && PLACES.test(copyText(parts));
  return (
    <article
      className={
        turn ? `${styles.message} ${styles.answer} ${styles.running}` : `${styles.message} ${styles.answer}`
      }
      aria-label={t('message.assistant')}
      // While it is written, a translator would exchange text under React's hands.
      translate={turn ? 'no' : undefined}
      aria-busy={turn !== null || shown !== parts}
    >
      <DroppedNote message={message} />
      <AnswerParts parts={shown} messageId={message.id} live={turn !== null} raw={raw} form={form} />
      {places && <PictureBoxes message={message} />}
      {turn ? (
        <TurnProgress turn={turn} host={host} />
      ) : (
        <AnswerActions message={message} isLast={isLast} raw={raw} onRaw={setRaw} />
      )}
    </article>
  );
});
