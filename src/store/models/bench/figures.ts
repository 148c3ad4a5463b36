// Figures of a benchmark.
import type { BenchReport } from './types';

/** The median of one or more numbers. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Share of the streaming read at which a decode step reads the weights; null when it was not measured. */
export function streamShare({ decode, passes, streamBytesPerSecond }: BenchReport): number | null {
  const pass = passes.find(({ numTokens }) => numTokens === 1);
  if (!pass || decode.length === 0) return null;
  return pass.weightBytes / (median(decode[0].msPerToken) / 1000) / streamBytesPerSecond;
}
