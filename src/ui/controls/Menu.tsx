import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';

export interface MenuItem {
  label: string;
  icon: ReactNode;
  run: () => void;
  /** It deletes something. */
  danger?: boolean;
}

interface MenuProps {
  label: string;
  items: MenuItem[];
  /** The button that opened it: the menu stands below it, and gives the focus back. */
  anchor: HTMLElement;
  onClose: () => void;
}

/** A menu of actions beside a button: arrow keys, Home, End and first letters move; Escape and Tab leave it. */
export function Menu({ label, items, anchor, onClose }: MenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = ref.current;
    if (!menu) return;
    const { bottom, top, right } = anchor.getBoundingClientRect();
    const below = bottom + 4 + menu.offsetHeight < innerHeight;
    menu.style.top = `${below ? bottom + 4 : Math.max(8, top - 4 - menu.offsetHeight)}px`;
    menu.style.left = `${Math.max(8, Math.min(right, innerWidth - 8) - menu.offsetWidth)}px`;
    menu.querySelector('button')?.focus();
  }, [anchor]);
  useEffect(() => {
    const leave = (event: Event) => {
      if (!(event.target instanceof Node && ref.current?.contains(event.target))) onClose();
    };
    addEventListener('pointerdown', leave, true);
    addEventListener('scroll', leave, true);
    addEventListener('resize', onClose);
    return () => {
      removeEventListener('pointerdown', leave, true);
      removeEventListener('scroll', leave, true);
      removeEventListener('resize', onClose);
    };
  }, [onClose]);

  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(ref.current?.querySelectorAll('button') ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const places: Record<string, number> = {
      ArrowDown: (at + 1) % buttons.length,
      ArrowUp: (at - 1 + buttons.length) % buttons.length,
      Home: 0,
      End: buttons.length - 1,
    };
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      event.stopPropagation(); // the drawer below stays open
      onClose();
      return anchor.focus();
    }
    const isLetter = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey;
    const letter = isLetter ? event.key.toLowerCase() : null;
    const after = [...buttons.keys()].map((step) => (at + 1 + step) % buttons.length);
    const next = letter
      ? after.find((index) => buttons[index].textContent.toLowerCase().startsWith(letter))
      : places[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[next].focus();
  };
  return (
    <div ref={ref} className="menu" role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {items.map(({ label: name, icon, run, danger }) => (
        <button
          key={name}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className={danger ? 'danger' : undefined}
          onClick={() => {
            onClose();
            anchor.focus();
            run();
          }}
        >
          {icon}
          {name}
        </button>
      ))}
    </div>
  );
}
