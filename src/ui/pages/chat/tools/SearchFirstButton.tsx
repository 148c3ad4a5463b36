import { answerSettings, whyNoTools } from '../../../../store';
import { GlobeIcon } from '../../../controls/icons';
import { useApp, useText } from '../../../useApp';
import styles from './ToolsButton.module.css';

/** Switches the chat to answers that search first and cite. Where the model can call no tools, there is no button. */
export function SearchFirstButton() {
  const { t } = useText();
  const on = useApp((s) => answerSettings(s).searchFirst === true);
  const hasBrowser = useApp((s) =>
    s.tools.some(({ name, available }) => name === 'simple_browser' && available),
  );
  const none = useApp((s) => whyNoTools(s) !== null);
  const setSearchFirst = useApp((s) => s.setSearchFirst);
  if (!hasBrowser || none) return null;
  return (
    <button
      type="button"
      className={on ? `icon-button ${styles.tools} ${styles.on}` : `icon-button ${styles.tools}`}
      aria-label={t('source.searchFirst')}
      aria-pressed={on}
      title={t(on ? 'source.searchOn' : 'source.searchFirst')}
      onClick={() => setSearchFirst(!on)}
    >
      <GlobeIcon />
    </button>
  );
}
