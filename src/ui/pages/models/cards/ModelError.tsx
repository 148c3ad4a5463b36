import { downloading, isUnsupported } from '../../../../store';
import type { ErrorCode } from '../../../../shared/errors';
import { formatBytes } from '../../../i18n/format';
import { goTo } from '../../../route';
import { useApp, useText } from '../../../useApp';
import { modelName } from '../modelName';
import { ErrorCard, type ErrorAction } from '../../../controls/ErrorCard';

/** Failures for which a retry may help. */
const WORTH_RETRYING: ErrorCode[] = [
  'bug',
  'kernel-wrong',
  'out-of-gpu-memory',
  'network',
  'http-error',
  'connection-lost',
  'not-a-file',
  'access-denied',
  'file-unreadable',
  'file-permission',
  'source-changed',
  'hash-mismatch',
  'cache-damaged',
  'model-in-use',
  'busy',
  'engine-failed',
  'engine-missing',
  'engine-elsewhere',
  'storage-quota',
];
/** Failures that a smaller model avoids. */
const TOO_LARGE: ErrorCode[] = ['engine-failed', 'storage-quota', 'out-of-gpu-memory', 'limits-too-small'];
/** Failures that a fresh page may not have. */
const NEEDS_RELOAD: ErrorCode[] = ['bug', 'engine-failed', 'engine-missing', 'engine-elsewhere'];
const ABOUT_STORED: ErrorCode[] = ['cache-damaged', 'model-outdated'];
/** Number of deletions offered; the model list has the rest. */
const MOST_OFFERED = 2;

/** Candidates for deletion, largest first: unused models and paused downloads. */
function useFreeing(): ErrorAction[] {
  const { t } = useText();
  const info = useApp((s) => s.model.info);
  const stored = useApp((s) => s.storage.models);
  const underWay = useApp(downloading);
  const partial = useApp((s) => s.downloads.partial);
  const nanoUrl = useApp((s) => s.nanoUrl);
  const failed = useApp((s) => s.preferences.runningDownload);
  const deleteStoredModel = useApp((s) => s.desk.deleteStoredModel);
  const discardDownload = useApp((s) => s.desk.discardDownload);
  const retryLoad = useApp((s) => s.desk.retryLoad);
  const models = stored
    .filter(({ id, origin, disk }) => !disk && id !== info?.id && origin !== nanoUrl)
    .map((model) => ({
      bytes: model.packedBytes,
      label: t('quota.delete', { name: modelName(model), size: formatBytes(model.packedBytes) }),
      free: () => deleteStoredModel(model.id),
    }));
  const others = partial
    .filter(({ origin, storedBytes }) => origin !== failed && origin !== underWay && storedBytes > 0)
    .map((row) => ({
      bytes: row.storedBytes,
      label: t('quota.discard', { name: modelName(row), size: formatBytes(row.storedBytes) }),
      free: () => discardDownload(row.id),
    }));
  return [...models, ...others]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MOST_OFFERED)
    .map(({ label, free }) => ({ label, run: () => void free().then(retryLoad), danger: true }));
}

/** The model's failure, and the ways out. `inDialog`: the model list is already in view. */
export default function ModelError({ inDialog = false }: { inDialog?: boolean }) {
  const { t } = useText();
  const { status, error, previous } = useApp((s) => s.model);
  const unsupported = useApp(isUnsupported);
  const retryLoad = useApp((s) => s.desk.retryLoad);
  const loadModel = useApp((s) => s.desk.loadModel);
  const dismiss = useApp((s) => s.desk.dismissModelError);
  const readAnew = useApp((s) => s.desk.readAnew);
  const openModels = useApp((s) => s.openModels);
  const freeing = useFreeing();
  if (!error || unsupported) return null;

  const actions: ErrorAction[] = error.code === 'storage-quota' ? [...freeing] : [];
  if (status === 'lost') actions.push({ label: t('action.reloadModel'), run: retryLoad });
  else if (WORTH_RETRYING.includes(error.code)) actions.push({ label: t('action.retry'), run: retryLoad });
  if (error.code === 'file-changed') {
    actions.push({ label: t('action.readAnew'), run: () => void readAnew(String(error.details.id)) });
  }
  if (TOO_LARGE.includes(error.code)) {
    actions.push({ label: t('quota.smaller'), run: () => openModels('catalogue') });
  } else if (!inDialog) {
    const tab = ABOUT_STORED.includes(error.code) ? 'here' : undefined;
    actions.push({ label: t('action.chooseModel'), run: () => openModels(tab) });
  }
  if (error.code === 'storage-quota' && !inDialog) {
    actions.push({ label: t('action.freeSpace'), run: () => openModels('here') });
  }
  if (error.code === 'kernel-wrong')
    actions.push({ label: t('action.checkDevice'), run: () => goTo({ page: 'bench' }) });
  if (previous && status === 'failed') {
    actions.push({
      label: t('action.backTo', { name: previous.name }),
      run: () => void loadModel({ kind: 'cached', id: previous.id }),
    });
  }
  if (NEEDS_RELOAD.includes(error.code))
    actions.push({ label: t('action.reloadPage'), run: () => location.reload() });
  // With the model before still there, the failure is only news.
  return <ErrorCard error={error} actions={actions} onDismiss={status === 'ready' ? dismiss : undefined} />;
}
