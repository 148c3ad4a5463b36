import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

/** Distance from the end, in px, up to which the list follows new text. */
const NEAR_PX = 80;

interface StickToBottom {
  scroller: RefObject<HTMLDivElement | null>;
  atBottom: boolean;
  toBottom: () => void;
  /** Stops following the end until the reader scrolls there again. */
  release: () => void;
}

/**
 * Keeps a growing list at its end as long as the reader is there. It goes to the end with another list (null: there
 * is none yet, and the scroller starts at the top) and with a new answer; an answer that ends moves nothing.
 */
export function useStickToBottom(list: string | null, answer: string | undefined): StickToBottom {
  const scroller = useRef<HTMLDivElement>(null);
  const stick = useRef(true);
  const [atBottom, setAtBottom] = useState(true);

  const toBottom = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    stick.current = true;
    element.scrollTop = element.scrollHeight;
  }, []);

  const release = useCallback(() => {
    stick.current = false;
  }, []);

  useEffect(() => {
    if (list !== null) return toBottom();
    stick.current = false;
    scroller.current?.scrollTo({ top: 0 });
  }, [toBottom, list]);

  useEffect(() => {
    if (answer) toBottom();
  }, [toBottom, answer]);

  useEffect(() => {
    const element = scroller.current;
    const content = element?.firstElementChild;
    if (!element || !content) return;
    const onScroll = () => {
      const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      stick.current = near;
      setAtBottom(near);
    };
    const observer = new ResizeObserver(() => {
      if (stick.current) element.scrollTop = element.scrollHeight;
      setAtBottom(element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX);
    });
    observer.observe(content);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, []);

  return { scroller, atBottom, toBottom, release };
}
