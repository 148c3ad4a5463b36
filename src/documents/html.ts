// Extracts the text of a web page. DOMParser's documents are inert: no script runs, nothing is fetched.
import { createTrustedPolicy } from '../shared/trustedTypes';

const SKIPPED = new Set([
  'SCRIPT',
  'STYLE',
  'NOSCRIPT',
  'TEMPLATE',
  'SVG',
  'HEAD',
  'NAV',
  'IFRAME',
  'OBJECT',
  'CANVAS',
]);
const BLOCKS = new Set(
  'P DIV SECTION ARTICLE MAIN HEADER FOOTER ASIDE UL OL LI DL DT DD TABLE TR H1 H2 H3 H4 H5 H6 PRE BLOCKQUOTE FIGURE FORM HR'.split(
    ' ',
  ),
);

function write(node: Node, out: string[]): void {
  if (node.nodeType === Node.TEXT_NODE) {
    const inPre = node.parentElement?.closest('pre');
    out.push(inPre ? (node.nodeValue ?? '') : (node.nodeValue ?? '').replace(/\s+/g, ' '));
    return;
  }
  const name = node.nodeName.toUpperCase();
  if (node.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(name)) return;
  if (name === 'BR') return void out.push('\n');
  const block = BLOCKS.has(name);
  if (block) out.push('\n');
  if (/^H[1-6]$/.test(name)) out.push(`\n${'#'.repeat(Number(name[1]))} `);
  if (name === 'LI') out.push('- ');
  for (const child of node.childNodes) write(child, out);
  if (name === 'TD' || name === 'TH') out.push(' | ');
  if (block) out.push('\n');
}

/** The one place that parses markup: its documents are inert, and only their text is used. */
const inert = createTrustedPolicy('glm-documents', { createHTML: (html) => html });

/** A page as a document in which no script runs and for which nothing is fetched. */
export const parseInert = (html: string): Document =>
  new DOMParser().parseFromString((inert?.createHTML(html) ?? html) as string, 'text/html');

/** Readable text of a page: title, headings, lists, and tables with bars between cells. */
export function htmlToText(html: string): string {
  const page = parseInert(html);
  const out: string[] = [];
  const title = page.title.trim();
  if (title) out.push(`${title}\n`);
  write(page.body, out);
  return out
    .join('')
    .replace(/(?: \| )+(?=\n|$)/g, '')
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n (?! )/g, '\n') // white space between blocks, folded to one
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
