import { useRef, useState } from 'react';
import type { RepoChoice } from '../../../catalogue';
import { formatBytes } from '../../i18n/format';
import { useApp, useText } from '../../useApp';
import { useHub } from './useHub';
import { ErrorCard } from '../../controls/ErrorCard';
import { FileIcon, FolderIcon } from '../../controls/icons';
import { ModelRow } from '../../controls/ConfirmRow';
import rowStyles from '../../controls/rows.module.css';
import fieldStyles from '../../controls/fields.module.css';
import styles from './OwnModel.module.css';

/** Chooses files through the browser's picker, which gives handles that last, or else through a file input. */
function FilesField() {
  const { t } = useText();
  const filesInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  const picksFiles = useApp((s) => s.disk.picksFiles);
  const picksFolders = useApp((s) => s.disk.picksFolders);
  const pickFiles = useApp((s) => s.desk.pickFiles);
  const pickFolder = useApp((s) => s.desk.pickFolder);
  const openFiles = useApp((s) => s.desk.openFiles);
  const take = (input: HTMLInputElement, isFolder: boolean) => {
    const files = [...(input.files ?? [])];
    input.value = ''; // the same file can be chosen again after an error
    if (files.length > 0) openFiles(files, isFolder ? files[0].webkitRelativePath.split('/')[0] : undefined);
  };
  return (
    <section className={styles.dropTarget} aria-label={t('own.filesHeading')}>
      <FileIcon />
      <p>{t('own.drop')}</p>
      {/* No `accept`: phones and some desktops grey out files whose type they do not know. */}
      <input
        ref={filesInput}
        type="file"
        multiple
        hidden
        data-testid="model-file"
        onChange={({ target }) => take(target, false)}
      />
      <input
        ref={folderInput}
        type="file"
        hidden
        {...{ webkitdirectory: '' }}
        onChange={({ target }) => take(target, true)}
      />
      <div className="button-row">
        <button
          type="button"
          className="button"
          onClick={() => (picksFiles ? void pickFiles() : filesInput.current?.click())}
        >
          <FileIcon />
          {t('own.file')}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => (picksFolders ? void pickFolder() : folderInput.current?.click())}
        >
          <FolderIcon />
          {t('own.folder')}
        </button>
      </div>
      <p className="quiet">{t('own.fileHint')}</p>
    </section>
  );
}

function ChoiceRow({ choice }: { choice: RepoChoice }) {
  const { t } = useText();
  const loadChoice = useApp((s) => s.desk.loadChoice);
  const size = formatBytes(choice.bytes);
  const hint = choice.kind === 'safetensors' ? `${size} · ${t('own.choiceOfficial')}` : size;
  return (
    <ModelRow name={choice.name} hint={hint}>
      <button
        type="button"
        className="button small"
        aria-label={t('model.loadNamed', { name: choice.name })}
        onClick={() => loadChoice(choice)}
      >
        {t('model.load')}
      </button>
    </ModelRow>
  );
}

/** Models of the entered repository. */
function RepoList() {
  const { t } = useText();
  const listing = useApp((s) => s.downloads.repo);
  const closeRepo = useApp((s) => s.desk.closeRepo);
  if (!listing) return null;
  if (listing.error) return <ErrorCard error={listing.error} onDismiss={closeRepo} />;
  if (listing.listing) {
    return (
      <p className="quiet" role="status">
        {t('sheet.listing')}
      </p>
    );
  }
  const heading = t('own.choices', { repo: listing.repo });
  return (
    <section className={styles.repoList} aria-label={heading}>
      <h3>{heading}</h3>
      <ul className={rowStyles.rows}>
        {listing.choices.map((choice) => (
          <ChoiceRow key={choice.name} choice={choice} />
        ))}
      </ul>
    </section>
  );
}

function AddressField() {
  const { t } = useText();
  const [address, setAddress] = useState('');
  const [wrong, setWrong] = useState(false);
  const openAddress = useApp((s) => s.desk.openAddress);
  const hub = useHub();
  const hubName = new URL(hub.baseUrl).host;
  return (
    <section aria-label={t('own.urlHeading')}>
      <h3>{t('own.urlHeading')}</h3>
      <form
        className={fieldStyles.field}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void openAddress(address, hub).then((known) => setWrong(!known));
        }}
      >
        <label htmlFor="model-url">{t('own.url')}</label>
        <div className={fieldStyles.urlRow}>
          <input
            id="model-url"
            type="text"
            inputMode="url"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={address}
            placeholder={t('own.urlPlaceholder')}
            aria-invalid={wrong}
            aria-describedby="model-url-hint"
            onChange={(event) => {
              setAddress(event.target.value);
              setWrong(false);
            }}
          />
          <button type="submit" className="button">
            {t('own.urlLoad')}
          </button>
        </div>
        <p className={wrong ? 'warn' : 'quiet'} id="model-url-hint" role={wrong ? 'alert' : undefined}>
          {wrong ? t('own.urlBad') : t('own.urlHint', { hub: hubName })}
        </p>
      </form>
      <RepoList />
    </section>
  );
}

/** Models that are not in the catalogue: files and folders of this computer, addresses on the web. */
export function OwnModel() {
  return (
    <>
      <FilesField />
      <AddressField />
    </>
  );
}
