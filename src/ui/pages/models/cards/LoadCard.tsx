import type { LoadProgress } from '../../../../store';
import { formatBytes, formatDuration } from '../../../i18n/format';
import { useApp, useText, type Texts } from '../../../useApp';
import { useModelLabel } from '../../chat/Header';
import { RetryLine } from './RetryLine';
import styles from './LoadCard.module.css';

/** Phases that count bytes; header and compile do not. */
const isMeasured = (progress: LoadProgress | null): progress is LoadProgress =>
  progress !== null &&
  (progress.phase === 'import' || progress.phase === 'verify' || progress.phase === 'upload') &&
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
  if (progress.retry) return parts; // the earlier speed says nothing about the next attempt
  if (bytesPerSecond > 0) parts.push(t('load.speed', { speed: formatBytes(bytesPerSecond) }));
  const time = formatDuration(secondsLeft, language);
  if (time && secondsLeft >= 1) parts.push(t('load.left', { time }));
  return parts;
}

/** Title of the card: downloading or importing first, then loading. */
const isFetching = (progress: LoadProgress | null): boolean =>
  progress === null ||
  progress.phase === 'header' ||
  progress.phase === 'import' ||
  progress.phase === 'verify';

/** The import in progress, or else the load. */
export function LoadCard() {
  const incoming = useApp((s) => s.model.incoming);
  const { status, loadingName, progress } = useApp((s) => s.model);
  const pauseImport = useApp((s) => s.desk.pauseImport);
  const cancelLoad = useApp((s) => s.desk.cancelLoad);
  if (incoming && incoming.readyId === null) {
    return <LoadProgressCard {...incoming} isDownload={incoming.origin !== ''} onStop={pauseImport} />;
  }
  if (status !== 'loading') return null;
  return <LoadProgressCard name={loadingName} progress={progress} isDownload={false} onStop={cancelLoad} />;
}

interface LoadProgressCardProps {
  name: string;
  progress: LoadProgress | null;
  isDownload: boolean;
  onStop: () => void;
}

/** Progress of an import or a load: phase, bytes, speed, time left, reason for waiting, stop or pause. */
function LoadProgressCard({ name, progress, isDownload, onStop }: LoadProgressCardProps) {
  const texts = useText();
  const { t } = texts;
  const answering = useModelLabel();
  const goesOn = useApp((s) => s.model.incoming !== null && s.model.info !== null);
  const done = fraction(progress);
  const pausable = isDownload && isFetching(progress);
  const phase = t(progress ? `load.${progress.phase}` : 'load.starting');
  const title = t(pausable ? 'load.titleDownload' : 'load.title', { name });
  const retry = progress?.retry;
  const stop = progress?.elsewhere ? 'load.stopWaiting' : pausable ? 'load.pause' : 'load.cancel';
  return (
    <section className={styles.card} aria-label={title}>
      <div className={styles.head}>
        <strong>{title}</strong>
        {done !== null && <span className={styles.percent}>{Math.floor(done * 100)}%</span>}
      </div>
      <div
        className={[
          'progress',
          done === null && !retry ? 'unknown' : '',
          retry || progress?.elsewhere ? 'waiting' : '',
        ].join(' ')}
        role="progressbar"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={done === null ? undefined : Math.round(done * 100)}
        aria-valuetext={done === null ? phase : `${phase}: ${Math.round(done * 100)}%`}
      >
        <span style={done === null ? undefined : { width: `${done * 100}%` }} />
      </div>
      {progress?.elsewhere && <p className={styles.numbers}>{t('load.elsewhere')}</p>}
      {goesOn && <p className={styles.numbers}>{t('load.meanwhile', { name: answering })}</p>}
      {retry && <RetryLine key={`${retry.attempt}/${retry.inSeconds}`} retry={retry} />}
      <div className={styles.foot}>
        <span className={styles.numbers}>{[phase, ...numbers(texts, progress)].join(' · ')}</span>
        <button type="button" className="text-button" onClick={onStop}>
          {t(stop)}
        </button>
      </div>
    </section>
  );
}
