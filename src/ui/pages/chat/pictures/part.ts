// A rectangle in a picture that the reader marks with a pointer or the keyboard. Fractions of width and height.

export interface Part {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Spot {
  x: number;
  y: number;
}

/** The middle half of the picture: where the keyboard begins. */
export const MIDDLE: Part = { left: 0.25, top: 0.25, right: 0.75, bottom: 0.75 };
/** Sides are at least this long: less cannot be grasped. */
const LEAST = 0.02;
/** What one press of an arrow key moves. */
const STEP = 0.02;

const within = (value: number): number => Math.min(1, Math.max(0, value));

/** The rectangle between two corners, in any order. */
export function between(one: Spot, other: Spot): Part {
  const side = (a: number, b: number): [number, number] => {
    const [low, high] = [within(Math.min(a, b)), within(Math.max(a, b))];
    if (high - low >= LEAST) return [low, high];
    const start = Math.min(low, 1 - LEAST);
    return [start, start + LEAST];
  };
  const [left, right] = side(one.x, other.x);
  const [top, bottom] = side(one.y, other.y);
  return { left, top, right, bottom };
}

/** The same rectangle elsewhere, kept inside the picture. */
export function moved({ left, top, right, bottom }: Part, by: Spot): Part {
  const x = Math.min(1 - right, Math.max(-left, by.x));
  const y = Math.min(1 - bottom, Math.max(-top, by.y));
  return { left: left + x, top: top + y, right: right + x, bottom: bottom + y };
}

/**
 * What pulling from a spot does: a corner is drawn, its opposite stays; the inside moves the rectangle; elsewhere a new one
 * begins.
 * @param reach how near to a corner counts as that corner
 */
export function pulled(part: Part | null, from: Spot, reach: Spot): (to: Spot) => Part {
  if (!part) return (to) => between(from, to);
  const { left, top, right, bottom } = part;
  const near = (x: number, y: number) => Math.abs(from.x - x) <= reach.x && Math.abs(from.y - y) <= reach.y;
  for (const [x, y, otherX, otherY] of [
    [left, top, right, bottom],
    [right, top, left, bottom],
    [left, bottom, right, top],
    [right, bottom, left, top],
  ])
    if (near(x, y)) return (to) => between({ x: otherX, y: otherY }, to);
  const isInside = from.x > left && from.x < right && from.y > top && from.y < bottom;
  if (isInside) return (to) => moved(part, { x: to.x - from.x, y: to.y - from.y });
  return (to) => between(from, to);
}

const ARROWS: Record<string, Spot> = {
  ArrowLeft: { x: -STEP, y: 0 },
  ArrowRight: { x: STEP, y: 0 },
  ArrowUp: { x: 0, y: -STEP },
  ArrowDown: { x: 0, y: STEP },
};

/** Arrow keys move the rectangle, and with Shift its lower right corner. @returns null for other keys */
export function pressed(part: Part, { key, shiftKey }: { key: string; shiftKey: boolean }): Part | null {
  const by = ARROWS[key];
  if (!by) return null;
  if (!shiftKey) return moved(part, by);
  const { left, top, right, bottom } = part;
  const end = { x: Math.max(left + LEAST, right + by.x), y: Math.max(top + LEAST, bottom + by.y) };
  return between({ x: left, y: top }, end);
}
