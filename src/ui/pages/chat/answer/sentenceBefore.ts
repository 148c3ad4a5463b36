/** Blocks that a sentence does not cross. */
const BLOCK = 'p, li, td, th, h1, h2, h3, h4, h5, h6, blockquote, dd, dt';
/** Where a sentence ends; not at the point of a decimal or an initial. */
const END = /(?<![\d\p{Lu}]|\b(?:Dr|Mr|Mrs|Ms|St|No|ca))\.\s|[。！？!?；;]/gu;

/** The sentence in front of a mark: the text of its block up to it, without other marks, from the last end of a sentence. */
export function sentenceBefore(mark: Element): string {
  const block = mark.closest(BLOCK) ?? mark.parentElement;
  if (!block) return '';
  let text = '';
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!(mark.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING)) break;
    if (!node.parentElement?.closest('[data-part="citation"]')) text += node.nodeValue ?? '';
  }
  // The full stop may stand before the mark.
  const said = text.trimEnd().replace(/[。！？!?.；;，,：:\s]+$/, '');
  const ends = [...said.matchAll(END)];
  const last = ends.at(-1);
  return said.slice(last ? last.index + last[0].length : 0).trim();
}
