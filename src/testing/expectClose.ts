/** Largest distance of `got` from `want`; the allowances are added. Without any, the arrays must be equal. */
export interface Closeness {
  /** Absolute allowance. */
  abs?: number;
  /** Relative to |want| of the same element. */
  rel?: number;
  /** Relative to the RMS of `want`: for sums, where an element near zero is no more exact than the others. */
  ofRms?: number;
}

/** Throws unless every element is within abs + rel·|want| + ofRms·rms(want); names the element with the largest error. */
export function expectClose(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  { abs = 0, rel = 0, ofRms = 0 }: Closeness = {},
): void {
  if (got.length !== want.length) {
    throw new Error(`expectClose: got ${got.length} values, want ${want.length}`);
  }
  const rms = rootMeanSquare(want);
  const shared = abs + ofRms * rms;
  let failures = 0;
  let worst = { index: -1, excess: 0, delta: 0 };
  let sumSqDelta = 0;
  for (let index = 0; index < want.length; index++) {
    if (Object.is(got[index], want[index]) || got[index] === want[index]) continue; // also equal infinities
    const delta = Math.abs(got[index] - want[index]);
    sumSqDelta += delta ** 2;
    const allowed = shared + rel * Math.abs(want[index]);
    if (delta <= allowed) continue; // false for NaN
    failures++;
    const excess = Number.isNaN(delta) ? Infinity : delta / Math.max(allowed, Number.MIN_VALUE);
    if (worst.index < 0 || excess > worst.excess) worst = { index, excess, delta };
  }
  if (failures === 0) return;
  const { index, delta } = worst;
  const around = (values: ArrayLike<number>): string =>
    Array.from({ length: 5 }, (_, i) => index - 2 + i)
      .filter((i) => i >= 0 && i < values.length)
      .map((i) => (i === index ? `[${values[i]}]` : `${values[i]}`))
      .join(' ');
  throw new Error(
    `expectClose: ${failures} of ${want.length} values are too far off. Worst at index ${index}: ` +
      `got ${got[index]}, want ${want[index]}, |Δ| ${delta}, ` +
      `allowed ${shared + rel * Math.abs(want[index])}. ` +
      `RMS of want ${rms}, RMS of Δ ${Math.sqrt(sumSqDelta / want.length)}.\n` +
      `  got  … ${around(got)} …\n  want … ${around(want)} …`,
  );
}

/** sqrt(mean(x²)); 0 for an empty array. */
export function rootMeanSquare(values: ArrayLike<number>): number {
  let sumSq = 0;
  for (let i = 0; i < values.length; i++) sumSq += values[i] ** 2;
  return values.length ? Math.sqrt(sumSq / values.length) : 0;
}
