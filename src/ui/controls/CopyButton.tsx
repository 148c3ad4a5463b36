import { useEffect, useState } from 'react';
import { useText } from '../useApp';
import { copyToClipboard } from './copyText';
import { AlertIcon, CheckIcon, CopyIcon } from './icons';

interface CopyButtonProps {
  text: () => string | Promise<string>;
  label: string;
  doneLabel: string;
  /** Shows the label as text instead of an icon alone. */
  withText?: boolean;
}

const SHOW_DONE_MS = 2000;

/** begun: the region is there that will say the end, also where a dialog keeps the page from screen readers. */
type Copying = 'idle' | 'begun' | 'done' | 'failed';

export function CopyButton({ text, label, doneLabel, withText = false }: CopyButtonProps) {
  const { t } = useText();
  const [copying, setCopying] = useState<Copying>('idle');
  const ended = copying === 'done' || copying === 'failed';
  useEffect(() => {
    if (!ended) return;
    const timer = setTimeout(() => setCopying('begun'), SHOW_DONE_MS);
    return () => clearTimeout(timer);
  }, [ended]);
  const copy = async () => {
    setCopying('begun');
    try {
      const copied = text(); // what is there already is copied within the click: old ways to copy work in no other place
      const done = await copyToClipboard(typeof copied === 'string' ? copied : await copied);
      setCopying(done ? 'done' : 'failed');
    } catch {
      setCopying('failed');
    }
  };
  const result = { idle: '', begun: '', done: doneLabel, failed: t('action.copyFailed') }[copying];
  const name = result || label;
  return (
    <>
      <button
        type="button"
        className={withText ? 'button small' : 'icon-button small'}
        {...(!withText && { 'aria-label': name, title: name })}
        onClick={() => void copy()}
      >
        {copying === 'done' ? <CheckIcon /> : copying === 'failed' ? <AlertIcon /> : <CopyIcon />}
        {withText && name}
      </button>
      {copying !== 'idle' && (
        <span className="visually-hidden" role="status">
          {result}
        </span>
      )}
    </>
  );
}
