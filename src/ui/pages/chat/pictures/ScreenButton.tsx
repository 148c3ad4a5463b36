import { useState } from 'react';
import { Icon } from '../../../controls/icons';
import { focusComposer } from '../../../shell/usePage';
import { useApp, useText } from '../../../useApp';
import { takeScreenshot } from './takeScreenshot';
import styles from './pictures.module.css';

const ScreenIcon = () => (
  <Icon>
    <rect x="2.8" y="3.8" width="14.4" height="9.9" rx="1.6" />
    <path d="M7 16.6h6M10 13.7v2.9" />
  </Icon>
);

/** A picture of a tab, a window or the screen, which the browser lets the user choose, for the message. */
export function ScreenButton() {
  const { t } = useText();
  const attachFiles = useApp((s) => s.attachFiles);
  const [failed, setFailed] = useState(false);

  async function take(): Promise<void> {
    setFailed(false);
    try {
      const blob = await takeScreenshot();
      if (blob) attachFiles([new File([blob], `${t('pictures.screenName')}.png`, { type: 'image/png' })]);
      focusComposer();
    } catch {
      setFailed(true);
    }
  }

  const name = t(failed ? 'pictures.screenFailed' : 'pictures.screen');
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={name}
        title={name}
        onClick={() => void take()}
      >
        <ScreenIcon />
      </button>
      <span className={styles.failed} role="status">
        {failed && name}
      </span>
    </>
  );
}
