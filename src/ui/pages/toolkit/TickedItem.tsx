import type { ReactNode } from 'react';
import styles from './toolkit.module.css';

interface TickedItemProps {
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
  /** What stands below the label. */
  children: ReactNode;
}

/** An entry of a list of tools, to be ticked. */
export function TickedItem({ label, checked, disabled, onChange, children }: TickedItemProps) {
  return (
    <li className={styles.item}>
      <label>
        <input
          type="checkbox"
          checked={checked}
          disabled={disabled}
          onChange={({ target }) => onChange(target.checked)}
        />
        {label}
      </label>
      <div className={styles.about}>{children}</div>
    </li>
  );
}

/** A value as JSON, folded. */
export function JsonDetails({ label, value }: { label: string; value: unknown }) {
  return (
    <details>
      <summary>{label}</summary>
      <pre className={styles.block} tabIndex={0} dir="ltr">
        {JSON.stringify(value, null, 2)}
      </pre>
    </details>
  );
}
