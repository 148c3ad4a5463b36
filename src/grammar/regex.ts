// Regular expressions (ECMA-262 with the flag u) as grammar expressions.
import { ALL_CHARS, union, without, type CharRange } from './ranges';
import { choice, EMPTY, range, repeat, sequence, type Expression } from './rules';

/** Spells one character of a set: as it is, or as inside a JSON string. */
export type SpellChars = (ranges: readonly CharRange[]) => Expression;

const DIGITS: CharRange[] = [range('09')];
const WORD: CharRange[] = [range('09'), range('AZ'), [0x5f, 0x5f], range('az')];
const LINE_ENDS: CharRange[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const SPACES: CharRange[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const CLASSES: Record<string, readonly CharRange[]> = {
  d: DIGITS,
  D: without(ALL_CHARS, DIGITS),
  w: WORD,
  W: without(ALL_CHARS, WORD),
  s: SPACES,
  S: without(ALL_CHARS, SPACES),
};
const CONTROLS: Record<string, number> = { n: 10, r: 13, t: 9, v: 11, f: 12, 0: 0 };
/** Repetitions beyond it make grammars too large to compile while a person waits. */
const MAX_REPEAT = 1000;

/** Thrown for what the parser does not support; the caller then checks the finished text instead. */
class Unsupported extends Error {}

/**
 * Texts in which the pattern finds a match, as JSON Schema means it: without `^` and `$` anything may surround the match.
 * @returns undefined for a pattern with look-around, back-references, word boundaries, Unicode properties, flags, or anchors
 *   elsewhere than at the ends of an alternative
 */
export function regexExpression(pattern: string, spell: SpellChars): Expression | undefined {
  try {
    new RegExp(pattern, 'u');
    return new Parser(Array.from(pattern), spell).whole();
  } catch (error) {
    if (error instanceof Unsupported || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class Parser {
  private at = 0;

  constructor(
    private readonly source: string[],
    private readonly spell: SpellChars,
  ) {}

  whole(): Expression {
    const anything = repeat(this.spell(ALL_CHARS), 0);
    const options: Expression[] = [];
    do {
      const fromStart = this.take('^');
      const body = this.terms();
      const toEnd = this.take('$');
      if (this.at < this.source.length && this.source[this.at] !== '|') throw new Unsupported();
      options.push(sequence(fromStart ? EMPTY : anything, body, toEnd ? EMPTY : anything));
    } while (this.take('|'));
    return choice(...options);
  }

  private take(char: string): boolean {
    if (this.source[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private next(): string {
    if (this.at >= this.source.length) throw new Unsupported();
    return this.source[this.at++];
  }

  private alternatives(): Expression {
    const options = [this.terms()];
    while (this.take('|')) options.push(this.terms());
    return choice(...options);
  }

  private terms(): Expression {
    const parts: Expression[] = [];
    while (this.at < this.source.length && !'|)$'.includes(this.source[this.at]))
      parts.push(this.quantified(this.atom()));
    return sequence(...parts);
  }

  private atom(): Expression {
    const char = this.next();
    switch (char) {
      case '(': {
        if (this.take('?')) this.groupKind();
        const body = this.alternatives();
        if (!this.take(')')) throw new Unsupported(); // an anchor inside the group
        return body;
      }
      case '[':
        return this.spell(this.set());
      case '.':
        return this.spell(without(ALL_CHARS, LINE_ENDS));
      case '\\':
        return this.spell(this.escape());
      case '^':
        throw new Unsupported();
      default:
        return this.spell([single(char)]);
    }
  }

  /** What follows `(?`: `:` or a name. */
  private groupKind(): void {
    if (this.take(':')) return;
    if (!this.take('<') || '=!'.includes(this.source[this.at])) throw new Unsupported(); // look-around
    while (this.next() !== '>');
  }

  private quantified(body: Expression): Expression {
    const bounds = this.bounds();
    if (!bounds) return body;
    this.take('?'); // lazy: the same texts match
    const [min, max] = bounds;
    if (min > MAX_REPEAT || (max ?? 0) > MAX_REPEAT) throw new Unsupported();
    return repeat(body, min, max);
  }

  private bounds(): [min: number, max?: number] | undefined {
    if (this.take('*')) return [0];
    if (this.take('+')) return [1];
    if (this.take('?')) return [0, 1];
    if (!this.take('{')) return undefined;
    let inside = '';
    for (let char = this.next(); char !== '}'; char = this.next()) inside += char;
    const [min, max] = inside.split(',');
    if (max === undefined) return [Number(min), Number(min)];
    return max === '' ? [Number(min)] : [Number(min), Number(max)];
  }

  /** The inside of `[…]`. */
  private set(): CharRange[] {
    const negated = this.take('^');
    const ranges: CharRange[] = [];
    while (!this.take(']')) {
      const low = this.setAtom();
      if (this.source[this.at] === '-' && this.source[this.at + 1] !== ']') {
        this.at++;
        ranges.push([low[0][0], this.setAtom()[0][1]]);
      } else ranges.push(...low);
    }
    return negated ? without(ALL_CHARS, ranges) : without(union(ranges), [[0xd800, 0xdfff]]);
  }

  private setAtom(): readonly CharRange[] {
    const char = this.next();
    if (char !== '\\') return [single(char)];
    return this.take('b') ? [[8, 8]] : this.escape();
  }

  /** What follows a backslash. */
  private escape(): readonly CharRange[] {
    const char = this.next();
    if (char in CLASSES) return CLASSES[char];
    if (char in CONTROLS) return [[CONTROLS[char], CONTROLS[char]]];
    if (char === 'x') return [this.hex(2)];
    if (char === 'u') return [this.source[this.at] === '{' ? this.bracedHex() : this.hex(4)];
    if (/[A-Za-z0-9]/.test(char)) throw new Unsupported(); // \b, \B, \p, \k, \1, \c
    return [single(char)];
  }

  private hex(digits: number): CharRange {
    const code = Number.parseInt(this.source.slice(this.at, this.at + digits).join(''), 16);
    this.at += digits;
    if (code >= 0xd800 && code <= 0xdfff) throw new Unsupported(); // half a character
    return [code, code];
  }

  private bracedHex(): CharRange {
    let digits = '';
    for (this.at++; this.source[this.at] !== '}'; this.at++) digits += this.source[this.at];
    this.at++;
    const code = Number.parseInt(digits, 16);
    return [code, code];
  }
}

function single(char: string): CharRange {
  const code = char.codePointAt(0) as number;
  return [code, code];
}
