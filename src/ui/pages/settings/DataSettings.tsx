import { useState } from 'react';
import { useApp, useText } from '../../useApp';
import { formatDate } from '../../i18n/format';
import { SaveIcon, FileIcon, TrashIcon } from '../../controls/icons';
import { TransferCard } from '../../shell/TransferCard';
import fieldStyles from '../../controls/fields.module.css';
import styles from './DataSettings.module.css';

/** Deletes all stored data, after a confirmation. */
function Wipe() {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  const [withModels, setWithModels] = useState(false);
  const wipe = useApp((s) => s.wipe);
  const hasModels = useApp((s) => s.storage.models.some(({ origin }) => origin !== s.nanoUrl));
  if (!asking) {
    return (
      <button type="button" className={`button wide ${styles.dangerText}`} onClick={() => setAsking(true)}>
        <TrashIcon />
        {t('data.wipe')}
      </button>
    );
  }
  return (
    <div className={styles.wipe} role="group" aria-labelledby="wipe-question">
      <p id="wipe-question">{t('data.wipeQuestion')}</p>
      {hasModels && (
        <label className={fieldStyles.check}>
          <input
            type="checkbox"
            checked={withModels}
            onChange={({ target }) => setWithModels(target.checked)}
          />
          {t('data.wipeModels')}
        </label>
      )}
      <div className="button-row">
        <button
          type="button"
          className="button danger"
          onClick={() => {
            setAsking(false);
            void wipe(withModels);
          }}
        >
          {t('data.wipeYes')}
        </button>
        <button type="button" className="button" autoFocus onClick={() => setAsking(false)}>
          {t('data.wipeNo')}
        </button>
      </div>
    </div>
  );
}

/** The last backup, and buttons for the next. */
function Backup() {
  const { t, language } = useText();
  const { backedUpAt, folder, hasFolders } = useApp((s) => s.backup);
  const backUp = useApp((s) => s.backUp);
  const chooseFolder = useApp((s) => s.chooseBackupFolder);
  const hasChats = useApp((s) => s.chatIndex.length > 0);
  const busy = useApp((s) => s.transfer.busy !== null);
  return (
    <>
      <p className="quiet">
        {backedUpAt > 0 ? t('backup.last', { date: formatDate(backedUpAt, language) }) : t('backup.never')}{' '}
        {folder && t('backup.folder', { folder })}
      </p>
      <div className={styles.dataButtons}>
        <button type="button" className="button" disabled={!hasChats || busy} onClick={() => void backUp()}>
          <SaveIcon />
          {t('backup.now')}
        </button>
        {hasFolders && (
          <button
            type="button"
            className="button"
            disabled={!hasChats || busy}
            onClick={() => void chooseFolder()}
          >
            <FileIcon />
            {t('backup.choose')}
          </button>
        )}
      </div>
    </>
  );
}

/** Export and import of chats, and deletion of all data. */
export function DataSettings({ onImport }: { onImport: () => void }) {
  const { t } = useText();
  const exportAll = useApp((s) => s.exportAll);
  const hasChats = useApp((s) => s.chatIndex.length > 0);
  const busy = useApp((s) => s.transfer.busy !== null);
  return (
    <section aria-label={t('data.title')}>
      <h3>{t('data.title')}</h3>
      <div className={styles.dataButtons}>
        <button
          type="button"
          className="button"
          disabled={!hasChats || busy}
          onClick={() => void exportAll('json')}
        >
          <SaveIcon />
          {t('data.exportJson')}
        </button>
        <button
          type="button"
          className="button"
          disabled={!hasChats || busy}
          onClick={() => void exportAll('markdown', t('message.you'))}
        >
          <SaveIcon />
          {t('data.exportMarkdown')}
        </button>
        <button type="button" className="button" disabled={busy} onClick={onImport}>
          <FileIcon />
          {t('data.import')}
        </button>
      </div>
      <p className="quiet">{t('data.hint')}</p>
      <Backup />
      <TransferCard />
      <Wipe />
    </section>
  );
}
