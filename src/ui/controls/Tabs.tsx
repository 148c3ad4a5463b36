import type { ReactNode } from 'react';
import { useRoving } from './useRoving';
import styles from './Tabs.module.css';

interface TabsProps<T extends string> {
  label: string;
  tabs: readonly { id: T; label: string; count?: number }[];
  selected: T;
  onSelect: (id: T) => void;
  children: ReactNode;
}

/** Tabs; arrow keys, Home and End move between them. */
export function Tabs<T extends string>({ label, tabs, selected, onSelect, children }: TabsProps<T>) {
  const { ref, onKeyDown } = useRoving<HTMLDivElement>({
    count: tabs.length,
    active: tabs.findIndex(({ id }) => id === selected),
    onActive: (index) => onSelect(tabs[index].id),
    axis: 'horizontal',
    wrap: true,
  });
  return (
    <>
      <div ref={ref} className={styles.tabs} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`tab-${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab.id === selected}
            aria-controls="tab-panel"
            tabIndex={tab.id === selected ? 0 : -1}
            onClick={() => onSelect(tab.id)}
          >
            {tab.label}
            {!!tab.count && <span className={styles.tabCount}>{tab.count}</span>}
          </button>
        ))}
      </div>
      <div id="tab-panel" className={styles.tabPanel} role="tabpanel" aria-labelledby={`tab-${selected}`}>
        {children}
      </div>
    </>
  );
}
