import type { Page } from '@playwright/test';

interface Stop {
  /** Differs between any two elements of the page. */
  id: number;
  name: string;
  /** What is wrong with how the focus shows here. */
  faults: string[];
}

interface Walker {
  /** Looks at what has the focus, and at how that which had it before looks without: that one is returned too. */
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
  /** What a pointer would press: a radio button's label, say. */
  const targetOf = (element: Element) =>
    element.matches('input:is([type=radio], [type=checkbox])')
      ? (element.closest('label') ?? element)
      : element;
  const isInText = (element: Element) =>
    (getComputedStyle(element).display === 'inline' || element.matches('[data-part=citation]')) &&
    element.parentElement?.textContent.trim() !== element.textContent.trim();

  /** Rings and borders of the element, of what is drawn for it, and of the boxes around it. */
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
  /** How wide the ring is, with its distance; where the box around the element has the ring, nothing. */
  const ringOf = (element: Element) => {
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(element);
    return outlineStyle === 'none' ? 0 : parseFloat(outlineWidth) + parseFloat(outlineOffset);
  };
  /** The sides on which a box that clips cuts off the ring. */
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
    // What is higher than its box cannot be whole in it.
    return cut.has('top') && cut.has('bottom') && !cut.has('left') && !cut.has('right') ? [] : [...cut];
  };
  /** What covers the part of it that its window and its scrollers show; null when nothing does. */
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
      // A field in a box has the ring around the box, and shares it with the buttons there: its caret tells.
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
  for (const animation of document.getAnimations()) animation.finish(); // a dialog that slides in is there
}

const MOST_STOPS = 200;

/**
 * Goes once through all of the page with the Tab key, from where the focus is.
 * @returns how many elements took the focus, and what was wrong there, as lines.
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
