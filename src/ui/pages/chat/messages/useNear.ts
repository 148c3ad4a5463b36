import { startTransition, useEffect, useRef, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';

/** Distance from the window at which messages are formatted. */
const MARGIN = '1200px 0px';

const waiting = new Map<Element, () => void>();
let observer: IntersectionObserver | undefined;

/** Printing formats everything. */
function onPrint(): void {
  flushSync(() => {
    for (const onNear of [...waiting.values()]) onNear();
  });
}

/** One observer for all blocks, of which there may be hundreds. */
function observe(element: Element, onNear: () => void): () => void {
  if (!observer) {
    observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const near = isIntersecting && waiting.get(target);
          if (near) startTransition(near); // a long answer is formatted between frames, not in one
        }
      },
      { rootMargin: MARGIN },
    );
    addEventListener('beforeprint', onPrint);
  }
  const own = observer;
  waiting.set(element, onNear);
  own.observe(element);
  return () => {
    waiting.delete(element);
    own.unobserve(element);
  };
}

/** True from the moment the element comes near the window; always true if `lazy` is false. */
export function useNear<T extends Element>(wait: boolean): { ref: RefObject<T | null>; near: boolean } {
  const ref = useRef<T>(null);
  const [near, setNear] = useState(!wait);
  useEffect(() => {
    if (near || !ref.current) return;
    return observe(ref.current, () => setNear(true));
  }, [near]);
  return { ref, near };
}
