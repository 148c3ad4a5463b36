import { useEffect, useLayoutEffect, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useRoving } from './useRoving';
import styles from './Menu.module.css';

export interface MenuItem {
  label: string;
  icon: ReactNode;
  run: () => void;
  /** The action deletes something. */
  danger?: boolean;
}

interface MenuProps {
  label: string;
  items: MenuItem[];
  /** The button that opened the menu: places it, and gets the focus back. */
  anchor: HTMLElement;
  onClose: () => void;
}

/** A menu of actions. Arrow keys, Home, End and first letters move; Escape and Tab close it. */
export function Menu({ label, items, anchor, onClose }: MenuProps) {
  const [active, setActive] = useState(0);
  const labels = items.map((item) => item.label);
  const roving = useRoving<HTMLDivElement>({
    count: items.length,
    active,
    onActive: setActive,
    axis: 'vertical',
    wrap: true,
    labels,
  });
  const { ref } = roving;
  useLayoutEffect(() => {
    const menu = ref.current;
    if (!menu) return;
    const { bottom, top, right } = anchor.getBoundingClientRect();
    const below = bottom + 4 + menu.offsetHeight < innerHeight;
    menu.style.top = `${below ? bottom + 4 : Math.max(8, top - 4 - menu.offsetHeight)}px`;
    menu.style.left = `${Math.max(8, Math.min(right, innerWidth - 8) - menu.offsetWidth)}px`;
    menu.querySelector('button')?.focus();
  }, [anchor, ref]);
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
  }, [onClose, ref]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      event.stopPropagation(); // the drawer below stays open
      onClose();
      return anchor.focus();
    }
    roving.onKeyDown(event);
  };
  return (
    <div ref={ref} className={styles.menu} role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {items.map(({ label: name, icon, run, danger }, index) => (
        <button
          key={name}
          type="button"
          role="menuitem"
          tabIndex={-1}
          onFocus={() => setActive(index)}
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
