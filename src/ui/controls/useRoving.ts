import { useLayoutEffect, useRef, type KeyboardEvent, type RefObject } from 'react';

interface RovingOptions {
  count: number;
  active: number;
  onActive: (index: number) => void;
  /** Arrow keys that move: up and down, left and right, or all four. */
  axis: 'vertical' | 'horizontal' | 'both';
  /** An arrow at one end goes to the other end. */
  wrap?: boolean;
  /** Items that PageUp and PageDown step over; without it they do nothing. */
  page?: number;
  /** Home and End go to the first and last item. False where they belong to a text field. */
  ends?: boolean;
  /** Labels of the items: a typed letter then goes to the next item that begins with it. */
  labels?: readonly string[];
}

interface Roving<Container extends HTMLElement> {
  /**
   * The element whose children take the focus. Where it is not set, the focus stays, and aria-activedescendant names the
   * active item.
   */
  ref: RefObject<Container | null>;
  /** True if the key moved; the event is then prevented. */
  onKeyDown: (event: KeyboardEvent) => boolean;
}

type PressedKey = Pick<KeyboardEvent, 'key'> & Partial<Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'altKey'>>;

const STEPS = {
  vertical: { ArrowDown: 1, ArrowUp: -1 },
  horizontal: { ArrowRight: 1, ArrowLeft: -1 },
  both: { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 },
} satisfies Record<string, Record<string, number>>;

/** The item that a key leads to, or undefined. Pure; see RovingOptions for the keys. */
export function rovingTarget(
  { key, ctrlKey = false, metaKey = false, altKey = false }: PressedKey,
  { count, active, axis, wrap = false, page = 0, ends = true, labels }: Omit<RovingOptions, 'onActive'>,
): number | undefined {
  if (count === 0) return undefined;
  const within = (index: number) => Math.max(0, Math.min(count - 1, index));
  const steps: Record<string, number> = STEPS[axis];
  if (steps[key]) return wrap ? (active + steps[key] + count) % count : within(active + steps[key]);
  if (page && key === 'PageDown') return within(active + page);
  if (page && key === 'PageUp') return within(active - page);
  if (ends && key === 'Home') return 0;
  if (ends && key === 'End') return count - 1;
  if (!labels || key.length !== 1 || key === ' ' || ctrlKey || metaKey || altKey) return undefined;
  const after = labels.map((_, step) => (active + 1 + step) % count);
  return after.find((index) => labels[index].toLowerCase().startsWith(key.toLowerCase()));
}

/** Arrow keys in a list, a menu, tabs or a listbox, as the ARIA Authoring Practices describe them. */
export function useRoving<Container extends HTMLElement>(options: RovingOptions): Roving<Container> {
  const { active, onActive } = options;
  const ref = useRef<Container>(null);
  const moved = useRef(false);
  // After the render: the item that takes the focus already has the attributes of the active one.
  useLayoutEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    const item = ref.current?.children[active];
    if (item instanceof HTMLElement) item.focus();
  }, [active]);
  const onKeyDown = (event: KeyboardEvent): boolean => {
    const next = rovingTarget(event, options);
    if (next === undefined) return false;
    event.preventDefault();
    moved.current = next !== active;
    if (moved.current) onActive(next);
    return true;
  };
  return { ref, onKeyDown };
}
