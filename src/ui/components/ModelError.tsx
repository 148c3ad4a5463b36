import type { ErrorCode } from '../../shared/errors';
import { useApp, useText } from '../useApp';
import { ErrorCard, type ErrorAction } from './ErrorCard';

/** Failures where the same thing may work the second time. */
const WORTH_RETRYING: ErrorCode[] = [
  'bug',
  'out-of-gpu-memory',
  'network',
  'http-error',
  'connection-lost',
  'source-changed',
  'model-in-use',
  'busy',
  'storage-quota',
];
const ABOUT_STORAGE: ErrorCode[] = ['storage-quota', 'cache-damaged'];

/** What went wrong with the model, and the ways out. `inDialog`: the model list is already in view. */
export function ModelError({ inDialog = false }: { inDialog?: boolean }) {
  const { t } = useText();
  const { status, error, previous } = useApp((s) => s.model);
  const retryLoad = useApp((s) => s.retryLoad);
  const loadModel = useApp((s) => s.loadModel);
  const dismiss = useApp((s) => s.dismissModelError);
  const openDialog = useApp((s) => s.openDialog);
  if (!error || status === 'unsupported') return null;

  const actions: ErrorAction[] = [];
  if (status === 'lost') actions.push({ label: t('action.reloadModel'), run: retryLoad });
  else if (WORTH_RETRYING.includes(error.code)) actions.push({ label: t('action.retry'), run: retryLoad });
  if (!inDialog) {
    const label = ABOUT_STORAGE.includes(error.code) ? t('action.freeSpace') : t('action.chooseModel');
    actions.push({ label, run: () => openDialog('models') });
  }
  if (previous && status === 'failed') {
    actions.push({
      label: t('action.backTo', { name: previous.name }),
      run: () => loadModel({ kind: 'cached', id: previous.id }),
    });
  }
  if (error.code === 'bug') actions.push({ label: t('action.reloadPage'), run: () => location.reload() });
  // With the model before still there, the failure is only news.
  return <ErrorCard error={error} actions={actions} onDismiss={status === 'ready' ? dismiss : undefined} />;
}
