// JSON numbers within bounds, digit by digit.
import { chars, choice, EMPTY, NOTHING, optional, range, repeat, sequence, text } from './rules';
import type { Expression, RuleBook } from './rules';

/** Bounds as JSON Schema gives them. */
export interface Bounds {
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

/** Digits before and after the point: a double holds 15 decimal digits exactly. */
const MAX_DIGITS = 15;
const LARGEST = 10 ** MAX_DIGITS - 1;
/** Where a range has one end only: leaves room for six places. */
const LARGE = 1e9 - 1;
/** A larger divisor needs a rule for each of its remainders, which takes too long to compile. */
export const MAX_DIVISOR = 64;
/** So few integers are listed one by one. */
const MAX_LISTED = 64;

const DIGIT = chars(range('09'));
const digit = (from: number, to: number): Expression =>
  from > to ? NOTHING : from === to ? text(String(from)) : chars([48 + from, 48 + to]);

/** Any JSON number that is finite as a double. */
export const ANY_NUMBER: Expression = sequence(
  optional(text('-')),
  choice(text('0'), sequence(digit(1, 9), repeat(DIGIT, 0, MAX_DIGITS - 1))),
  optional(sequence(text('.'), repeat(DIGIT, 1, MAX_DIGITS))),
  optional(sequence(chars([69, 69], [101, 101]), optional(chars([43, 43], [45, 45])), repeat(DIGIT, 1, 2))),
);

/**
 * Integers within the bounds, at most 15 digits long.
 * @param divisor they are multiples of it: a positive integer up to MAX_DIVISOR
 */
export function integerExpression(bounds: Bounds, divisor: number, book: RuleBook): Expression {
  const { minimum = -Infinity, exclusiveMinimum = -Infinity } = bounds;
  const { maximum = Infinity, exclusiveMaximum = Infinity } = bounds;
  const least = Math.max(Math.ceil(minimum), Math.floor(exclusiveMinimum) + 1);
  const most = Math.min(Math.floor(maximum), Math.ceil(exclusiveMaximum) - 1);
  const far = divisor === 1 ? LARGEST : farFrom(Number.isFinite(least) ? least : most);
  const low = Math.max(least, -far);
  const high = Math.min(most, far);
  const options: Expression[] = [];
  if (high >= 0) options.push(naturals(Math.max(low, 0), high, divisor, book));
  if (low < 0) options.push(sequence(text('-'), naturals(Math.max(1, -high), -low, divisor, book)));
  return choice(...options);
}

/** The other end of a range that has only one: beyond it by a digit, and large enough. */
function farFrom(bound: number): number {
  return Math.min(LARGEST, Math.max(LARGE, Number.isFinite(bound) ? 10 * Math.abs(bound) : 0));
}

/** Natural numbers from `low` to `high`, multiples of `divisor`. */
function naturals(low: number, high: number, divisor: number, book: RuleBook): Expression {
  const first = Math.ceil(low / divisor) * divisor;
  if (first > high) return NOTHING;
  const count = Math.floor((high - first) / divisor) + 1;
  if (divisor > 1 && count <= MAX_LISTED)
    return choice(...Array.from({ length: count }, (_, i) => text(String(first + i * divisor))));
  const options: Expression[] = low === 0 ? [text('0')] : [];
  const from = Math.max(low, 1);
  const whole: number[] = []; // lengths of which every number is in the range
  for (let length = String(from).length; length <= String(high).length; length++) {
    const [least, most] = [10 ** (length - 1), 10 ** length - 1];
    if (divisor === 1 && from <= least && most <= high) whole.push(length);
    else options.push(sameLength(String(Math.max(from, least)), String(Math.min(high, most)), divisor, book));
  }
  if (whole.length > 0)
    options.push(sequence(digit(1, 9), repeat(DIGIT, whole[0] - 1, whole[whole.length - 1] - 1)));
  return choice(...options);
}

/** Numbers of `from.length` digits between the two, multiples of `divisor`. */
function sameLength(from: string, to: string, divisor: number, book: RuleBook): Expression {
  const after = (at: number, atLow: boolean, atHigh: boolean, remainder: number): Expression => {
    if (at === from.length) return remainder === 0 ? EMPTY : NOTHING;
    const free = !atLow && !atHigh;
    if (free && divisor === 1) return repeat(DIGIT, from.length - at, from.length - at);
    const body = () => {
      const lowest = atLow ? Number(from[at]) : 0;
      const highest = atHigh ? Number(to[at]) : 9;
      const options: Expression[] = [];
      for (let value = lowest; value <= highest; value++) {
        const still = [atLow && value === lowest, atHigh && value === highest] as const;
        const same = divisor === 1 && !still[0] && !still[1];
        const last = same ? highest - Number(atHigh) : value; // digits that lead to the same rest
        const rest = after(at + 1, ...still, (remainder * 10 + value) % divisor);
        options.push(sequence(digit(value, last), rest));
        value = last;
      }
      return choice(...options);
    };
    if (divisor === 1) return body();
    const edge = free ? `${from.length - at} digits` : `${from} ${to} ${at} ${atLow} ${atHigh}`;
    return book.rule(`multiple of ${divisor}: ${edge} after ${remainder}`, body);
  };
  return after(0, true, true, 0);
}

/** Numbers within the bounds: no exponent, at most 15 digits. Without bounds: ANY_NUMBER. */
export function numberExpression(bounds: Bounds, book: RuleBook): Expression {
  const low = tighter(bounds.minimum, bounds.exclusiveMinimum, (a, b) => a > b);
  const high = tighter(bounds.maximum, bounds.exclusiveMaximum, (a, b) => a < b);
  if (!low && !high) return ANY_NUMBER;
  const far = farFrom((low ?? high)?.value ?? 0);
  const lowest = low ?? { value: -far, open: false };
  const highest = high ?? { value: far, open: false };
  const zero: End = { value: 0, open: false };
  const options: Expression[] = [];
  if (highest.value >= 0) options.push(magnitudes(lowest.value < 0 ? zero : lowest, highest, book));
  if (lowest.value < 0) {
    const from = highest.value < 0 ? negated(highest) : zero;
    options.push(sequence(text('-'), magnitudes(from, negated(lowest), book)));
  }
  return choice(...options);
}

/** One end of a range; an open one does not belong to it. */
interface End {
  value: number;
  open: boolean;
}

const negated = ({ value, open }: End): End => ({ value: -value, open });

function tighter(
  closed: number | undefined,
  open: number | undefined,
  isTighter: (a: number, b: number) => boolean,
): End | undefined {
  if (open !== undefined && (closed === undefined || !isTighter(closed, open)))
    return { value: open, open: true };
  return closed === undefined ? undefined : { value: closed, open: false };
}

/** Numbers without a sign between two ends, neither of them negative. */
function magnitudes(low: End, high: End, book: RuleBook): Expression {
  const from = decimal(low.value);
  const to = decimal(Math.min(high.value, LARGEST));
  const [first, last] = [Number(from.whole), Number(to.whole)];
  if (first > last) return NOTHING;
  const lowEdge = { digits: from.fraction, open: low.open };
  const highEdge = { digits: to.fraction, open: high.open };
  if (first === last) return sequence(text(from.whole), fraction(lowEdge, highEdge, from.whole.length));
  return choice(
    sequence(text(from.whole), fraction(lowEdge, undefined, from.whole.length)),
    ...(last - first > 1
      ? [sequence(naturals(first + 1, last - 1, 1, book), fraction(undefined, undefined, to.whole.length))]
      : []),
    sequence(text(to.whole), fraction(undefined, highEdge, to.whole.length)),
  );
}

/** Digits of a finite, non-negative double, without an exponent. */
function decimal(value: number): { whole: string; fraction: string } {
  const [mantissa, exponent = '0'] = String(value).split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  const shift = Number(exponent);
  if (shift >= 0)
    return { whole: whole + fraction.slice(0, shift).padEnd(shift, '0'), fraction: fraction.slice(shift) };
  const digits = '0'.repeat(-shift) + whole + fraction;
  return {
    whole: digits.slice(0, digits.length + shift - fraction.length).replace(/^0+(?=\d)/, '') || '0',
    fraction: digits.slice(digits.length + shift - fraction.length),
  };
}

/** The fraction of a bound. */
interface Edge {
  digits: string;
  open: boolean;
}

/** `.` and digits, or nothing, so that the number lies on the right side of the edges with the same whole part. */
function fraction(low: Edge | undefined, high: Edge | undefined, wholeDigits: number): Expression {
  const longest = Math.max(low?.digits.length ?? 0, high?.digits.length ?? 0);
  const places = Math.max(longest, Math.min(longest + 6, MAX_DIGITS - wholeDigits));
  const isZero = (edge: Edge, at: number) => /^0*$/.test(edge.digits.slice(at));
  const mayEnd = (at: number, atLow: boolean, atHigh: boolean): boolean =>
    !(atLow && low && (low.open || !isZero(low, at))) && !(atHigh && high && high.open && isZero(high, at));
  const more = (at: number, atLow: boolean, atHigh: boolean): Expression => {
    if (at === places) return NOTHING;
    if (!atLow && !atHigh) return repeat(DIGIT, 1, places - at);
    const lowest = atLow && low ? Number(low.digits[at] ?? 0) : 0;
    const highest = atHigh && high ? Number(high.digits[at] ?? 0) : 9;
    const options: Expression[] = [];
    for (let value = lowest; value <= highest; value++) {
      const still = [atLow && value === lowest, atHigh && value === highest] as const;
      const last = still[0] || still[1] ? value : highest - Number(atHigh);
      const rest = more(at + 1, ...still);
      options.push(sequence(digit(value, last), mayEnd(at + 1, ...still) ? optional(rest) : rest));
      value = last;
    }
    return choice(...options);
  };
  const digits = sequence(text('.'), more(0, Boolean(low), Boolean(high)));
  return mayEnd(0, Boolean(low), Boolean(high)) ? optional(digits) : digits;
}
