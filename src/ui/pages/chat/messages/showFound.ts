// A message that a search found: brought into view at the first word that was sought, and its words marked.
import styles from './showFound.module.css';

/** The name in the style sheet: ::highlight(found). */
const FOUND = 'found';
/** A message far away is formatted when it comes near, and thoughts unfold: what is shown settles in so many ms. */
const SETTLES_MS = 2000;
/** Text that is read by machines alone, or is no part of what was written. */
const SKIPPED = '.katex-mathml, .visually-hidden, button, [hidden]';

/** Every place of the words in the text of the element, in its order; case is ignored. */
export function placesOf(element: Element, words: readonly string[] = []): Range[] {
  if (words.length === 0) return [];
  const longestFirst = [...words].sort((a, b) => b.length - a.length);
  const pattern = longestFirst.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const places: Range[] = [];
  while (texts.nextNode()) {
    const node = texts.currentNode as Text;
    if (node.parentElement?.closest(SKIPPED)) continue;
    for (const { index, 0: found } of node.data.matchAll(new RegExp(pattern, 'giu'))) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + found.length);
      places.push(range);
    }
  }
  return places;
}

function toMiddle(range: Range, scroller: Element): void {
  range.startContainer.parentElement?.scrollIntoView({ block: 'nearest' }); // also within a wide block of code
  const [place, window] = [range.getBoundingClientRect(), scroller.getBoundingClientRect()];
  scroller.scrollTop += place.top + place.height / 2 - (window.top + window.height / 2);
}

interface FoundMessage {
  element: HTMLElement;
  words: readonly string[] | undefined;
  scroller: Element;
}

let endLast = (): void => undefined;

/** Its words stay marked until the user types, or another message is shown. */
export function showFound({ element, words, scroller }: FoundMessage): void {
  endLast();
  const [shown, settling] = [new AbortController(), new AbortController()];
  endLast = () => {
    settling.abort();
    shown.abort();
    globalThis.CSS?.highlights?.delete(FOUND);
  };
  element.classList.add(styles.found);
  element.addEventListener('animationend', () => element.classList.remove(styles.found), { once: true });

  const show = () => {
    if (settling.signal.aborted) return;
    const places = placesOf(element, words).filter((range) => range.getClientRects().length > 0);
    globalThis.CSS?.highlights?.set(FOUND, new Highlight(...places));
    if (places.length > 0) toMiddle(places[0], scroller);
    else element.scrollIntoView({ block: 'center' });
  };
  show();
  requestAnimationFrame(show); // heights above it were estimates until now
  const observer = new MutationObserver(() => requestAnimationFrame(show));
  observer.observe(element, { childList: true, subtree: true });
  settling.signal.addEventListener('abort', () => observer.disconnect());
  setTimeout(() => settling.abort(), SETTLES_MS);
  // The reader scrolls: nothing moves by itself any more.
  for (const kind of ['wheel', 'pointerdown', 'keydown'])
    addEventListener(kind, () => settling.abort(), { capture: true, passive: true, signal: settling.signal });
  addEventListener('input', () => endLast(), { capture: true, signal: shown.signal });
}
