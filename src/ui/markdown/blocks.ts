// An answer cut into blocks that no longer change, and one that does: each is parsed on its own, settled ones once.
export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'code'; language: string; code: string }
  | { kind: 'math'; tex: string }
  | { kind: 'table'; head: string; rows: string[] };

export interface Blocks {
  blocks: Block[];
  /** The last block is still being written. */
  openEnd: boolean;
  /** `[^id]: text`, in the order of the answer. */
  footnotes: Map<string, string>;
  /** `[id]: address` lines, which any block may refer to. */
  definitions: Map<string, string>;
}

const FENCE = /^( {0,3})(`{3,}|~{3,})([^\n]*)$/;
const MATH_OPEN = /^ {0,3}(\$\$|\\\[)(.*)$/;
const HEADING = /^ {0,3}#{1,6}(?:[ \t]|$)/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;
const TABLE_RULE = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const FOOTNOTE = /^ {0,3}\[\^([^\]\s]{1,64})\]:[ \t]*(.*)$/;
const DEFINITION =
  /^ {0,3}\[([^\]^][^\]]{0,200})\]:[ \t]*(<[^<>\n]*>|\S+)[ \t]*(?:"[^"]*"|'[^']*'|\([^)]*\))?[ \t]*$/;
/** Characters after which a list continues in another block: each frame parses the whole last block. */
const LONG_LIST = 4000;
const CLOSERS: Record<string, string> = { $$: '$$', '\\[': '\\]' };

/** Cells of a table row; escaped pipes do not count. */
const cellCount = (row: string): number =>
  row
    .trim()
    .replace(/\\\|/g, '')
    .replace(/^\||\|$/g, '')
    .split('|').length;

const isTableRule = (line: string, head: string): boolean =>
  head.includes('|') && line.length < 2000 && TABLE_RULE.test(line) && cellCount(line) === cellCount(head);

/** One run over an answer's lines. */
class Splitter {
  readonly blocks: Block[] = [];
  readonly footnotes = new Map<string, string>();
  readonly definitions = new Map<string, string>();
  /** Lines of the current text block, with the blank lines inside it. */
  private lines: string[] = [];
  private blankBefore = false;
  /** The open fence inside a list item: blank lines in it do not end the block. */
  private nestedFence = '';
  private fence: { marker: string; indent: number; language: string; lines: string[] } | null = null;
  private math: { closer: string; lines: string[] } | null = null;
  private table: { head: string; rows: string[] } | null = null;
  private footnote = '';

  constructor(private readonly live: boolean) {}

  /** @param last the text ends with this line, without a line feed */
  line(line: string, last: boolean): void {
    if (last && line === '') return; // the text ends with a line feed
    if (this.fence) return this.inFence(line, last);
    if (this.math) return this.inMath(line);
    if (this.table && this.inTable(line)) return;
    if (this.nestedFence) {
      const fence = /^\s*(`{3,}|~{3,})\s*$/.exec(line);
      if (fence?.[1].startsWith(this.nestedFence)) this.nestedFence = '';
      this.lines.push(line);
      return;
    }
    if (line.trim() === '') return this.blank();
    const inList = this.lines.length > 0 && LIST_ITEM.test(this.lines[0]);
    if (this.live && last && inList && this.blankBefore && /^ {0,3}\d{1,9}$/.test(line)) return; // the next item?
    const nested = inList && /^ {2,}/.test(line);
    if (inList && !nested && LIST_ITEM.test(line) && this.length() > LONG_LIST) this.flush();
    const fence = FENCE.exec(nested ? line.trimStart() : line);
    if (fence && !(fence[2][0] === '`' && fence[3].includes('`'))) {
      if (nested) return this.openNested(line, fence[2], last);
      return this.openFence(fence, last);
    }
    const math = nested ? null : MATH_OPEN.exec(line);
    if (math) return this.openMath(math[1], math[2]);
    if (this.reference(line, last)) return;
    if (HEADING.test(line)) {
      this.flush();
      this.lines = [line];
      if (!last) this.flush();
      return;
    }
    if (this.lines.length > 0 && isTableRule(line, this.lines[this.lines.length - 1]) && !nested) {
      const head = this.lines.pop() ?? '';
      this.flush();
      this.table = { head: `${head}\n${line}`, rows: [] };
      return;
    }
    if (this.blankBefore && !this.continues(line, inList)) this.flush();
    else if (this.blankBefore) this.lines.push('');
    this.blankBefore = false;
    this.footnote = '';
    this.lines.push(line);
  }

  private length(): number {
    return this.lines.reduce((sum, line) => sum + line.length + 1, 0);
  }

  private blank(): void {
    if (this.lines.length > 0) this.blankBefore = true;
  }

  /** Whether a line after a blank line continues the current block. */
  private continues(line: string, inList: boolean): boolean {
    if (inList) return /^(?: {2,}|\t)/.test(line) || (LIST_ITEM.test(line) && !RULE.test(line));
    return /^(?: {4}|\t)/.test(this.lines[0]) && /^(?: {4}|\t)/.test(line);
  }

  private openFence([, indent, marker, info]: RegExpExecArray, last: boolean): void {
    this.flush();
    if (this.live && last) return; // its language may be half written
    this.fence = { marker, indent: indent.length, language: info.trim().split(/[\s{,]/)[0] ?? '', lines: [] };
  }

  private openNested(line: string, marker: string, last: boolean): void {
    if (this.blankBefore) this.lines.push('');
    this.blankBefore = false;
    if (this.live && last) return;
    this.nestedFence = marker;
    this.lines.push(line);
  }

  private inFence(line: string, last: boolean): void {
    const { marker, indent, lines } = this.fence!;
    const trimmed = line.trim();
    const onlyMarks =
      trimmed !== '' && [...trimmed].every((char) => char === marker[0]) && /^ {0,3}\S/.test(line);
    if (onlyMarks && trimmed.length >= marker.length) return this.closeFence();
    if (onlyMarks && this.live && last) return; // may become the end
    lines.push(line.slice(0, indent).trim() === '' ? line.slice(Math.min(indent, line.length)) : line);
  }

  private closeFence(): void {
    const { language, lines } = this.fence!;
    this.blocks.push({ kind: 'code', language, code: lines.join('\n') });
    this.fence = null;
  }

  private openMath(opener: string, rest: string): void {
    const closer = CLOSERS[opener];
    const end = rest.indexOf(closer);
    if (end >= 0 && rest.slice(end + closer.length).trim() !== '') {
      // Something follows on the line: that is inline math, which the text's parser finds.
      if (this.blankBefore) this.flush();
      this.lines.push(opener + rest);
      return;
    }
    this.flush();
    if (end >= 0) this.blocks.push({ kind: 'math', tex: rest.slice(0, end).trim() });
    else this.math = { closer, lines: [rest] };
  }

  private inMath(line: string): void {
    const { closer, lines } = this.math!;
    const end = line.indexOf(closer);
    if (end < 0) return void lines.push(line);
    lines.push(line.slice(0, end));
    this.blocks.push({ kind: 'math', tex: lines.join('\n').trim() });
    this.math = null;
    const rest = line.slice(end + closer.length).trim();
    if (rest) this.lines.push(rest);
  }

  /** True when the line belongs to the table. */
  private inTable(line: string): boolean {
    const ends = line.trim() === '' || FENCE.test(line) || HEADING.test(line) || /^ {0,3}>/.test(line);
    if (!ends) this.table!.rows.push(line);
    else this.flush();
    return !ends;
  }

  /** Collects footnotes and link definitions. @returns whether the line was one */
  private reference(line: string, last: boolean): boolean {
    const starts = this.lines.length === 0 || this.blankBefore;
    if (!starts) return false;
    const footnote = FOOTNOTE.exec(line);
    if (footnote) {
      this.flush();
      this.footnote = footnote[1];
      this.footnotes.set(footnote[1], footnote[2]);
      return true;
    }
    if (this.footnote && /^(?: {2,}|\t)\S/.test(line)) {
      this.footnotes.set(this.footnote, `${this.footnotes.get(this.footnote)} ${line.trim()}`);
      return true;
    }
    const definition = DEFINITION.exec(line);
    if (!definition || (this.live && last)) return false;
    this.flush();
    this.definitions.set(definition[1].toLowerCase(), line.trim());
    return true;
  }

  private flush(): void {
    if (this.table) this.blocks.push({ kind: 'table', ...this.table });
    if (this.lines.length > 0) this.blocks.push({ kind: 'text', text: this.lines.join('\n') });
    this.table = null;
    this.lines = [];
    this.blankBefore = false;
    this.nestedFence = '';
  }

  end(): Blocks {
    const settled = this.blocks.length;
    if (this.fence) this.closeFence();
    else if (this.math) this.endMath();
    else this.flush();
    const openEnd = this.live && this.blocks.length > settled;
    return { blocks: this.blocks, openEnd, footnotes: this.footnotes, definitions: this.definitions };
  }

  /** Math without its closing mark: hidden while the answer streams, otherwise shown as written. */
  private endMath(): void {
    const { closer, lines } = this.math!;
    const opener = closer === '$$' ? '$$' : '\\[';
    if (this.live) this.blocks.push({ kind: 'math', tex: '' });
    else this.blocks.push({ kind: 'text', text: opener + lines.join('\n') });
  }
}

/**
 * Cuts an answer into blocks: fenced code, display math, tables, and text between blank lines (a list is one block).
 * @param live the answer is being written: lines that may still turn into something else are held back.
 */
export function splitBlocks(text: string, live: boolean): Blocks {
  const splitter = new Splitter(live);
  const lines = text.split(/\r?\n/);
  lines.forEach((line, index) => splitter.line(line, index === lines.length - 1));
  return splitter.end();
}

/** Rows only ever grow at the end. */
export function equalBlocks(a: Block, b: Block): boolean {
  if (a.kind === 'text') return b.kind === 'text' && a.text === b.text;
  if (a.kind === 'code') return b.kind === 'code' && a.language === b.language && a.code === b.code;
  if (a.kind === 'math') return b.kind === 'math' && a.tex === b.tex;
  return (
    b.kind === 'table' &&
    a.head === b.head &&
    a.rows.length === b.rows.length &&
    a.rows.at(-1) === b.rows.at(-1)
  );
}
