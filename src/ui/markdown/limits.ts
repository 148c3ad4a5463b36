// Limits of the parsers: text beyond them is shown unformatted.
/** Longest text block, in characters. */
const MAX_BLOCK = 24_000;
const MAX_LINE = 12_000;
/** Markers of quotes and lists before a line's text. */
const MAX_NESTING = 24;
/** Characters that open or close something; parsers compare them with each other. */
const MAX_MARKUP = 3000;

const PREFIX = /^(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))+/;
const MARKUP = /[*_~`[\]<!&\\]/g;

/**
 * Too long, too deep or too dense for the Markdown parser.
 * @param maxLength in characters; tables, whose cells are parsed one by one, may be longer.
 */
export function tooMuch(text: string, maxLength = MAX_BLOCK): boolean {
  if (text.length > maxLength) return true;
  if (text.length < MAX_NESTING) return false;
  const dense = (part: string) => part.length > MAX_MARKUP && (part.match(MARKUP)?.length ?? 0) > MAX_MARKUP;
  if (maxLength === MAX_BLOCK && dense(text)) return true;
  return text.split('\n').some((line) => {
    if (line.length > MAX_LINE || dense(line) || /^[ \t]{100,}\S/.test(line)) return true;
    const prefix = PREFIX.exec(line)?.[0] ?? '';
    return prefix.replace(/[\s\d.)]+/g, '').length > MAX_NESTING;
  });
}

const CHUNK = 4000;

/** Text in pieces that can be laid out one by one, cut at line feeds or spaces where there are any. */
export function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + CHUNK, text.length);
    if (end < text.length) {
      const cut = Math.max(text.lastIndexOf('\n', end), text.lastIndexOf(' ', end));
      if (cut > start + CHUNK / 2) end = cut + 1;
      else if (/[\uD800-\uDBFF]/.test(text[end - 1])) end--; // not between the halves of a character
    }
    chunks.push(text.slice(start, end));
    start = end;
  }
  return chunks;
}
