// Distances between what a kernel computed and what its reference says.
import { unpackQuantized } from '../quantize.reference';

/** The worst value of an output: a kernel is right where `difference` ≤ `allowed`. */
export interface Comparison {
  difference: number;
  allowed: number;
}

/** Largest distance allowed; the allowances are added. `ofRms` is relative to the RMS of all wanted values. */
export interface Tolerance {
  abs?: number;
  rel?: number;
  ofRms?: number;
}

export const EQUAL: Comparison = { difference: 0, allowed: 0 };

/** The one that is further beyond its allowance. */
export function worse(a: Comparison, b: Comparison): Comparison {
  return excess(b) > excess(a) ? b : a;
}

/** Above 1: wrong. */
export function excess({ difference, allowed }: Comparison): number {
  return difference === 0 ? 0 : difference / Math.max(allowed, Number.MIN_VALUE);
}

export function isRight({ difference, allowed }: Comparison): boolean {
  return difference <= allowed; // false for NaN
}

/** Compares element by element; NaN and a missing element count as infinitely far. */
export function compareEach(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  allowed: (index: number) => number,
): Comparison {
  let worst = EQUAL;
  for (let i = 0; i < want.length; i++) {
    const distance = Math.abs(got[i] - want[i]);
    const difference = Number.isFinite(distance) ? distance : Infinity;
    worst = worse(worst, { difference, allowed: allowed(i) });
  }
  return worst;
}

export function compareFloats(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  { abs = 0, rel = 0, ofRms = 0 }: Tolerance,
): Comparison {
  let sumSq = 0;
  for (let i = 0; i < want.length; i++) sumSq += want[i] ** 2;
  const shared = abs + ofRms * Math.sqrt(sumSq / Math.max(1, want.length));
  return compareEach(got, want, (i) => shared + rel * Math.abs(want[i]));
}

const GROUP = 32;
/** Half a step of an int8 code, and a little for floats that lie between two codes. */
const CODE_STEPS = 0.55;

/** Compares the values of int8 groups with the floats that they stand for. `extra` is allowed on top. */
export function compareCodes(packed: Uint32Array, want: ArrayLike<number>, extra = 0): Comparison {
  let values: ArrayLike<number>;
  try {
    ({ values } = unpackQuantized(packed));
  } catch {
    return { difference: Infinity, allowed: 0 }; // a stored sum is not that of its codes
  }
  const steps = peaks(want, GROUP).map((peak) => peak / 127);
  return compareEach(values, want, (i) => CODE_STEPS * steps[Math.floor(i / GROUP)] + extra);
}

/** Largest magnitude of every run of `length` values. */
export function peaks(values: ArrayLike<number>, length: number): number[] {
  const result = Array<number>(Math.ceil(values.length / length)).fill(0);
  for (let i = 0; i < values.length; i++) {
    const at = Math.floor(i / length);
    result[at] = Math.max(result[at], Math.abs(values[i]));
  }
  return result;
}
