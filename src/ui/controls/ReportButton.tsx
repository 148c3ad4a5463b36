import { useContext } from 'react';
import { StoreContext, useText } from '../useApp';
import { CopyButton } from './CopyButton';

/** Copies a report of this device: all that a developer needs, nothing of the chats. */
export function ReportButton() {
  const { t } = useText();
  const store = useContext(StoreContext);
  if (!store) return null;
  const report = async () => (await import('../deviceReport')).deviceReport(store.getState());
  return <CopyButton text={report} label={t('report.copy')} doneLabel={t('report.copied')} withText />;
}
