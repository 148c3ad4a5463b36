import { useContext, useEffect } from 'react';
import type { WireError } from '../../shared/errors';
import { StoreContext, useText } from '../useApp';
import { useErrorText } from '../useErrorText';
import { noteError } from '../errorLog';
import { AlertIcon, CloseIcon } from './icons';
import { ReportButton } from './ReportButton';
import styles from './ErrorCard.module.css';

export interface ErrorAction {
  label: string;
  run: () => void;
  /** The action deletes something. */
  danger?: boolean;
}

interface ErrorCardProps {
  error: WireError;
  /** Actions; the first is the primary one. */
  actions?: ErrorAction[];
  onDismiss?: () => void;
}

/** An error: what happened, the next step, and buttons for it. */
export function ErrorCard({ error, actions = [], onDismiss }: ErrorCardProps) {
  const { t } = useText();
  const errorText = useErrorText();
  const { what, next } = errorText(error);
  useEffect(() => noteError(error), [error]);
  const store = useContext(StoreContext);
  useEffect(() => {
    if (error.code === 'part-missing') store?.getState().page.reportMissingPart();
  }, [error, store]);
  return (
    <div className={styles.card} role="alert">
      <AlertIcon />
      <div className={styles.text}>
        <p className={styles.what}>{what}</p>
        <p>{next}</p>
        {error.code === 'bug' && (
          <details>
            <summary>{t('action.details')}</summary>
            <pre>{error.message}</pre>
          </details>
        )}
        <div className="button-row">
          {actions.map(({ label, run, danger }, index) => (
            <button
              key={label}
              type="button"
              className={danger ? 'button danger' : index === 0 ? 'button primary' : 'button'}
              onClick={run}
            >
              {label}
            </button>
          ))}
          <ReportButton />
        </div>
      </div>
      {onDismiss && (
        <button type="button" className="icon-button" aria-label={t('action.dismiss')} onClick={onDismiss}>
          <CloseIcon />
        </button>
      )}
    </div>
  );
}
