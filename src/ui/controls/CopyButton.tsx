import { useEffect, useState } from 'react';
import { copyToClipboard } from './copyText';
import { CheckIcon, CopyIcon } from './icons';

interface CopyButtonProps {
  text: () => string | Promise<string>;
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
  const copy = async () => {
    const copied = text(); // what is there already is copied within the click: old ways to copy work in no other place
    setDone(await copyToClipboard(typeof copied === 'string' ? copied : await copied));
  };
  const name = done ? doneLabel : label;
  return (
    <button
      type="button"
      className={withText ? 'button small' : 'icon-button small'}
      {...(!withText && { 'aria-label': name, title: name })}
      onClick={() => void copy()}
    >
      {done ? <CheckIcon /> : <CopyIcon />}
      {withText && name}
    </button>
  );
}
