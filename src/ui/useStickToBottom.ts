import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

/** Within this distance the reader counts as being at the end. */
const NEAR_PX = 80;

interface StickToBottom {
  scroller: RefObject<HTMLDivElement | null>;
  atBottom: boolean;
  toBottom: () => void;
}

/**
 * Keeps a growing list at its end as long as the reader is there. When `watch` changes (another chat, a new answer)
 * it goes to the end; null: there is no list yet, and the scroller starts at the top.
 */
export function useStickToBottom(watch: string | null): StickToBottom {
  const scroller = useRef<HTMLDivElement>(null);
  const stick = useRef(true);
  const [atBottom, setAtBottom] = useState(true);

  const toBottom = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    stick.current = true;
    element.scrollTop = element.scrollHeight;
  }, []);

  useEffect(() => {
    if (watch !== null) return toBottom();
    stick.current = false;
    scroller.current?.scrollTo({ top: 0 });
  }, [toBottom, watch]);

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

  return { scroller, atBottom, toBottom };
}
