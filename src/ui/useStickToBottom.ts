import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

/** Within this distance the reader counts as being at the end. */
const NEAR_PX = 80;

/**
 * Keeps a growing list at its end as long as the reader is there. `watch`: when it changes (another chat), go to the end.
 */
export function useStickToBottom(
  scroller: RefObject<HTMLElement | null>,
  watch: unknown,
): { atBottom: boolean; toBottom: () => void } {
  const [atBottom, setAtBottom] = useState(true);
  const stick = useRef(true);

  const toBottom = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    stick.current = true;
    element.scrollTop = element.scrollHeight;
  }, [scroller]);

  useEffect(toBottom, [toBottom, watch]);

  useEffect(() => {
    const element = scroller.current;
    const content = element?.firstElementChild;
    if (!element || !content) return;
    const onScroll = () => {
      const distance = element.scrollHeight - element.scrollTop - element.clientHeight;
      stick.current = distance < NEAR_PX;
      setAtBottom(stick.current);
    };
    const observer = new ResizeObserver(() => {
      if (stick.current) element.scrollTop = element.scrollHeight;
      onScroll();
    });
    observer.observe(content);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller]);

  return { atBottom, toBottom };
}
