import { useEffect } from 'react';
import { answerSettings, currentAttachments, currentDraft } from '../../../../store';
import { formatCount } from '../../../i18n/format';
import { useApp, useText } from '../../../useApp';
import styles from './TokenMeter.module.css';

/** Delay after the last key press. */
const COUNT_AFTER_MS = 250;
/** Circumference of the ring below. */
const RING = 2 * Math.PI * 7;
const FULL = 0.9;

/** Counts the draft's tokens again when the draft, its files, the chat or the model changes. */
function useMeasure(): void {
  const draft = useApp(currentDraft);
  const attachments = useApp(currentAttachments);
  const chat = useApp((s) => s.chats[s.currentId]);
  const modelId = useApp((s) => (s.model.status === 'ready' ? s.model.info?.id : undefined));
  const policy = useApp((s) => answerSettings(s).contextPolicy);
  const answering = useApp((s) => s.turn !== null);
  const measure = useApp((s) => s.measureDraft);
  useEffect(() => {
    if (answering) return;
    const timer = setTimeout(() => void measure(), COUNT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [draft, attachments, chat, modelId, policy, answering, measure]);
}

/** Share of the context that the chat takes including the draft. */
export function TokenMeter() {
  const { t, language } = useText();
  const measured = useApp((s) => s.draftMeasure);
  const used = useApp((s) => (s.turn && s.turn.chatId === s.currentId ? s.turn.contextUsed : 0));
  useMeasure();
  if (!measured) return null;
  const { contextTokens } = measured;
  const tokens = used || measured.tokens;
  const share = Math.min(1, tokens / contextTokens);
  const count = (value: number) => formatCount(value, language);
  const label = t('meter.label', { used: count(tokens), total: count(contextTokens) });
  return (
    <span
      className={
        share >= FULL || measured.excess > 0 ? `${styles.tokenMeter} ${styles.full}` : styles.tokenMeter
      }
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={contextTokens}
      aria-valuenow={Math.min(tokens, contextTokens)}
      title={label}
    >
      <svg viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">
        <circle cx="9" cy="9" r="7" />
        <circle cx="9" cy="9" r="7" strokeDasharray={`${share * RING} ${RING}`} transform="rotate(-90 9 9)" />
      </svg>
      <span aria-hidden="true">{count(tokens)}</span>
    </span>
  );
}
