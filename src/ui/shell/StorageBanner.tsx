import { useApp, useText } from '../useApp';
import { AlertIcon } from '../controls/icons';
import cardStyles from '../controls/ErrorCard.module.css';

/** Trouble with storage: it stays as long as the trouble lasts, ends by itself, and offers a way to keep the words. */
export function StorageBanner() {
  const { t } = useText();
  const trouble = useApp((s) => s.storageTrouble);
  const exportAll = useApp((s) => s.exportAll);
  const busy = useApp((s) => s.transfer.busy !== null);
  const hasChats = useApp((s) => s.chatIndex.length > 0);
  if (!trouble) return null;
  const { code, unsaved } = trouble;
  const isOutdated = code === 'storage-outdated';
  return (
    <div className={cardStyles.card} role="alert">
      <AlertIcon />
      <div className={cardStyles.text}>
        <p className={cardStyles.what}>{t(`trouble.${code}`)}</p>
        {unsaved > 0 && <p>{t('trouble.unsaved', { count: unsaved })}</p>}
        <div className="button-row">
          {isOutdated && (
            <button type="button" className="button primary" onClick={() => location.reload()}>
              {t('trouble.reload')}
            </button>
          )}
          {hasChats && (
            <button
              type="button"
              className={isOutdated ? 'button' : 'button primary'}
              disabled={busy}
              onClick={() => void exportAll('json')}
            >
              {t('trouble.export')}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
