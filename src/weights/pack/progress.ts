import type { WeightProgress } from '../types';

const INTERVAL_MS = 200;

/** Passes on the first report of a phase, then one per INTERVAL_MS, and always the last. */
export function throttled(
  onProgress?: (progress: WeightProgress) => void,
): (progress: WeightProgress) => void {
  let nextMs = 0;
  let phase: WeightProgress['phase'] | undefined;
  return (progress) => {
    const nowMs = performance.now();
    const isDue = nowMs >= nextMs || progress.phase !== phase || progress.doneBytes >= progress.totalBytes;
    if (!isDue) return;
    phase = progress.phase;
    nextMs = nowMs + INTERVAL_MS;
    onProgress?.(progress);
  };
}
