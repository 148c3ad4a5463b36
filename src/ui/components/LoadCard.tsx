import type { LoadProgress } from '../../store';
import { formatBytes, formatDuration } from '../i18n/format';
import { useApp, useText, type Texts } from '../useApp';

/** The other phases, header and compile, move no bytes worth counting. */
const isMeasured = (progress: LoadProgress | null): progress is LoadProgress =>
  progress !== null &&
  (progress.phase === 'import' || progress.phase === 'upload') &&
  progress.totalBytes > 0;

/** 0 to 1, or null while there is nothing to measure. */
function fraction(progress: LoadProgress | null): number | null {
  if (!isMeasured(progress)) return null;
  return Math.min(1, progress.doneBytes / progress.totalBytes);
}

/** Bytes, speed and time left, as far as known. */
function numbers({ t, language }: Texts, progress: LoadProgress | null): string[] {
  if (!isMeasured(progress)) return [];
  const { doneBytes, totalBytes, bytesPerSecond, secondsLeft } = progress;
  const parts = [t('load.bytes', { done: formatBytes(doneBytes), total: formatBytes(totalBytes) })];
  if (bytesPerSecond > 0) parts.push(t('load.speed', { speed: formatBytes(bytesPerSecond) }));
  const time = formatDuration(secondsLeft, language);
  if (time && secondsLeft >= 1) parts.push(t('load.left', { time }));
  return parts;
}

/** A load in progress: phase, bytes, speed, time left, and the way to stop it. */
export function LoadCard() {
  const texts = useText();
  const { t } = texts;
  const { status, loadingName, progress } = useApp((s) => s.model);
  const cancelLoad = useApp((s) => s.cancelLoad);
  if (status !== 'loading') return null;
  const done = fraction(progress);
  const phase = t(progress ? `load.${progress.phase}` : 'load.starting');
  const title = t('load.title', { name: loadingName });
  return (
    <section className="load-card" aria-label={title}>
      <div className="load-head">
        <strong>{title}</strong>
        {done !== null && <span className="load-percent">{Math.floor(done * 100)}%</span>}
      </div>
      <div
        className={done === null ? 'progress unknown' : 'progress'}
        role="progressbar"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={done === null ? undefined : Math.round(done * 100)}
        aria-valuetext={phase}
      >
        <span style={done === null ? undefined : { width: `${done * 100}%` }} />
      </div>
      <div className="load-foot">
        <span className="load-numbers">{[phase, ...numbers(texts, progress)].join(' · ')}</span>
        <button type="button" className="text-button" onClick={cancelLoad}>
          {t('load.cancel')}
        </button>
      </div>
    </section>
  );
}
