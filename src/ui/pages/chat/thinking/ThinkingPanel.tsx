import { useContext, useId } from 'react';
import { answerSettings, currentChat, ownSettings } from '../../../../store';
import { StoreContext, useApp } from '../../../useApp';
import { FieldPanel, type FieldPanelProps } from '../composer/FieldPanel';
import { EFFORTS, useEffortTexts, type Effort } from './efforts';
import styles from './ThinkingPanel.module.css';

/** How much the model thinks in this chat, above the message field. Escape and a press elsewhere close it. */
export function ThinkingPanel({ anchor, onClose }: FieldPanelProps) {
  const { t, name, hint } = useEffortTexts();
  const store = useContext(StoreContext);
  const chosen = useApp((s) => answerSettings(s).thinking ?? '');
  const hasForm = useApp((s) => answerSettings(s).format !== undefined);
  const onServer = useApp((s) => currentChat(s).server !== undefined);
  const setChatSettings = useApp((s) => s.setChatSettings);
  const id = useId();
  const choose = (effort: Effort) => {
    if (!store) return;
    setChatSettings(ownSettings({ ...answerSettings(store.getState()), thinking: effort || undefined }));
  };
  return (
    <FieldPanel
      anchor={anchor}
      onClose={onClose}
      title={t('title')}
      focus="input:checked"
      keys={['Escape', 'Enter']}
    >
      <p className="quiet">{t(hasForm ? 'form' : 'what')}</p>
      <div role="radiogroup" aria-label={t('title')}>
        {EFFORTS.map((effort) => (
          <label key={effort} className={styles.effort}>
            <input type="radio" name={id} checked={chosen === effort} onChange={() => choose(effort)} />
            <span>
              {name(effort)}
              <span className={styles.hint}>{hint(effort)}</span>
            </span>
          </label>
        ))}
      </div>
      {onServer && <p className="quiet">{t('server')}</p>}
    </FieldPanel>
  );
}
