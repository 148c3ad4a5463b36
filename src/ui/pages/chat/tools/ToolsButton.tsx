import { useCallback, useRef, useState } from 'react';
import { whyNoTools } from '../../../../store';
import { ToolIcon } from '../../../controls/icons';
import { lazyView } from '../../../lazyPart';
import { useApp, useText } from '../../../useApp';
import { useToolsOn } from './useTools';
import styles from './ToolsButton.module.css';

const ToolsPanel = lazyView(() => import('./ToolsPanel'));

/** Opens the choice of the chat's tools; coloured while the model may call one. */
export function ToolsButton() {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const hasTools = useApp((s) => s.tools.length > 0);
  const count = useToolsOn().length;
  const none = useApp(whyNoTools) !== null || count === 0;
  const close = useCallback(() => setOpen(false), []);
  if (!hasTools) return null;
  return (
    <>
      <button
        ref={button}
        type="button"
        className={none ? `icon-button ${styles.tools}` : `icon-button ${styles.tools} ${styles.on}`}
        aria-label={none ? t('tools.none') : t('tools.on', { count })}
        title={none ? t('tools.none') : t('tools.on', { count })}
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={ToolsPanel.preload}
        onClick={() => setOpen(!open)}
      >
        <ToolIcon />
      </button>
      {open && <ToolsPanel anchor={button} onClose={close} />}
    </>
  );
}
