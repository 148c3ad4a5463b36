// The blocks of a text: headings, paragraphs, tables and code. A table or a code block is one block, however long.
import type { DocumentKind } from '../../documents/types';

export interface Block {
  kind: 'heading' | 'text' | 'table' | 'code';
  text: string;
  /** Level of a heading, from 1. */
  level?: number;
  /** Lines that every part of a divided table repeats: the header. */
  head?: string;
}

/** Which marks of a text count, by kind and name. */
export interface Marks {
  /** `#`, underlines and fences. */
  markdown: boolean;
  /** Lines such as 第三章 or Chapter 3. */
  chapters: boolean;
  /** The whole text is one table, whose first line is its header or not. */
  table?: { hasHeader: boolean };
}

/** @param name tells notebooks, whose text is Markdown, from other code. */
export function marksOf(kind: DocumentKind, name: string): Marks {
  const isCode = kind === 'code' && !/\.ipynb$/i.test(name);
  const chapters = kind === 'text' || kind === 'pdf';
  if (kind !== 'table') return { markdown: !isCode, chapters };
  return { markdown: false, chapters: false, table: { hasHeader: /\.(csv|tsv)$/i.test(name) } };
}

const FENCE = /^\s*(`{3,}|~{3,})/;
const HEADING = /^(#{1,6})\s+(\S.*?)\s*#*$/;
const UNDERLINE = /^(=|-)\1{2,}\s*$/;
const CHAPTER = /^\s*(第\s*[零一二三四五六七八九十百千\d]+\s*([编篇部卷章回节])(?:[\s:：].{0,40}|.{0,20})|(Part|Chapter|Section)\s+[\dIVX]+\b.{0,60})$/; // prettier-ignore
const LEVELS: Record<string, number> = { 编: 1, 篇: 1, 部: 1, 卷: 1, 章: 2, 回: 2, 节: 3, Part: 1, Chapter: 2, Section: 3 }; // prettier-ignore
const ROW = /^\s*\|.*\|\s*$|\S \| \S/;
const RULE = /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/;

/** The heading in a line, or in a line and the underline below it. */
function headingAt(
  lines: readonly string[],
  at: number,
  marks: Marks,
): (Block & { lines: number }) | undefined {
  const line = lines[at];
  if (marks.markdown) {
    const hashes = HEADING.exec(line);
    if (hashes) return { kind: 'heading', text: hashes[2], level: hashes[1].length, lines: 1 };
    const below = UNDERLINE.exec(lines[at + 1] ?? '');
    const isAlone = at === 0 || lines[at - 1].trim() === '';
    if (below && isAlone && line.trim() && !ROW.test(line))
      return { kind: 'heading', text: line.trim(), level: below[1] === '=' ? 1 : 2, lines: 2 };
  }
  const chapter = marks.chapters ? CHAPTER.exec(line) : null;
  if (!chapter || /[。；，,;.]$/.test(line.trim())) return undefined;
  return { kind: 'heading', text: line.trim(), level: LEVELS[chapter[2] ?? chapter[3]], lines: 1 };
}

/** Where the rows that begin at a line end; blank lines between rows belong to the table. */
function tableEnd(lines: readonly string[], at: number): number {
  let end = at;
  for (let next = at; next < lines.length && (ROW.test(lines[next]) || lines[next].trim() === ''); next++)
    if (ROW.test(lines[next])) end = next + 1;
  return end;
}

function tableOf(lines: readonly string[]): Block {
  const rows = lines.filter((line) => line.trim());
  const head = rows.slice(0, RULE.test(rows[1] ?? '') ? 2 : 1).join('\n');
  return { kind: 'table', text: rows.join('\n'), head };
}

/** The blocks of a text. */
export function blocksOf(text: string, marks: Marks): Block[] {
  const lines = text.split('\n');
  if (marks.table) {
    const head = marks.table.hasHeader ? lines[0] : undefined;
    return [{ kind: 'table', text, head }];
  }
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const close = () => {
    if (paragraph.some((line) => line.trim())) blocks.push({ kind: 'text', text: paragraph.join('\n') });
    paragraph = [];
  };
  for (let at = 0; at < lines.length;) {
    const fence = marks.markdown ? FENCE.exec(lines[at])?.[1] : undefined;
    const heading = headingAt(lines, at, marks);
    const end = marks.markdown || marks.chapters ? tableEnd(lines, at) : at;
    if (fence) {
      close();
      let last = at + 1;
      while (last < lines.length && !lines[last].trim().startsWith(fence)) last++;
      blocks.push({ kind: 'code', text: lines.slice(at, last + 1).join('\n') });
      at = last + 1;
    } else if (heading) {
      close();
      const { lines: count, ...block } = heading;
      blocks.push(block);
      at += count;
    } else if (end > at + 1) {
      close();
      blocks.push(tableOf(lines.slice(at, end)));
      at = end;
    } else {
      if (lines[at].trim() === '') close();
      else paragraph.push(lines[at]);
      at++;
    }
  }
  close();
  return blocks;
}
