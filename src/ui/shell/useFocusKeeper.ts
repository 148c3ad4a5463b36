// The focused element may be deleted, replaced or disabled. Browsers then move the focus to the document:
// the next Tab begins at its top, and a screen reader is silent.
import { useEffect } from 'react';
import { COMPOSER_ID } from './usePage';

const FOCUSABLE =
  ':is(a[href], summary, [tabindex="0"], [tabindex="-1"][role="listitem"]), ' +
  ':is(button, input, select, textarea):not(:disabled, [tabindex="-1"])';

/** Position of a node in its parent, kept so that its neighbours can be found after its removal. */
interface Place {
  node: Element;
  parent: Element;
  before: Element | null;
  after: Element | null;
}

/** Positions of an element and its ancestors, innermost first. */
function placesOf(element: Element): Place[] {
  const places: Place[] = [];
  for (let node = element; node.parentElement; node = node.parentElement) {
    const { parentElement: parent, previousElementSibling: before, nextElementSibling: after } = node;
    places.push({ node, parent, before, after });
  }
  return places;
}

function* siblings(from: Element | null, step: 'nextElementSibling' | 'previousElementSibling') {
  for (let node = from; node; node = node[step]) yield node;
}

/** Candidates for the focus, best first: the replacement, the surrounding list item, the next sibling, the previous one. */
function* heirs({ node, parent, before, after }: Place): Generator<Element> {
  const came = before?.isConnected ? before.nextElementSibling : parent.firstElementChild;
  if (came && came !== after && came !== node) yield came;
  const item = parent.closest('[tabindex="-1"][role="listitem"]');
  if (item) return yield item;
  if (after?.isConnected) yield* siblings(after, 'nextElementSibling');
  if (before?.isConnected) yield* siblings(before, 'previousElementSibling');
}

/** Focuses the element, or the first focusable element in it. */
function focusIn(element: Element | null): boolean {
  if (!element) return false;
  const inside = element.querySelectorAll<HTMLElement>(FOCUSABLE);
  for (const candidate of [...(element.matches(FOCUSABLE) ? [element as HTMLElement] : []), ...inside]) {
    if (!candidate.checkVisibility()) continue;
    candidate.focus();
    if (document.activeElement === candidate) return true;
  }
  return false;
}

function passOn(places: Place[]): void {
  for (const place of places) {
    if (!place.parent.isConnected || place.node.matches('dialog')) continue;
    for (const heir of heirs(place)) if (focusIn(heir)) return;
    if (place.parent.matches('dialog, main, #root > *')) break;
  }
  const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
  if (focusIn(dialog ?? document.getElementById(COMPOSER_ID))) return;
  focusIn(document.querySelector('main'));
}

/** When the focused element is removed, focus moves to its nearest neighbour. */
export function useFocusKeeper(): void {
  useEffect(() => {
    let places: Place[] = [];
    let pointed = false;
    const onFocus = ({ target }: FocusEvent) => {
      places = target instanceof Element ? placesOf(target) : [];
    };
    // A pointer press elsewhere removed the focus on purpose.
    const onPointer = () => {
      pointed = true;
      places = [];
    };
    const onKey = () => {
      if (pointed && document.activeElement) places = placesOf(document.activeElement);
      pointed = false;
    };
    const keep = () => {
      const had = places.at(0)?.node;
      if (!had || pointed || (had.isConnected && !had.matches(':disabled'))) return;
      const now = document.activeElement;
      if (now === had || !now || now === document.body) passOn(places);
    };
    const observer = new MutationObserver(keep);
    observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
    addEventListener('focusin', onFocus);
    addEventListener('pointerdown', onPointer, true);
    addEventListener('keydown', onKey, true);
    return () => {
      observer.disconnect();
      removeEventListener('focusin', onFocus);
      removeEventListener('pointerdown', onPointer, true);
      removeEventListener('keydown', onKey, true);
    };
  }, []);
}
