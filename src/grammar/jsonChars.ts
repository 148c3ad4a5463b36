// How a JSON string spells its characters.
import { without, type CharRange } from './ranges';
import { chars, choice, text, type Expression } from './rules';

/** Characters that a JSON string writes with a backslash. The rest of the control characters is never written. */
const ESCAPES: readonly [char: string, written: string][] = [
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
];
const NOT_PLAIN: CharRange[] = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
];

/**
 * One character of the set, as a JSON string spells it. Each character has one spelling: no `\u` escapes, so that a length
 * in repetitions is a length in code points, and a name cannot be written in a second way.
 */
export function jsonChars(ranges: readonly CharRange[]): Expression {
  const plain = without(ranges, NOT_PLAIN);
  const holds = (code: number) => ranges.some(([first, last]) => first <= code && code <= last);
  const escapes = ESCAPES.filter(([char]) => holds(char.charCodeAt(0))).map(([, written]) => text(written));
  return choice(...(plain.length > 0 ? [chars(...plain)] : []), ...escapes);
}
