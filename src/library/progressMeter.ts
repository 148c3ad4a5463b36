// Turns byte counts into progress reports: smoothed speed and remaining time, a few reports per second.
import type { LoadProgress } from '../protocol/models';

const REPORT_EVERY_MS = 150;
const SMOOTHING_SECONDS = 3; // averaging window of the speed
const KNOWN_AFTER_MS = 1000; // earlier, the remaining time would be a guess

type Retry = NonNullable<LoadProgress['retry']>;

/** Methods may be called at any rate: reports are limited to one per 150 ms, and changes are reported at once. */
export interface ProgressMeter {
  /** @param elsewhere true if another tab runs the import. */
  at(phase: LoadProgress['phase'], doneBytes: number, totalBytes: number, elsewhere?: boolean): void;
  /** Bytes received from the network. After the first call, an import's speed is based on these, not on doneBytes. */
  received(bytes: number): void;
  /** The server is unavailable; null when bytes flow again. */
  retry(notice: Retry | null): void;
  /** Bytes of an import that are downloaded but not packed: excluded from the remaining time. */
  ahead: () => number;
}

/** Wraps a progress listener. Bytes of an earlier session count as done but not towards the speed. */
export function progressMeter(
  report: (progress: LoadProgress) => void,
  now: () => number = () => performance.now(),
): ProgressMeter {
  let state: { phase: LoadProgress['phase']; doneBytes: number; totalBytes: number; elsewhere: boolean } = {
    ...{ phase: 'header', doneBytes: 0, totalBytes: 1, elsewhere: false },
  };
  let retry: Retry | null = null;
  let receivedBytes = 0;
  let reportedAt = -Infinity;
  /** Identifies the byte counter that the speed is based on. */
  let counter = '';
  let [startedAt, startBytes, measuredAt, measuredBytes, bytesPerSecond] = [0, 0, 0, 0, 0];

  function update(isNews: boolean): void {
    const time = now();
    const isNetwork = state.phase === 'import' && !state.elsewhere && receivedBytes > 0;
    const moved = isNetwork ? receivedBytes : state.doneBytes;
    const counts = `${state.phase} ${state.elsewhere} ${isNetwork}`;
    if (counts !== counter) {
      counter = counts;
      [startedAt, startBytes, measuredAt, measuredBytes, bytesPerSecond] = [time, moved, time, moved, 0];
      isNews = true;
    }
    const finished = state.doneBytes >= state.totalBytes;
    if (!isNews && !finished && time - reportedAt < REPORT_EVERY_MS) return;
    const seconds = (time - measuredAt) / 1000;
    if (seconds > 0.05) {
      const sinceStart = (time - startedAt) / 1000;
      const weight = 1 - Math.exp(-seconds / SMOOTHING_SECONDS);
      if (sinceStart < SMOOTHING_SECONDS) bytesPerSecond = (moved - startBytes) / sinceStart;
      else bytesPerSecond += weight * ((moved - measuredBytes) / seconds - bytesPerSecond);
      [measuredAt, measuredBytes] = [time, moved];
    }
    reportedAt = time;
    const { elsewhere, ...progress } = state;
    const leftBytes = state.totalBytes - state.doneBytes - (isNetwork ? meter.ahead() : 0);
    const isKnown = bytesPerSecond > 0 && time - startedAt >= KNOWN_AFTER_MS;
    report({
      ...progress,
      bytesPerSecond,
      secondsLeft: finished ? 0 : isKnown ? Math.max(0, leftBytes) / bytesPerSecond : Infinity,
      ...(retry && { retry }),
      ...(elsewhere && { elsewhere }),
    });
  }

  const meter: ProgressMeter = {
    at(phase, doneBytes, totalBytes, elsewhere = false) {
      state = { phase, doneBytes, totalBytes, elsewhere };
      update(false);
    },
    received(bytes) {
      receivedBytes += bytes;
      if (state.phase === 'import') update(false);
    },
    retry(notice) {
      if (!notice && !retry) return;
      retry = notice;
      update(true);
    },
    ahead: () => 0,
  };
  return meter;
}
