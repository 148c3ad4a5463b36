// Shown in place of a part that failed. It reads the store without subscribing: the state may be the reason.
import { useContext, useState, type ReactNode } from 'react';
import { Modal } from '../controls/Modal';
import { AlertIcon } from '../controls/icons';
import { chosenLanguage, translate, type TextKey } from '../i18n';
import { MissingPart } from '../lazyPart';
import { StoreContext } from '../useApp';
import cardStyles from '../controls/ErrorCard.module.css';
import styles from './Failed.module.css';

declare global {
  interface Window {
    /** public/boot.js: saves the stored chats as a file, without any code of the app. Resolves with their number. */
    glmRescue?: () => Promise<number>;
  }
}

function useSafeText(): (key: TextKey) => string {
  const store = useContext(StoreContext);
  const language = chosenLanguage(store?.getState().preferences.language ?? 'auto');
  return (key) => translate(language, key);
}

/** The app's export, which includes words not stored yet; where that fails, the plain copy of the database. */
function useExport(): { run: () => void; outcome: TextKey | null } {
  const store = useContext(StoreContext);
  const [outcome, setOutcome] = useState<TextKey | null>(null);
  async function run(): Promise<void> {
    const state = store?.getState();
    await state?.exportAll('json').catch(() => undefined);
    if (state && !store?.getState().transfer.error) return setOutcome('failed.exported');
    const count = (await window.glmRescue?.().catch(() => 0)) ?? 0;
    setOutcome(count > 0 ? 'failed.exported' : 'failed.notExported');
  }
  return { run: () => void run(), outcome };
}

function readableText(readable: (() => string) | undefined): string {
  try {
    return readable?.() ?? '';
  } catch {
    return ''; // the data itself is damaged
  }
}

interface FailedProps {
  error: Error;
  readable?: () => string;
  onRetry: () => void;
}

export function Failed({ error, readable, onRetry }: FailedProps) {
  const t = useSafeText();
  const chats = useExport();
  const text = readableText(readable);
  return (
    <div className={styles.failed}>
      {text && <div className={styles.text}>{text}</div>}
      <div className={cardStyles.card} role="alert">
        <AlertIcon />
        <div className={cardStyles.text}>
          <p className={cardStyles.what}>{t('failed.title')}</p>
          <p>{t(error instanceof MissingPart ? 'failed.missing' : 'failed.body')}</p>
          <details>
            <summary>{t('action.details')}</summary>
            <pre>{error.stack ?? error.message}</pre>
          </details>
          <div className="button-row">
            <button type="button" className="button primary" onClick={onRetry}>
              {t('action.retry')}
            </button>
            <button type="button" className="button" onClick={() => location.reload()}>
              {t('action.reloadPage')}
            </button>
            <button type="button" className="button" onClick={chats.run}>
              {t('failed.export')}
            </button>
          </div>
          <p role="status">{chats.outcome && t(chats.outcome)}</p>
        </div>
      </div>
    </div>
  );
}

export function FailedDialog({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const t = useSafeText();
  return (
    <Modal title={t('failed.dialog')} side="center" onClose={onClose}>
      {children}
    </Modal>
  );
}
