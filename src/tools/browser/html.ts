// Pages as text for a model: the part that is read (Mozilla's Readability), without hidden text, as simple Markdown.
// Loaded with the first page.
import { parseInert } from '../../documents/html';
import { removeHidden, withoutStyles } from './hidden';

const BLOCKS = new Set(
  'P DIV SECTION ARTICLE MAIN HEADER FOOTER ASIDE UL OL LI DL DT DD TABLE TR CAPTION H1 H2 H3 H4 H5 H6 PRE BLOCKQUOTE FIGURE FIGCAPTION FORM HR DETAILS SUMMARY'.split(
    ' ',
  ),
);
/** Markup beyond this is not parsed. */
const MAX_CHARS = 2 * 2 ** 20;
/** Deepest tree that is walked, to bound the recursion. */
const MAX_DEPTH = 200;

/** The text of markup: for snippets and titles. */
export const plainText = (html: string): string =>
  parseInert(withoutStyles(html.slice(0, 20_000)))
    .body.textContent.replace(/\s+/g, ' ')
    .trim();

/** Pictures are left out, but for a wiki's formulas, whose other text is for machines. */
const formulaOf = (image: HTMLImageElement): string =>
  /\bmwe-math/.test(image.className)
    ? `$${image.alt.replace(/^\{\\displaystyle (.*)\}$/s, '$1').trim()}$`
    : '';

function write(node: Node, out: string[], depth: number): void {
  if (node.nodeType === Node.TEXT_NODE) {
    const inPre = node.parentElement?.closest('pre');
    out.push(inPre ? (node.nodeValue ?? '') : (node.nodeValue ?? '').replace(/\s+/g, ' '));
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE || depth > MAX_DEPTH) return;
  const name = node.nodeName.toUpperCase();
  if (name === 'BR') return void out.push('\n');
  if (name === 'IMG') return void out.push(formulaOf(node as HTMLImageElement));
  const isBlock = BLOCKS.has(name);
  if (isBlock) out.push('\n');
  if (/^H[1-6]$/.test(name)) out.push(`\n${'#'.repeat(Number(name[1]))} `);
  if (name === 'LI') out.push('- ');
  for (const child of node.childNodes) write(child, out, depth + 1);
  if (name === 'TD' || name === 'TH') out.push(' | ');
  if (isBlock) out.push('\n');
}

/** The text below a node: a paragraph a line, headings with #, lists with -, cells with bars. */
export function textBelow(node: Node): string {
  const out: string[] = [];
  write(node, out, 0);
  return out
    .join('')
    .replace(/(?: \| )+(?=\n|$)/g, '')
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n[ \t]+(?=\S)/g, '\n')
    .replace(/\n- \n+/g, '\n- ')
    .replace(/\n{2,}/g, '\n')
    .trim();
}

/** Parses a page and removes what its readers do not see. */
export function seenPage(html: string): Document {
  const page = parseInert(withoutStyles(html.slice(0, MAX_CHARS)));
  removeHidden(page);
  return page;
}

/**
 * The readable text of any page.
 * @param url for what the page says of itself
 */
export async function readablePage(html: string, url: string): Promise<{ title: string; text: string }> {
  const page = seenPage(html);
  const title = page.title.replace(/\s+/g, ' ').trim() || new URL(url).host;
  const whole = textBelow(page.body);
  const { Readability } = await import('@mozilla/readability');
  takeStrings(page.body);
  const article = new Readability(page, { serializer: (node) => node }).parse();
  const text = article?.content ? textBelow(article.content) : '';
  // A page of lists or short texts has no article: then all of it.
  return { title: article?.title?.trim() || title, text: text.length * 4 > whole.length ? text : whole };
}

/** Readability puts the body's markup back when it tries again; under Trusted Types a string is refused there. */
function takeStrings(body: HTMLElement): void {
  const { get } = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML') ?? {};
  if (!get) return;
  Object.defineProperty(body, 'innerHTML', {
    get,
    set: (html: string) => body.replaceChildren(...parseInert(html).body.childNodes),
  });
}
