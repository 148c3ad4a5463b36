import { useId, type ReactNode } from 'react';
import { wholeInView } from '../../controls/wholeInView';
import fieldStyles from '../../controls/fields.module.css';
import styles from './toolkit.module.css';

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  type?: 'text' | 'password' | 'url';
  /** Several lines of code. */
  rows?: number;
  code?: boolean;
  focus?: boolean;
  placeholder?: string;
  invalid?: boolean;
}

/** A labelled field of one line or several. */
export function Field({
  label,
  value,
  onChange,
  hint,
  type = 'text',
  rows,
  code,
  focus,
  placeholder,
  invalid,
}: FieldProps) {
  const id = useId();
  const common = {
    ...{ id, value, placeholder },
    autoFocus: focus,
    autoComplete: 'off',
    autoCapitalize: 'off',
    spellCheck: false,
    className: code ? styles.code : undefined,
    dir: code ? 'ltr' : 'auto',
    'aria-describedby': hint ? `${id}-hint` : undefined,
    'aria-invalid': invalid || undefined,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
    onKeyUp: wholeInView,
  } as const;
  return (
    <div className={`${fieldStyles.field} ${styles.spaced}`}>
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? <input type={type} {...common} /> : <textarea rows={rows} {...common} />}
      {hint && (
        <p className="quiet" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
