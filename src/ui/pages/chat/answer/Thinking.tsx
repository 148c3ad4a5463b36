import { memo, useEffect, useId, useState } from 'react';
import { formatCount, formatDuration } from '../../../i18n/format';
import { lazyPart } from '../../../lazyPart';
import { useText } from '../../../useApp';
import { ChevronIcon, ThoughtIcon } from '../../../controls/icons';
import { FormattedText } from './FormattedText';
import { PlainText } from './blocks/PlainText';
import { useFolded } from './useFolded';
import styles from './Thinking.module.css';

interface ThinkingProps {
  text: string;
  /** It is being written. */
  live: boolean;
  /** Not formatted. */
  raw?: boolean;
  /** Duration so far, or in total; undefined while unknown. */
  ms?: number;
  tokens?: number;
  /** Closed at its budget. */
  atBudget?: boolean;
}

const note = lazyPart(() => import('./BudgetNote'));

function Note() {
  const loaded = note.use();
  return loaded && <loaded.BudgetNote />;
}

/** The model's reasoning: open while it is written, folded afterwards. */
export const Thinking = memo(function Thinking({
  text,
  live,
  raw = false,
  ms,
  tokens,
  atBudget,
}: ThinkingProps) {
  const { t, language } = useText();
  const [wasLive, setWasLive] = useState(live);
  const id = useId();
  const [open, choose] = useFolded(text, live);
  if (wasLive !== live) {
    setWasLive(live);
    choose(null); // folds when the answer begins, even if the reader had opened it
  }
  const time = ms && ms >= 1000 ? formatDuration(ms / 1000, language) : '';
  const title = live
    ? t(time ? 'thinking.nowTime' : 'thinking.now', { time })
    : t(time ? 'thinking.doneTime' : 'thinking.done', { time });
  return (
    <div className={live ? `${styles.thinking} ${styles.live}` : styles.thinking} data-part="thought">
      <button
        type="button"
        className={styles.head}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => choose(!open)}
      >
        <ThoughtIcon />
        <span>
          {tokens ? `${title} · ${t('stats.tokens', { count: formatCount(tokens, language) })}` : title}
        </span>
        <ChevronIcon />
      </button>
      <div id={id} className={styles.body} hidden={!open}>
        {open && raw && <PlainText text={text} />}
        {open && !raw && <FormattedText text={text} live={live} />}
        {open && atBudget && <Note />}
      </div>
    </div>
  );
});

/** Milliseconds since `running` became true on this page, once a second; undefined before. */
export function useStopwatch(running: boolean): number | undefined {
  const [ms, setMs] = useState<number>();
  useEffect(() => {
    if (!running) return;
    const started = performance.now();
    const timer = setInterval(() => setMs(performance.now() - started), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return ms;
}
