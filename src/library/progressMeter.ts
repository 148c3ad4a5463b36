// Turns bytes done into what people read: speed and time left, smoothed, at a few reports a second.
import type { LoadProgress } from '../protocol/models';

const REPORT_EVERY_MS = 150;
const SMOOTHING_SECONDS = 3; // the speed forgets what is older than this
const KNOWN_AFTER_MS = 1000; // before, the time left would be a guess

type Retry = NonNullable<LoadProgress['retry']>;

/** Call its methods as often as you like: it reports at most every 150 ms, and whatever is new at once. */
export interface ProgressMeter {
  /** @param elsewhere another tab does it. */
  at(phase: LoadProgress['phase'], doneBytes: number, totalBytes: number, elsewhere?: boolean): void;
  /** Bytes that came over the network: from the first on, they and not the bytes done make the speed of an import. */
  received(bytes: number): void;
  /** The server is away; null when bytes flow again. */
  retry(notice: Retry | null): void;
  /** Bytes of an import that are downloaded and wait to be packed: they take no more time. */
  ahead: () => number;
}

/** Wraps a listener of progress. What an earlier session did counts as done, not as speed. */
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
  /** What the speed is measured by, and since when. */
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
