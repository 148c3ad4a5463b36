import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { CachedModel } from '../../store';
import { formatBytes, formatCount, formatDate, formatParameters } from '../i18n/format';
import { useApp, useText } from '../useApp';
import { useModelLabel } from './Header';
import { FileIcon, TrashIcon } from './icons';
import { LoadCard } from './LoadCard';
import { Modal } from './Modal';
import { ModelError } from './ModelError';

/** What is loaded: size, context, memory, and remarks the importer made. */
function LoadedModel() {
  const { t, language } = useText();
  const { info, device } = useApp((s) => s.model);
  const label = useModelLabel();
  if (!info) return null;
  const details = t('model.details', {
    params: formatParameters(info.parameters, language),
    context: formatCount(info.contextTokens, language),
    gpu: formatBytes(info.gpuBytes),
  });
  const gpuName = device && (device.description || `${device.vendor} ${device.architecture}`.trim());
  return (
    <section className="loaded" aria-label={t('model.inUseHeading')}>
      <h3>{label}</h3>
      <p>{details}</p>
      {gpuName && <p>{t('model.gpu', { name: gpuName })}</p>}
      {device?.software && <p className="warn">{t('model.software')}</p>}
      {info.warnings.length > 0 && (
        <details>
          <summary>{t('model.warnings')}</summary>
          <ul lang="en">
            {info.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

interface ModelRowProps {
  name: string;
  hint: string;
  inUse: boolean;
  onLoad: () => void;
  children?: ReactNode;
}

function ModelRow({ name, hint, inUse, onLoad, children }: ModelRowProps) {
  const { t } = useText();
  return (
    <li className="model-row">
      <div className="model-row-text">
        <span className="model-row-name">{name}</span>
        <span className="quiet">{hint}</span>
      </div>
      {inUse ? (
        <span className="badge">{t('model.inUse')}</span>
      ) : (
        <button
          type="button"
          className="button small"
          aria-label={t('model.loadNamed', { name })}
          onClick={onLoad}
        >
          {t('model.load')}
        </button>
      )}
      {children}
    </li>
  );
}

function StoredModel({ model }: { model: CachedModel }) {
  const { t, language } = useText();
  const [confirming, setConfirming] = useState(false);
  const inUse = useApp((s) => s.model.info?.id === model.id);
  const loadModel = useApp((s) => s.loadModel);
  const deleteStoredModel = useApp((s) => s.deleteStoredModel);
  const size = formatBytes(model.packedBytes);
  if (confirming) {
    return (
      <li className="model-row" role="group" aria-label={t('model.delete', { name: model.name })}>
        <span className="model-row-text">{t('model.deleteConfirm', { size })}</span>
        <button
          type="button"
          className="button small danger"
          autoFocus
          onClick={() => void deleteStoredModel(model.id)}
        >
          {t('model.deleteYes')}
        </button>
        <button type="button" className="button small" onClick={() => setConfirming(false)}>
          {t('model.deleteNo')}
        </button>
      </li>
    );
  }
  return (
    <ModelRow
      name={model.name}
      hint={t('model.sizeAdded', { size, date: formatDate(model.importedAt, language) })}
      inUse={inUse}
      onLoad={() => void loadModel({ kind: 'cached', id: model.id })}
    >
      {!inUse && (
        <button
          type="button"
          className="icon-button small"
          aria-label={t('model.delete', { name: model.name })}
          onClick={() => setConfirming(true)}
        >
          <TrashIcon />
        </button>
      )}
    </ModelRow>
  );
}

function FileButton() {
  const { t } = useText();
  const input = useRef<HTMLInputElement>(null);
  const loadModel = useApp((s) => s.loadModel);
  return (
    <div className="field">
      {/* No `accept`: phones and some desktops grey out files whose type they do not know. */}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="model-file"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = ''; // the same file can be chosen again after an error
          if (files.length > 0) void loadModel({ kind: 'files', files });
        }}
      />
      <button type="button" className="button wide" onClick={() => input.current?.click()}>
        <FileIcon />
        {t('model.file')}
      </button>
      <p className="quiet">{t('model.fileHint')}</p>
    </div>
  );
}

const isWebAddress = (text: string) => /^https?:\/\//i.test(text) && URL.canParse(text);

function UrlField() {
  const { t } = useText();
  const [url, setUrl] = useState('');
  const [wrong, setWrong] = useState(false);
  const loadModel = useApp((s) => s.loadModel);
  return (
    <form
      className="field"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const address = url.trim();
        const valid = isWebAddress(address);
        setWrong(!valid);
        if (valid) void loadModel({ kind: 'url', url: address });
      }}
    >
      <label htmlFor="model-url">{t('model.url')}</label>
      <div className="url-row">
        <input
          id="model-url"
          type="url"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          value={url}
          placeholder={t('model.urlPlaceholder')}
          aria-invalid={wrong}
          aria-describedby="model-url-hint"
          onChange={(event) => {
            setUrl(event.target.value);
            setWrong(false);
          }}
        />
        <button type="submit" className="button">
          {t('model.urlLoad')}
        </button>
      </div>
      <p className={wrong ? 'warn' : 'quiet'} id="model-url-hint" role={wrong ? 'alert' : undefined}>
        {t(wrong ? 'model.urlBad' : 'model.urlHint')}
      </p>
    </form>
  );
}

/** A load in progress or what became of it: at the top, and brought into view from wherever it was started. */
function ModelNews() {
  const status = useApp((s) => s.model.status);
  const error = useApp((s) => s.model.error);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error || status === 'loading') ref.current?.closest('dialog')?.scrollTo({ top: 0 });
  }, [status, error]);
  return (
    <div className="model-news" ref={ref}>
      <LoadCard />
      <ModelError inDialog />
    </div>
  );
}

/** The model picker: what is loaded, what is stored, and two ways to add one. */
export function ModelDialog() {
  const { t } = useText();
  const closeDialog = useApp((s) => s.closeDialog);
  const loadNano = useApp((s) => s.loadNano);
  const stored = useApp((s) => s.model.stored);
  const nanoStored = useApp((s) => s.model.stored.find(({ origin }) => origin === s.nanoUrl));
  const nanoInUse = useApp((s) => s.model.info !== null && s.model.info.origin === s.nanoUrl);
  const others = stored.filter((model) => model !== nanoStored);
  return (
    <Modal title={t('model.title')} side="center" onClose={closeDialog}>
      <ModelNews />
      <LoadedModel />
      <section aria-label={t('model.builtIn')}>
        <h3>{t('model.builtIn')}</h3>
        <ul className="model-rows">
          <ModelRow
            name={t('model.nano')}
            hint={t('model.nanoHint')}
            inUse={nanoInUse}
            onLoad={() => void loadNano()}
          />
        </ul>
      </section>
      <section aria-label={t('model.stored')}>
        <h3>{t('model.stored')}</h3>
        {others.length === 0 && <p className="quiet">{t('model.storedEmpty')}</p>}
        <ul className="model-rows">
          {others.map((model) => (
            <StoredModel key={model.id} model={model} />
          ))}
        </ul>
      </section>
      <section aria-label={t('model.add')}>
        <h3>{t('model.add')}</h3>
        <FileButton />
        <UrlField />
      </section>
    </Modal>
  );
}
