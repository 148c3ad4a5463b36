import { useEffect, useState } from 'react';
import { copyToClipboard } from './copyText';
import { CheckIcon, CopyIcon } from './icons';

interface CopyButtonProps {
  text: () => string;
  label: string;
  doneLabel: string;
  /** Shows the label as text instead of an icon alone. */
  withText?: boolean;
}

const SHOW_DONE_MS = 2000;

export function CopyButton({ text, label, doneLabel, withText = false }: CopyButtonProps) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), SHOW_DONE_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const name = done ? doneLabel : label;
  return (
    <button
      type="button"
      className={withText ? 'button small' : 'icon-button small'}
      {...(!withText && { 'aria-label': name, title: name })}
      onClick={() => void copyToClipboard(text()).then(setDone)}
    >
      {done ? <CheckIcon /> : <CopyIcon />}
      {withText && name}
    </button>
  );
}
