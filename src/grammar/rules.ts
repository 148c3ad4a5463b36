// Context-free grammars as data, and their EBNF text as web-xgrammar reads it.
import { ALL_CHARS, without, type CharRange } from './ranges';

/** What a place in the text may hold. */
export type Expression =
  | { kind: 'text'; text: string }
  | { kind: 'chars'; ranges: readonly CharRange[] }
  | { kind: 'sequence'; parts: readonly Expression[] }
  | { kind: 'choice'; options: readonly Expression[] }
  | { kind: 'repeat'; body: Expression; min: number; max?: number }
  | { kind: 'rule'; name: string };

/** A grammar: named rules; texts match `root`. */
export interface Grammar {
  root: Expression;
  rules: ReadonlyMap<string, Expression>;
}

/** Matches nothing, not even the empty text. */
export const NOTHING: Expression = { kind: 'choice', options: [] };
/** Matches the empty text only. */
export const EMPTY: Expression = { kind: 'sequence', parts: [] };

export const text = (value: string): Expression => ({ kind: 'text', text: value });
export const chars = (...ranges: CharRange[]): Expression => ({ kind: 'chars', ranges });
/** The parts one after the other; neighbouring texts become one. */
export function sequence(...parts: Expression[]): Expression {
  const flat: Expression[] = [];
  for (const part of parts.flatMap((part) => (part.kind === 'sequence' ? part.parts : [part]))) {
    const previous = flat.at(-1);
    if (part.kind === 'text' && previous?.kind === 'text')
      flat[flat.length - 1] = text(previous.text + part.text);
    else flat.push(part);
  }
  return flat.length === 1 ? flat[0] : { kind: 'sequence', parts: flat };
}

export function choice(...options: Expression[]): Expression {
  const flat = options.flatMap((option) => (option.kind === 'choice' ? option.options : [option]));
  return flat.length === 1 ? flat[0] : { kind: 'choice', options: flat };
}

export const repeat = (body: Expression, min: number, max?: number): Expression => ({
  kind: 'repeat',
  body,
  min,
  ...(max !== undefined && { max }),
});
export const optional = (body: Expression): Expression => repeat(body, 0, 1);

/** An inclusive range from the characters of a two-letter string: `range('09')`. */
export function range(ends: string): CharRange {
  const [first, last] = Array.from(ends, (char) => char.codePointAt(0) as number);
  return [first, last];
}

/** Rules under construction. A name is reserved before its body is known, so that a rule can refer to itself. */
export class RuleBook {
  private readonly names = new Map<string, string>();
  readonly rules = new Map<string, Expression>();

  /** A reference to the rule for `key`; `body` builds it on first use. */
  rule(key: string, body: () => Expression): Expression {
    let name = this.names.get(key);
    if (name === undefined) {
      name = `r${this.names.size}`;
      this.names.set(key, name);
      this.rules.set(name, body());
    }
    return { kind: 'rule', name };
  }
}

/**
 * The same grammar without branches that can never end: a recursion that requires itself, a choice without options.
 * @returns undefined if no text matches
 */
export function pruned({ root, rules }: Grammar): Grammar | undefined {
  const ending = new Set<string>();
  const ends = (expression: Expression): boolean => {
    switch (expression.kind) {
      case 'text':
        return true;
      case 'chars':
        return expression.ranges.length > 0;
      case 'sequence':
        return expression.parts.every(ends);
      case 'choice':
        return expression.options.some(ends);
      case 'repeat':
        return expression.min === 0 || ends(expression.body);
      case 'rule':
        return ending.has(expression.name);
    }
  };
  for (let size = -1; size !== ending.size;) {
    size = ending.size;
    for (const [name, body] of rules) if (!ending.has(name) && ends(body)) ending.add(name);
  }
  if (!ends(root)) return undefined;

  const used = new Map<string, Expression>();
  const trimmed = (expression: Expression): Expression => {
    switch (expression.kind) {
      case 'sequence':
        return sequence(...expression.parts.map(trimmed));
      case 'choice':
        return choice(...expression.options.filter(ends).map(trimmed));
      case 'repeat': {
        const { body, min, max } = expression;
        return ends(body) ? repeat(trimmed(body), min, max) : EMPTY;
      }
      case 'rule':
        if (!used.has(expression.name)) {
          used.set(expression.name, EMPTY); // reserved while its body is visited
          used.set(expression.name, trimmed(rules.get(expression.name) as Expression));
        }
        return expression;
      default:
        return expression;
    }
  };
  return { root: trimmed(root), rules: used };
}

/** EBNF as web-xgrammar reads it; the start rule is `root`. */
export function ebnf({ root, rules }: Grammar): string {
  const lines = [`root ::= ${written(root)}`];
  for (const [name, body] of rules) lines.push(`${name} ::= ${written(body)}`);
  return lines.join('\n');
}

function written(expression: Expression): string {
  switch (expression.kind) {
    case 'text':
      return `"${Array.from(expression.text, quotedChar).join('')}"`;
    case 'chars':
      return charClass(expression.ranges);
    case 'sequence':
      return expression.parts.length === 0 ? '""' : `(${expression.parts.map(written).join(' ')})`;
    case 'choice':
      return `(${expression.options.map(written).join(' | ')})`;
    case 'repeat': {
      const { min, max } = expression;
      const times =
        max === undefined
          ? (['*', '+'][min] ?? `{${min},}`)
          : min === 0 && max === 1
            ? '?'
            : `{${min},${max}}`;
      return `(${written(expression.body)})${times}`;
    }
    case 'rule':
      return expression.name;
  }
}

function quotedChar(char: string): string {
  if (char === '"' || char === '\\') return `\\${char}`;
  return char >= ' ' && char <= '~' ? char : escaped(char.codePointAt(0) as number);
}

/** More single characters than this are not spelled one by one. */
const MOST_SINGLE = 64;
const ASCII: readonly CharRange[] = [[0, 0x7f]];
const BEYOND_ASCII = without(ALL_CHARS, ASCII);
const count = (ranges: readonly CharRange[]) =>
  ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/**
 * Whether the EBNF text matches exactly this set. The character classes of web-xgrammar 0.1.27 are right for ASCII only: a
 * range such as [一-龥] matches digits, or half a character and the byte behind it. So a set holds all characters beyond
 * ASCII, or few enough to spell each; any other set is written as if it held all of them.
 */
export function isExactInEbnf(ranges: readonly CharRange[]): boolean {
  const beyond = without(ranges, ASCII);
  return count(beyond) <= MOST_SINGLE || without(BEYOND_ASCII, beyond).length === 0;
}

/** Whether the EBNF text of an expression without rules matches exactly the same texts. */
export function isExact(expression: Expression): boolean {
  switch (expression.kind) {
    case 'chars':
      return isExactInEbnf(expression.ranges);
    case 'sequence':
      return expression.parts.every(isExact);
    case 'choice':
      return expression.options.every(isExact);
    case 'repeat':
      return isExact(expression.body);
    default:
      return true;
  }
}

function charClass(ranges: readonly CharRange[]): string {
  const ascii = without(ranges, BEYOND_ASCII);
  const beyond = without(ranges, ASCII);
  if (count(beyond) > MOST_SINGLE) {
    const lacking = without(ASCII, ascii);
    return lacking.length > 0 ? `[^${lacking.map(classRange).join('')}]` : '[^\\u0000]'; // NUL is no loss
  }
  const singles = beyond.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i) => `"${escaped(first + i)}"`),
  );
  const options = [...(ascii.length > 0 ? [`[${ascii.map(classRange).join('')}]`] : []), ...singles];
  return options.length === 1 ? options[0] : `(${options.join(' | ')})`;
}

function classRange([first, last]: CharRange): string {
  return first === last ? classChar(first) : `${classChar(first)}-${classChar(last)}`;
}

function classChar(code: number): string {
  const char = String.fromCodePoint(code);
  return /[A-Za-z0-9]/.test(char) ? char : escaped(code);
}

function escaped(code: number): string {
  const hex = code.toString(16);
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
