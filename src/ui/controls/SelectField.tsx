import { useId, type ReactNode } from 'react';
import styles from './fields.module.css';

interface SelectFieldProps {
  label: string;
  value: string | number;
  /** The value of the chosen option. */
  onChange: (value: string) => void;
  /** Below the field, and read out with it. */
  hint?: ReactNode;
  hintClass?: string;
  /** Options and groups of them. */
  children: ReactNode;
}

/** A labelled list of options. */
export function SelectField({
  label,
  value,
  onChange,
  hint,
  hintClass = 'quiet',
  children,
}: SelectFieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={hint ? hintId : undefined}
        onChange={({ target }) => onChange(target.value)}
      >
        {children}
      </select>
      {hint && (
        <p className={hintClass} id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}
