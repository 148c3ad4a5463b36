import type { Page } from '@playwright/test';

interface Stop {
  /** Unique per element of the page. */
  id: number;
  name: string;
  /** Defects of the focus indicator here. */
  faults: string[];
}

interface Walker {
  /** Inspects the focused element, and returns the previously focused one, inspected again without focus. */
  look(): { stop: Stop; before: Stop | null };
}

/** Runs in the page. */
function install(): void {
  const SMALLEST_PX = 24; // WCAG 2.5.8
  const ids = new WeakMap<Element, number>();
  let count = 0;
  let last: { element: Element; looks: string; stop: Stop } | null = null;

  const nameOf = (element: Element) => {
    const label =
      element.getAttribute('aria-label') ?? (element as HTMLInputElement).labels?.[0]?.textContent;
    return `${element.localName} "${(label ?? element.textContent).trim().slice(0, 40)}"`;
  };
  /** The pointer target, for example the label of a radio button. */
  const targetOf = (element: Element) =>
    element.matches('input:is([type=radio], [type=checkbox])')
      ? (element.closest('label') ?? element)
      : element;
  const isInText = (element: Element) =>
    (getComputedStyle(element).display === 'inline' || element.matches('[data-part=citation]')) &&
    element.parentElement?.textContent.trim() !== element.textContent.trim();

  /** Rings and borders of the element, its next sibling (which may be drawn in its place) and the boxes around it. */
  const looksOf = (element: Element) => {
    const { parentElement: box, nextElementSibling } = element;
    return [element, nextElementSibling, box, box?.parentElement]
      .filter((part) => part instanceof Element)
      .map((part) => {
        const { outlineStyle, outlineColor, outlineWidth, boxShadow, borderColor } = getComputedStyle(part);
        const outline = outlineStyle === 'none' ? '' : `${outlineStyle} ${outlineColor} ${outlineWidth}`;
        return `${outline} ${boxShadow} ${borderColor}`;
      })
      .join('; ');
  };
  /** Width of the focus ring plus its offset; 0 if the box around the element has the ring. */
  const ringOf = (element: Element) => {
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(element);
    return outlineStyle === 'none' ? 0 : parseFloat(outlineWidth) + parseFloat(outlineOffset);
  };
  /** Sides on which a clipping box cuts off the ring. */
  const cutSides = (element: Element) => {
    const ring = ringOf(element);
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const cut = new Set<string>();
    for (let box = element.parentElement; ring > 0 && box && box !== document.body; box = box.parentElement) {
      const { overflowX, overflowY, contentVisibility } = getComputedStyle(box);
      if (overflowX === 'visible' && overflowY === 'visible' && contentVisibility === 'visible') continue;
      const room = box.getBoundingClientRect();
      if (left - ring < room.left - 1) cut.add('left');
      if (right + ring > room.right + 1) cut.add('right');
      if (top - ring < room.top - 1) cut.add('top');
      if (bottom + ring > room.bottom + 1) cut.add('bottom');
      if (box.matches('dialog')) break;
    }
    // An element larger than its box is always clipped: not a fault.
    return cut.has('top') && cut.has('bottom') && !cut.has('left') && !cut.has('right') ? [] : [...cut];
  };
  /** The element that covers the visible part of the target; null if none does. */
  const coverOf = (target: Element) => {
    const { left, right, top, bottom } = target.getBoundingClientRect();
    let [x0, x1] = [Math.max(0, left), Math.min(innerWidth, right)];
    let [y0, y1] = [Math.max(0, top), Math.min(innerHeight, bottom)];
    for (let box = target.parentElement; box && box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).overflowY === 'visible') continue;
      const room = box.getBoundingClientRect();
      [x0, x1] = [Math.max(x0, room.left), Math.min(x1, room.right)];
      [y0, y1] = [Math.max(y0, room.top), Math.min(y1, room.bottom)];
      if (box.matches('dialog')) break;
    }
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    for (const [atX, atY] of [
      [x, y],
      [x0 + 3, y],
      [x1 - 3, y],
      [x, y0 + 3],
      [x, y1 - 3],
    ]) {
      const hit = document.elementFromPoint(atX, atY);
      if (!hit || !(target.contains(hit) || hit.contains(target))) return hit ? nameOf(hit) : 'nothing';
    }
    return null;
  };
  const faultsOf = (element: Element): string[] => {
    const target = targetOf(element);
    const { left, right, top, bottom, width, height } = target.getBoundingClientRect();
    const faults: string[] = [];
    if ((width < SMALLEST_PX || height < SMALLEST_PX) && !isInText(element)) {
      faults.push(`is ${width.toFixed(0)} × ${height.toFixed(0)} px`);
    }
    const isWhole = left > -1 && right < innerWidth + 1 && top > -1 && bottom < innerHeight + 1;
    if (!isWhole && height < innerHeight) faults.push('is outside the window');
    const cover = coverOf(target);
    if (cover) faults.push(`is under ${cover}`);
    const cut = cutSides(element);
    if (cut.length > 0) faults.push(`has its ring cut off: ${cut.join(', ')}`);
    return faults;
  };

  const walker: Walker = {
    look() {
      const element = document.activeElement ?? document.body;
      const before = last?.stop ?? null;
      // The box around a field shows the ring for the field and for its buttons; the field itself shows a caret.
      if (
        last?.element.isConnected &&
        !last.element.matches('textarea') &&
        looksOf(last.element) === last.looks
      ) {
        last.stop.faults.push('looks the same without the focus');
      }
      const id = ids.get(element) ?? count++;
      ids.set(element, id);
      const nowhere = element === document.body;
      const stop: Stop = { id, name: nameOf(element), faults: nowhere ? [] : faultsOf(element) };
      last = nowhere ? null : { element, looks: looksOf(element), stop };
      return { stop, before };
    },
  };
  Object.assign(window, { focusWalker: walker });
  for (const animation of document.getAnimations()) animation.finish(); // end slide-in animations
}

const MOST_STOPS = 200;

/**
 * Tabs once through the whole page, from the current focus.
 * @returns how many elements took focus, and the faults found there, one line each.
 */
export async function focusWalk(page: Page): Promise<{ stops: number; faults: string[] }> {
  await page.evaluate(install);
  const seen = new Set<number>();
  const faults: string[] = [];
  for (let step = 0; step <= MOST_STOPS; step++) {
    await page.keyboard.press('Tab');
    const { stop, before } = await page.evaluate(() =>
      (window as unknown as { focusWalker: Walker }).focusWalker.look(),
    );
    faults.push(...(before?.faults ?? []).map((fault) => `${before?.name} ${fault}`));
    if (seen.has(stop.id)) return { stops: seen.size, faults };
    seen.add(stop.id);
  }
  throw new Error(`${MOST_STOPS} presses of Tab did not lead back to the first`);
}
