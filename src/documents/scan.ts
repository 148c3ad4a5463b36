// Tells scans from documents by what their pages say: a stamp or a page number on each picture is no text.

/** Below this many characters, stamps aside, a page counts as a picture. */
const CHARS_OF_PAGE = 12;
/** Below this many characters per page on average, the document counts as a scan. */
const CHARS_PER_PAGE = 8;
/** A line on at least this share of the pages, digits aside, is a stamp, a header or a footer… */
const STAMP_SHARE = 0.6;
/** …in documents of at least this many pages… */
const STAMP_PAGES = 3;
/** …unless the repeated lines are as long as a text: copies of a form. */
const STAMP_CHARS = 120;
/** Lines that scanning apps print, also on a single page. */
const SCANNER =
  /^\W*(cam ?scanner|scanned (with|by|using)\b.*|由?\s*(扫描全能王|全能扫描王).*|(adobe|genius|tiny|simple|turbo|clear) scan(ner)?\b.*|intsig.*)\W*$/i;

/** A line without what changes from page to page. */
const normalized = (line: string): string => line.trim().replace(/\d+/g, '#').replace(/\s+/g, ' ');
const charsOf = (text: string): number => text.replace(/\s/g, '').length;

export interface PagesFound {
  /** Whether the pages are pictures, apart from stamps. */
  isScan: boolean;
  /** Pages that say next to nothing. */
  emptyPages: number;
}

/** @param pages text of each page. */
export function judgePages(pages: readonly string[]): PagesFound {
  const counts = new Map<string, number>();
  for (const page of pages) {
    for (const line of new Set(page.split('\n').map(normalized)))
      counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const repeated = (line: string): boolean =>
    pages.length >= STAMP_PAGES && (counts.get(normalized(line)) ?? 0) >= pages.length * STAMP_SHARE;
  const chars = pages.map((page) => {
    const lines = page.split('\n');
    const own = lines.filter((line) => !SCANNER.test(line.trim()) && !repeated(line));
    const stamps = charsOf(lines.filter(repeated).join(''));
    return charsOf(own.join('')) + (stamps > STAMP_CHARS ? stamps : 0);
  });
  const total = chars.reduce((sum, count) => sum + count, 0);
  return {
    isScan: total < CHARS_PER_PAGE * pages.length,
    emptyPages: chars.filter((count) => count < CHARS_OF_PAGE).length,
  };
}
