import { useCallback, useRef, useState } from 'react';
import { answerSettings } from '../../../../store';
import { ThoughtIcon } from '../../../controls/icons';
import { useApp } from '../../../useApp';
import { ThinkingPanel } from './ThinkingPanel';
import { useEffortTexts } from './efforts';
import styles from '../tools/ToolsButton.module.css';

/** Opens the choice of how much the model thinks in this chat; coloured where one was made. */
export default function ThinkingButton() {
  const { t, name } = useEffortTexts();
  const effort = useApp((s) => answerSettings(s).thinking ?? '');
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setOpen(false), []);
  const label = t('on', { effort: name(effort) });
  return (
    <>
      <button
        ref={button}
        type="button"
        className={effort ? `icon-button ${styles.tools} ${styles.on}` : `icon-button ${styles.tools}`}
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <ThoughtIcon />
      </button>
      {open && <ThinkingPanel anchor={button} onClose={close} />}
    </>
  );
}
