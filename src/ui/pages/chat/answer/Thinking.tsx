import { memo, useEffect, useId, useState } from 'react';
import { formatDuration } from '../../../i18n/format';
import { useText } from '../../../useApp';
import { ChevronIcon, ThoughtIcon } from '../../../controls/icons';
import { FormattedText } from './FormattedText';
import { PlainText } from './blocks/PlainText';
import styles from './Thinking.module.css';

interface ThinkingProps {
  text: string;
  /** It is being written. */
  live: boolean;
  /** Not formatted. */
  raw?: boolean;
  /** Duration so far, or in total; undefined while unknown. */
  ms?: number;
}

/** The model's reasoning: open while it is written, folded afterwards. */
export const Thinking = memo(function Thinking({ text, live, raw = false, ms }: ThinkingProps) {
  const { t, language } = useText();
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [wasLive, setWasLive] = useState(live);
  const id = useId();
  const open = chosen ?? live;
  if (wasLive !== live) {
    setWasLive(live);
    setChosen(null); // folds when the answer begins, even if the reader had opened it
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
        onClick={() => setChosen(!open)}
      >
        <ThoughtIcon />
        <span>{title}</span>
        <ChevronIcon />
      </button>
      <div id={id} className={styles.body} hidden={!open}>
        {open && raw && <PlainText text={text} />}
        {open && !raw && <FormattedText text={text} live={live} />}
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
