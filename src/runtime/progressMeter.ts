// Turns bytes done into what people read: speed and time left, smoothed, at a few reports a second.
import type { LoadProgress } from '../protocol/engine';

const REPORT_EVERY_MS = 150;
const SMOOTHING_SECONDS = 3; // the speed forgets what is older than this

/** Wraps a listener: call the result as often as you like, it reports at most every 150 ms and at each phase's end. */
export function progressMeter(
  report: (progress: LoadProgress) => void,
  now: () => number = () => performance.now(),
): (phase: LoadProgress['phase'], doneBytes: number, totalBytes: number) => void {
  let current: LoadProgress['phase'] | undefined;
  let [reportedAt, measuredAt, measuredBytes, bytesPerSecond] = [0, 0, 0, 0];
  return (phase, doneBytes, totalBytes) => {
    const time = now();
    if (phase !== current) {
      current = phase;
      [reportedAt, measuredAt, measuredBytes, bytesPerSecond] = [0, time, doneBytes, 0];
    }
    const finished = doneBytes >= totalBytes;
    if (reportedAt && time - reportedAt < REPORT_EVERY_MS && !finished) return;
    const seconds = (time - measuredAt) / 1000;
    if (seconds > 0.05) {
      const speed = (doneBytes - measuredBytes) / seconds;
      const weight = bytesPerSecond ? 1 - Math.exp(-seconds / SMOOTHING_SECONDS) : 1;
      bytesPerSecond += weight * (speed - bytesPerSecond);
      [measuredAt, measuredBytes] = [time, doneBytes];
    }
    reportedAt = time;
    const secondsLeft = finished
      ? 0
      : bytesPerSecond > 0
        ? (totalBytes - doneBytes) / bytesPerSecond
        : Infinity;
    report({ phase, doneBytes, totalBytes, bytesPerSecond, secondsLeft });
  };
}
