import { useEffect, useState } from 'react';
import { CheckIcon, CopyIcon } from './icons';

interface CopyButtonProps {
  text: () => string;
  label: string;
  doneLabel: string;
}

const SHOW_DONE_MS = 2000;

export function CopyButton({ text, label, doneLabel }: CopyButtonProps) {
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
      className="icon-button small"
      aria-label={name}
      title={name}
      onClick={() =>
        navigator.clipboard.writeText(text()).then(
          () => setDone(true),
          () => setDone(false),
        )
      }
    >
      {done ? <CheckIcon /> : <CopyIcon />}
    </button>
  );
}
