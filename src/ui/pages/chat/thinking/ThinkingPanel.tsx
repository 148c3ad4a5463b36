import { useContext, useEffect, useId, useRef, type RefObject } from 'react';
import { answerSettings, currentChat, ownSettings } from '../../../../store';
import { StoreContext, useApp } from '../../../useApp';
import { EFFORTS, useEffortTexts, type Effort } from './efforts';
import styles from './ThinkingPanel.module.css';

interface ThinkingPanelProps {
  anchor: RefObject<HTMLElement | null>;
  onClose: () => void;
}

/** How much the model thinks in this chat, above the message field. Escape and a press elsewhere close it. */
export function ThinkingPanel({ anchor, onClose }: ThinkingPanelProps) {
  const { t, name, hint } = useEffortTexts();
  const store = useContext(StoreContext);
  const chosen = useApp((s) => answerSettings(s).thinking ?? '');
  const hasForm = useApp((s) => answerSettings(s).format !== undefined);
  const onServer = useApp((s) => currentChat(s).server !== undefined);
  const setChatSettings = useApp((s) => s.setChatSettings);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    panel.current?.querySelector<HTMLElement>('input:checked')?.focus();
    const leave = (event: Event) => {
      const target = event.target as Node;
      if (!panel.current?.contains(target) && !anchor.current?.contains(target)) onClose();
    };
    addEventListener('pointerdown', leave, true);
    addEventListener('focusin', leave);
    return () => {
      removeEventListener('pointerdown', leave, true);
      removeEventListener('focusin', leave);
    };
  }, [anchor, onClose]);
  const choose = (effort: Effort) => {
    if (!store) return;
    setChatSettings(ownSettings({ ...answerSettings(store.getState()), thinking: effort || undefined }));
  };
  return (
    <div
      ref={panel}
      className={styles.panel}
      role="dialog"
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' && event.key !== 'Enter') return;
        event.preventDefault();
        event.stopPropagation(); // below, Escape stops an answer
        onClose();
        anchor.current?.focus();
      }}
    >
      <h2 id={id}>{t('title')}</h2>
      <p className="quiet">{t(hasForm ? 'form' : 'what')}</p>
      <div role="radiogroup" aria-labelledby={id}>
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
    </div>
  );
}
