// Texts of people, tools and models inside a template: their special tokens stay text, and the model's own parts are found
// again in the result.

/** Breaks a special token's name in a foreign text. */
const BREAK = '\u{100000}';
/** Marks are U+F0000 and up: one character, at the first that is not blank. */
const FIRST_MARK = 0xf0000;
const LAST_MARK = 0xf8fff;
/** Private characters of a foreign text itself stand in as these. */
const FIRST_ALIAS = 0xf9000;
const PRIVATE = /[\u{F0000}-\u{10FFFF}]/gu;
const MARK = /[\u{F0000}-\u{F8FFF}]/gu;

/** A stretch of a rendered prompt: a special token of the template, or text with the marks that stood in it. */
export type Stretch = { special: string } | { text: string; marks: number[] };

/** Prepares texts for a template, and takes its output apart. */
export class ForeignText {
  private readonly names: RegExp;
  private readonly aliases: string[] = [];

  /** @param specialNames of the vocabulary: what a tokenizer would make special tokens of */
  constructor(specialNames: readonly string[]) {
    const longestFirst = [...specialNames].sort((a, b) => b.length - a.length);
    const pattern = longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
    this.names = new RegExp(pattern || '(?!)', 'g');
  }

  /** The text with its special tokens broken. */
  guard(text: string): string {
    return text
      .replace(PRIVATE, (char) => this.alias(char))
      .replace(this.names, (name) => name.charAt(0) + BREAK + name.slice(1));
  }

  /** Every text in a JSON value, keys included. */
  guardAll(value: unknown): unknown {
    if (typeof value === 'string') return this.guard(value);
    if (Array.isArray(value)) return value.map((item) => this.guardAll(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [this.guard(key), this.guardAll(inner)]),
    );
  }

  /** A guarded text with a mark that survives stripping. @throws RangeError for too many marks */
  mark(guarded: string, mark: number): string {
    if (FIRST_MARK + mark > LAST_MARK) throw new RangeError('too many parts');
    return guarded.replace(/^\s*/, (blank) => blank + String.fromCodePoint(FIRST_MARK + mark));
  }

  /** Takes a rendered text apart at the template's special tokens. */
  split(rendered: string): Stretch[] {
    const stretches: Stretch[] = [];
    let at = 0;
    const add = (text: string): void => {
      const marks = Array.from(text.matchAll(MARK), ([char]) => (char.codePointAt(0) as number) - FIRST_MARK);
      const plain = this.restore(text.replace(MARK, ''));
      if (plain || marks.length > 0) stretches.push({ text: plain, marks });
    };
    for (const { 0: special, index } of rendered.matchAll(this.names)) {
      add(rendered.slice(at, index));
      stretches.push({ special });
      at = index + special.length;
    }
    add(rendered.slice(at));
    return stretches;
  }

  private alias(char: string): string {
    const known = this.aliases.indexOf(char);
    const index = known >= 0 ? known : this.aliases.push(char) - 1;
    if (FIRST_ALIAS + index > 0xfffff) throw new RangeError('too many private characters');
    return String.fromCodePoint(FIRST_ALIAS + index);
  }

  private restore(text: string): string {
    return text
      .replaceAll(BREAK, '')
      .replace(PRIVATE, (char) => this.aliases[(char.codePointAt(0) as number) - FIRST_ALIAS] ?? '');
  }
}
