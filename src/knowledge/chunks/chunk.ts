// Cuts a document into chunks of 300 to 500 tokens: at headings first, then between paragraphs, then between sentences.
import type { DocumentText } from '../../documents/types';
import type { Chunk } from '../types';
import { blocksOf, marksOf, type Block } from './blocks';
import { estimateTokens, sentencesOf } from './tokens';

/** A chunk grows up to this many tokens. */
const MAX_TOKENS = 450;
/** A heading begins a new chunk once the current one has this many tokens: short sections stay together. */
const LEAST_TOKENS = 60;
/** Tables and code stay whole up to this many tokens. */
const WHOLE_TOKENS = 1500;
/** The sentence that two chunks share has at most this many tokens. */
const OVERLAP_TOKENS = 60;

/** The chunks of a document, in order. @param file index of the file in its base. */
export function chunkDocument(document: DocumentText, name: string, file: number): Chunk[] {
  const chunker = new Chunker(file);
  const marks = marksOf(document.kind, name);
  for (const { text, page } of pagesOf(document)) {
    chunker.page = page;
    for (const block of blocksOf(text, marks)) chunker.add(block);
    chunker.close();
  }
  chunker.end();
  return chunker.chunks;
}

function pagesOf({ text, pageStarts }: DocumentText): { text: string; page?: number }[] {
  if (!pageStarts) return [{ text }];
  return pageStarts.map((start, i) => ({ text: text.slice(start, pageStarts[i + 1]).trim(), page: i + 1 }));
}

class Chunker {
  readonly chunks: Chunk[] = [];
  page: number | undefined;
  /** Headings above the next block, by level. */
  private headings: { level: number; text: string; isKept: boolean }[] = [];
  private parts: string[] = [];
  private tokens = 0;
  /** Headings above the first part of the open chunk. */
  private title = '';

  constructor(private readonly file: number) {}

  add(block: Block): void {
    if (block.kind === 'heading') return this.addHeading(block);
    const limit = block.kind === 'text' ? MAX_TOKENS : WHOLE_TOKENS;
    const tokens = estimateTokens(block.text);
    if (tokens <= limit) return this.put(block.text, tokens, block.kind === 'text');
    const [separator, ...pieces] =
      block.kind === 'text' ? ['', ...sentencesOf(block.text)] : ['\n', ...rowsOf(block)];
    const head = block.head === undefined ? '' : `${block.head}\n`;
    const room = MAX_TOKENS - estimateTokens(head) - (block.kind === 'text' ? OVERLAP_TOKENS : 0);
    for (const [i, part] of packed(pieces, separator, Math.max(room, LEAST_TOKENS)).entries())
      this.put(i > 0 ? head + part : part, estimateTokens(head + part), block.kind === 'text');
  }

  private addHeading({ text, level = 1 }: Block): void {
    if (this.tokens >= LEAST_TOKENS) this.close();
    this.leave(level);
    const isKept = this.parts.length > 0;
    if (isKept) this.put(`${'#'.repeat(level)} ${text}`, estimateTokens(text), false);
    this.headings.push({ level, text, isKept });
  }

  /** Headings of this level and below end; the text of one without anything under it stays. */
  private leave(level: number): void {
    const bare = this.headings.filter((heading) => heading.level >= level && !heading.isKept);
    this.headings = this.headings.filter((heading) => heading.level < level);
    for (const { text } of bare) this.put(text, estimateTokens(text), false);
  }

  /** Appends to the open chunk, or begins the next one with the last sentence of the open one. */
  private put(text: string, tokens: number, overlaps: boolean): void {
    if (this.parts.length > 0 && this.tokens + tokens > MAX_TOKENS) {
      const shared = overlaps ? this.lastSentence() : '';
      this.close();
      if (shared) this.begin(shared, estimateTokens(shared));
    }
    this.begin(text, tokens);
  }

  private begin(text: string, tokens: number): void {
    if (this.parts.length === 0) this.title = this.headings.map((heading) => heading.text).join(' › ');
    for (const heading of this.headings) heading.isKept = true;
    this.parts.push(text.trimEnd());
    this.tokens += tokens;
  }

  private lastSentence(): string {
    const last =
      sentencesOf(this.parts[this.parts.length - 1] ?? '')
        .pop()
        ?.trim() ?? '';
    return estimateTokens(last) <= OVERLAP_TOKENS ? last : '';
  }

  end(): void {
    this.leave(0);
    this.close();
  }

  close(): void {
    const text = this.parts.join('\n').trim();
    const { file, page, title } = this;
    if (text) this.chunks.push({ file, ...(page !== undefined && { page }), title, text });
    this.parts = [];
    this.tokens = 0;
  }
}

/** Rows of a table without its header, or lines of code; a quoted cell of a CSV may hold line ends. */
function rowsOf({ kind, text, head }: Block): string[] {
  const rows: string[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    open = open ? `${open}\n${line}` : line;
    const isInsideQuotes = kind === 'table' && (open.split('"').length - 1) % 2 === 1 && open.length < 10_000;
    if (isInsideQuotes) continue;
    rows.push(open);
    open = '';
  }
  if (open) rows.push(open);
  return head === undefined ? rows : [head, ...rows.slice(head.split('\n').length)];
}

/** Pieces joined to parts of at most so many tokens; a piece that is longer is cut. */
function packed(pieces: readonly string[], separator: string, maxTokens: number): string[] {
  const parts: string[] = [];
  let open = '';
  for (const piece of pieces.flatMap((text) => cut(text, maxTokens))) {
    const joined = open ? open + separator + piece : piece;
    if (open && estimateTokens(joined) > maxTokens) {
      parts.push(open);
      open = piece;
    } else open = joined;
  }
  if (open.trim()) parts.push(open);
  return parts;
}

/** A text in parts of at most so many tokens, whatever it consists of; characters stay whole. */
function cut(text: string, maxTokens: number): string[] {
  if (estimateTokens(text) <= maxTokens) return [text];
  const chars = [...text];
  const half = Math.ceil(chars.length / 2);
  return [chars.slice(0, half), chars.slice(half)].flatMap((part) => cut(part.join(''), maxTokens));
}
