import type { ReactNode } from 'react';
import rowStyles from './rows.module.css';

interface ConfirmRowProps {
  label: string;
  question: string;
  yes: string;
  no: string;
  onYes: () => void;
  onNo: () => void;
}

/** A list row that asks for confirmation before a deletion. */
export function ConfirmRow({ label, question, yes, no, onYes, onNo }: ConfirmRowProps) {
  return (
    <li className={rowStyles.row} role="group" aria-label={label}>
      <span className={rowStyles.rowText}>{question}</span>
      <button type="button" className="button small danger" autoFocus onClick={onYes}>
        {yes}
      </button>
      <button type="button" className="button small" onClick={onNo}>
        {no}
      </button>
    </li>
  );
}

interface ModelRowProps {
  name: string;
  hint: string;
  /** Below the name: progress, or a check's result. */
  note?: ReactNode;
  children: ReactNode;
}

/** A model in a list, with its actions. */
export function ModelRow({ name, hint, note, children }: ModelRowProps) {
  return (
    <li className={rowStyles.row}>
      <div className={rowStyles.rowText}>
        <span className={rowStyles.rowName}>{name}</span>
        <span className="quiet">{hint}</span>
        {note}
      </div>
      <div className={rowStyles.rowActions}>{children}</div>
    </li>
  );
}
