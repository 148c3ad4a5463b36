// Prepares a text block for the Markdown parser: replaces formulas by marks (their backslashes and stars belong to TeX)
// and closes or hides unfinished markup at the end of a block that is being written.
export interface Formula {
  tex: string;
  display: boolean;
}

export interface Prepared {
  markdown: string;
  /** The formulas of the marks `MARK_START index MARK_END` in `markdown`. */
  formulas: Formula[];
}

/** Private-use characters around the number of a formula. They are removed from the answer's own text. */
export const MARK_START = '\uE000';
export const MARK_END = '\uE001';
const MARKS = /[\uE000\uE001]/g;
/** GLM-4.1V and its relatives write these around places in a picture and around short results. */
const BOX_TAGS = /<\|(?:begin|end)_of_box\|>/g;

/** Longest formula inside a line, and longest unfinished markup that is hidden, in characters. */
const MAX_INLINE_TEX = 1500;
const MAX_HELD = 160;

/** Lines that may become a heading's rule, a list item, a quote, a fence or a rule with their next character. */
const ONLY_MARKERS =
  /^[ \t]*(?:>[ \t]*)*(?:[-=]+|[-*+_]{1,3}|\d{1,9}[.)]?|(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]?\]?|#{1,6}|`{1,3}|~{1,3}|\||\$|>|\\)?[ \t]*$/;
/** Where the paragraph that holds the end of a text may begin. */
const PARAGRAPH_START = /^[ \t]*(?:[-*+]|\d{1,9}[.)]|#{1,6}|>)(?:[ \t]|$)|^[ \t]*\||^[ \t]*$/;

interface Run {
  char: string;
  length: number;
  at: number;
}

/** Index after the code span that begins at `at`; -1 without an end. */
function codeSpanEnd(text: string, at: number): number {
  let length = 1;
  while (text[at + length] === '`') length++;
  for (let next = text.indexOf('`', at + length); next >= 0;) {
    let run = 1;
    while (text[next + run] === '`') run++;
    if (run === length) return next + run;
    next = text.indexOf('`', next + run);
  }
  return -1;
}

/** Index after the fenced code in a list or quote that begins at `at`; -1 without a fence. */
function fencedCodeEnd(text: string, at: number): number {
  const [fence] = /^(?:`{3,}|~{3,})/.exec(text.slice(at, at + 200)) ?? [''];
  if (!fence) return -1;
  let end = text.indexOf('\n', at);
  while (end >= 0) {
    const next = text.indexOf('\n', end + 1);
    const line = text.slice(end + 1, next < 0 ? undefined : next).replace(/^[\s>]+/, '');
    if (line.startsWith(fence) && line.replaceAll(fence[0], '').trim() === '') break;
    end = next;
  }
  if (end < 0) return text.length;
  const after = text.indexOf('\n', end + 1);
  return after < 0 ? text.length : after;
}

/** Punctuation between which and a letter underscores are emphasis (cjk.ts). */
const CJK_PUNCTUATION = /[\u3001-\u303F\uFF01-\uFF65]/;

const isSpace = (char: string | undefined): boolean => char === undefined || /\s/.test(char);

/**
 * The end of a formula that a dollar opens, by Pandoc's rule, so that prices stay prices: no space inside the
 * dollars, no digit after them. -1 when there is none.
 */
function dollarEnd(text: string, at: number, length: number): number {
  const start = at + length;
  if (length === 1 && isSpace(text[start])) return -1;
  const limit = Math.min(text.length, start + MAX_INLINE_TEX);
  for (let i = start; i < limit; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '\n' && text[i + 1] === '\n') return -1;
    else if (text[i] === '$') {
      if (length === 2) {
        if (text[i + 1] === '$') return i;
      } else if (text[i + 1] === '$') return -1;
      else return isSpace(text[i - 1]) || /[0-9]/.test(text[i + 1] ?? '') ? -1 : i;
    }
  }
  return -1;
}

/** True when a dollar at the end of a live text may open a formula, rather than name a price. */
const maybeFormula = (tail: string): boolean =>
  tail.length < MAX_HELD &&
  !tail.includes('\n') &&
  !/^\$(?:\s|\d[\d.,]*[\s.,;:!?)])/.test(tail.replace(/^\$\$/, '$x'));

class Preparer {
  private out = '';
  readonly formulas: Formula[] = [];
  /** Emphasis that is open, in the paragraph at the end. */
  private open: Run[] = [];

  constructor(
    private readonly text: string,
    private readonly live: boolean,
    /** Where the last paragraph begins: emphasis never spans paragraphs. */
    private readonly lastParagraph: number,
  ) {}

  run(): Prepared {
    const { text } = this;
    let i = 0;
    while (i < text.length) {
      const next = this.step(i);
      if (next < 0) break; // the rest is held back
      i = next;
    }
    return { markdown: this.live ? this.closed() : this.out, formulas: this.formulas };
  }

  private keep(from: number, to: number): number {
    this.out += this.text.slice(from, to);
    return to;
  }

  private formula(tex: string, display: boolean, end: number): number {
    this.out += `${MARK_START}${this.formulas.length}${MARK_END}`;
    this.formulas.push({ tex: tex.trim(), display });
    return end;
  }

  /** Handles what begins at `i`; the index to go on at, -1 to hold back the rest. */
  private step(i: number): number {
    const { text, live } = this;
    const char = text[i];
    const inLast = i >= this.lastParagraph;
    if ((char === '`' || char === '~') && this.atLineStart(i)) {
      const end = fencedCodeEnd(text, i);
      if (end >= 0) return this.keep(i, end);
    }
    switch (char) {
      case '\\':
        return this.backslash(i);
      case '`': {
        const end = codeSpanEnd(text, i);
        if (end >= 0) return this.keep(i, end);
        return live && inLast ? this.openCode(i) : this.keep(i, i + 1);
      }
      case '$':
        return this.dollar(i);
      case '!':
      case '[':
        return live && inLast ? this.bracket(i) : this.keep(i, i + 1);
      case '【':
        if (live && !text.includes('】', i) && text.length - i < MAX_HELD) return -1;
        return this.keep(i, i + 1);
      case '<':
        if (live && /^<(?:\/?[a-zA-Z][^\s<>]{0,200}|\/?)$/.test(text.slice(i, i + 220))) return -1;
        return this.keep(i, i + 1);
      case '&':
        if (live && /^&[#a-zA-Z0-9]{0,10}$/.test(text.slice(i, i + 12))) return -1;
        return this.keep(i, i + 1);
      case '*':
      case '_':
      case '~':
        return live && inLast ? this.emphasis(i) : this.keep(i, i + 1);
      default:
        return this.plain(i);
    }
  }

  private atLineStart(i: number): boolean {
    return /^[ \t>]*$/.test(this.text.slice(this.text.lastIndexOf('\n', i - 1) + 1, i));
  }

  private plain(i: number): number {
    let end = i + 1;
    while (end < this.text.length && !'\\`$![【<&*_~'.includes(this.text[end])) end++;
    return this.keep(i, end);
  }

  private backslash(i: number): number {
    const { text, live } = this;
    const next = text[i + 1];
    if (next === undefined) return live ? -1 : this.keep(i, i + 1);
    if (next === '(' || next === '[') {
      const end = text.indexOf(next === '(' ? '\\)' : '\\]', i + 2);
      if (end >= 0 && end - i < MAX_INLINE_TEX)
        return this.formula(text.slice(i + 2, end), next === '[', end + 2);
      if (live && end < 0 && text.length - i < MAX_INLINE_TEX) return -1;
    }
    return this.keep(i, i + 2);
  }

  private dollar(i: number): number {
    const { text, live } = this;
    const length = text[i + 1] === '$' ? 2 : 1;
    const end = dollarEnd(text, i, length);
    if (end >= 0) return this.formula(text.slice(i + length, end), length === 2, end + length);
    if (live && i >= this.lastParagraph && maybeFormula(text.slice(i, i + MAX_HELD))) return -1;
    this.out += '\\$'.repeat(length);
    return i + length;
  }

  /** A code span without an end: closed at the end of the text, unless nothing is in it. */
  private openCode(i: number): number {
    const [ticks] = /^`+/.exec(this.text.slice(i)) ?? ['`'];
    const code = this.text.slice(i + ticks.length);
    if (code.trim() !== '' && code.length < 4000) this.out += `${ticks}${code.replace(/`+$/, '')}${ticks}`;
    return -1;
  }

  /** A link shows its text while its address is written; an image or a footnote waits until it is whole. */
  private bracket(i: number): number {
    const { text } = this;
    const image = text[i] === '!';
    if (image && text[i + 1] !== '[') return i + 1 === text.length ? -1 : this.keep(i, i + 1);
    const start = image ? i + 2 : i + 1;
    const close = text.indexOf(']', start);
    if (close < 0) return text.length - i < MAX_HELD ? -1 : this.keep(i, start);
    if (close + 1 === text.length) return -1;
    if (text[close + 1] !== '(') return this.keep(i, start);
    const end = text.indexOf(')', close);
    if (end >= 0 || text.length - close > 2000) return this.keep(i, start);
    if (!image) this.out += text.slice(start, close);
    return -1;
  }

  private emphasis(i: number): number {
    const { text, open } = this;
    const char = text[i];
    let length = 1;
    while (text[i + length] === char) length++;
    const end = i + length;
    const [before, after] = [text[i - 1], text[end]];
    if (end === text.length) return this.runAtEnd(char, length, before);
    const word = /[\p{L}\p{N}]/u;
    if (char === '~' && length !== 2) return this.keep(i, end); // a range, such as 20~25
    const canClose =
      !isSpace(before) && !(char === '_' && word.test(after ?? '') && !CJK_PUNCTUATION.test(before));
    const canOpen =
      !isSpace(after) && !(char === '_' && word.test(before ?? '') && !CJK_PUNCTUATION.test(after));
    const top = open[open.length - 1];
    if (canClose && top?.char === char) {
      top.length -= length;
      if (top.length <= 0) open.pop();
    } else if (canOpen && length <= 3) open.push({ char, length, at: this.out.length + length });
    return this.keep(i, end);
  }

  /** A marker at the end of the text: hidden, unless it closes open emphasis. */
  private runAtEnd(char: string, length: number, before: string | undefined): number {
    const top = this.open[this.open.length - 1];
    if (top?.char === char && !isSpace(before) && length >= top.length) {
      this.out += char.repeat(top.length);
      this.open.pop();
    }
    return -1;
  }

  private closed(): string {
    let out = this.out;
    for (const { char, length, at } of this.open.reverse()) {
      if (out.slice(at).trim() === '')
        out = out.slice(0, at - length); // nothing in it yet
      else out = out.trimEnd() + char.repeat(length);
    }
    return out;
  }
}

/** Lines at the end that may turn into something else with the next character. */
function withoutOpenLines(text: string): string {
  const lastBreak = text.lastIndexOf('\n');
  const last = text.slice(lastBreak + 1);
  const before = text.slice(0, Math.max(lastBreak, 0));
  const inTable = /^[ \t:|-]*-[ \t:|-]*$/.test(before.split('\n', 2)[1] ?? '');
  if (inTable) return last.trim() === '|' ? before : text;
  if (ONLY_MARKERS.test(last)) {
    const row = before.slice(before.lastIndexOf('\n') + 1);
    // Below a row of cells: the rule of a table, perhaps.
    return /^[ \t]*\|/.test(row) && /^[ \t:|-]*$/.test(last) ? withoutLastLine(before) : before;
  }
  if (!/^[ \t]*\|/.test(last)) return text;
  const row = before.slice(before.lastIndexOf('\n') + 1);
  if (!/^[ \t]*\|/.test(row)) return before; // may be a table's head
  return /^[ \t:|-]*$/.test(last) ? withoutLastLine(before) : text;
}

const withoutLastLine = (text: string): string => text.slice(0, Math.max(text.lastIndexOf('\n'), 0));

function lastParagraphStart(text: string): number {
  for (let end = text.length; ;) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    if (start === 0 || PARAGRAPH_START.test(text.slice(start, Math.min(end, start + 80)))) return start;
    end = start - 1;
  }
}

/**
 * Sets formulas aside (`$…$`, `$$…$$`, `\(…\)`, `\[…\]`).
 * @param live the text is being written: unfinished bold, code, links, formulas and tables at its end do not show
 * their markup.
 */
export function prepareText(text: string, live: boolean): Prepared {
  const clean = text.replace(MARKS, '').replace(BOX_TAGS, '');
  const kept = live ? withoutOpenLines(clean) : clean;
  return new Preparer(kept, live, live ? lastParagraphStart(kept) : 0).run();
}
