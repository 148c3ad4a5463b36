import { useEffect, useId, useRef, type ReactNode, type RefObject } from 'react';
import styles from './FieldPanel.module.css';

export interface FieldPanelProps {
  /** The button that opens it, which gets the focus back. */
  anchor: RefObject<HTMLElement | null>;
  onClose: () => void;
}

interface Content {
  title: string;
  /** Selector of what has the focus first. */
  focus: string;
  /** Keys that close it. */
  keys?: readonly string[];
  children: ReactNode;
}

/** A small dialog above the message field. Escape and a press elsewhere close it. */
export function FieldPanel({
  anchor,
  onClose,
  title,
  focus,
  keys = ['Escape'],
  children,
}: FieldPanelProps & Content) {
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    panel.current?.querySelector<HTMLElement>(focus)?.focus();
    const leave = (event: Event) => {
      const target = event.target as Node;
      if (!panel.current?.contains(target) && !anchor.current?.contains(target)) onClose();
    };
    addEventListener('pointerdown', leave, true);
    addEventListener('focusin', leave);
    return () => {
      removeEventListener('pointerdown', leave, true);
      removeEventListener('focusin', leave);
    };
  }, [anchor, onClose, focus]);
  return (
    <div
      ref={panel}
      className={styles.panel}
      role="dialog"
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (!keys.includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation(); // below, Escape stops an answer
        onClose();
        anchor.current?.focus();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </div>
  );
}
