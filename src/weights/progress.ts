import type { WeightProgress } from './types';

const INTERVAL_MS = 200;

/** Passes on the first report, then one per INTERVAL_MS, and always the last. */
export function throttled(
  onProgress?: (progress: WeightProgress) => void,
): (progress: WeightProgress) => void {
  let nextMs = 0;
  return (progress) => {
    const nowMs = performance.now();
    if (nowMs < nextMs && progress.doneBytes < progress.totalBytes) return;
    nextMs = nowMs + INTERVAL_MS;
    onProgress?.(progress);
  };
}
