import { useState } from 'react';
import type { CachedModel } from '../../../store';
import { formatBytes, formatDate } from '../../i18n/format';
import { useApp, useText, type TextKey } from '../../useApp';
import { modelName, originText } from './modelName';
import { IconButton } from '../../controls/IconButton';
import { ShieldIcon, SaveIcon, TrashIcon } from '../../controls/icons';
import { ConfirmRow, ModelRow } from '../../controls/ConfirmRow';
import rowStyles from '../../controls/rows.module.css';
import styles from './StoredModels.module.css';

function LoadButton({ name, inUse, onLoad }: { name: string; inUse: boolean; onLoad: () => void }) {
  const { t } = useText();
  if (inUse) return <span className="badge">{t('model.inUse')}</span>;
  return (
    <button
      type="button"
      className="button small"
      aria-label={t('model.loadNamed', { name })}
      onClick={onLoad}
    >
      {t('model.load')}
    </button>
  );
}

function NanoRow() {
  const { t } = useText();
  const inUse = useApp((s) => s.model.info !== null && s.model.info.origin === s.nanoUrl);
  const loadNano = useApp((s) => s.desk.loadNano);
  return (
    <ModelRow name={t('model.nano')} hint={t('model.nanoHint')}>
      <LoadButton name={t('model.nano')} inUse={inUse} onLoad={() => void loadNano()} />
    </ModelRow>
  );
}

/** Progress of a check or an export, or the last check's result. */
function JobNote({ id }: { id: string }) {
  const { t } = useText();
  const onDisk = useApp((s) => s.storage.models.some((row) => row.id === id && row.disk));
  const job = useApp((s) => s.storage.jobs[id]);
  const checked = useApp((s) => s.storage.checked[id]);
  const cancelVerify = useApp((s) => s.desk.cancelVerify);
  if (job?.kind === 'verify') {
    const percent = Math.floor(job.fraction * 100);
    const label = t('stored.verifying', { percent });
    return (
      <>
        <span className={styles.job}>
          <span className="quiet">{label}</span>
          <button type="button" className="text-button" onClick={() => cancelVerify(id)}>
            {t('composer.stop')}
          </button>
        </span>
        <div
          className="progress"
          role="progressbar"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent}
        >
          <span style={{ width: `${percent}%` }} />
        </div>
      </>
    );
  }
  if (job) return <span className="quiet">{t('stored.exporting')}</span>;
  if (!checked) return null;
  const { damaged, repaired } = checked;
  if (damaged > 0 && onDisk) {
    return (
      <span className="warn" role="alert">
        {t('stored.changed', { damaged })}
      </span>
    );
  }
  if (damaged > repaired) {
    return (
      <span className="warn" role="alert">
        {t('stored.damaged', { damaged, repaired })}
      </span>
    );
  }
  return (
    <span className="good" role="status">
      {damaged === 0 ? t('stored.intact') : t('stored.repaired', { damaged })}
    </span>
  );
}

function StoredModel({ model }: { model: CachedModel }) {
  const { t, language } = useText();
  const [confirming, setConfirming] = useState(false);
  const inUse = useApp((s) => s.model.info?.id === model.id);
  const busy = useApp((s) => model.id in s.storage.jobs);
  const loadModel = useApp((s) => s.desk.loadModel);
  const deleteStoredModel = useApp((s) => s.desk.deleteStoredModel);
  const verifyStored = useApp((s) => s.desk.verifyStored);
  const exportStored = useApp((s) => s.desk.exportStored);
  const copyFromDisk = useApp((s) => s.desk.copyFromDisk);
  const size = formatBytes(model.packedBytes);
  const name = modelName(model);
  const { disk } = model;
  if (confirming) {
    return (
      <ConfirmRow
        label={t(disk ? 'stored.forget' : 'stored.delete', { name })}
        question={disk ? t('stored.forgetConfirm') : t('stored.deleteConfirm', { size })}
        yes={t(disk ? 'stored.forgetYes' : 'stored.deleteYes')}
        no={t('stored.deleteNo')}
        onYes={() => void deleteStoredModel(model.id)}
        onNo={() => setConfirming(false)}
      />
    );
  }
  const file = disk?.[0].name ?? '';
  const diskHint = t(disk && disk.length > 1 ? 'stored.onDiskParts' : 'stored.onDisk', {
    file,
    parts: disk?.length ?? 0,
    size: formatBytes(model.sourceBytes),
    date: formatDate(model.importedAt, language),
  });
  const place = originText(model.origin, t('stored.catalogue'));
  const origin = model.fromPack ? t('stored.fromFile', { file: place }) : place;
  const date = formatDate(model.importedAt, language);
  const copyOrExport = () => void (disk ? copyFromDisk(model.id) : exportStored(model.id));
  const verify = () => void verifyStored(model.id);
  const actions: { key: TextKey; icon: React.ReactNode; run: () => void; off: boolean }[] = [
    { key: 'stored.verifyNamed', icon: <ShieldIcon />, run: verify, off: busy },
    {
      key: disk ? 'stored.copyNamed' : 'stored.exportNamed',
      icon: <SaveIcon />,
      run: copyOrExport,
      off: busy,
    },
    {
      key: disk ? 'stored.forget' : 'stored.delete',
      icon: <TrashIcon />,
      run: () => setConfirming(true),
      off: busy || inUse,
    },
  ];
  return (
    <ModelRow
      name={name}
      hint={
        model.eyes || model.embedder
          ? t(model.eyes ? 'eyes.row' : 'embedder.row', { size, date })
          : disk
            ? diskHint
            : t('stored.row', { size, origin, date })
      }
      note={<JobNote id={model.id} />}
    >
      {actions.map(({ key, icon, run, off }) => (
        <IconButton key={key} name={t(key, { name })} icon={icon} disabled={off} onClick={run} />
      ))}
      {!model.eyes && !model.embedder && (
        <LoadButton
          name={name}
          inUse={inUse}
          onLoad={() => void loadModel({ kind: 'cached', id: model.id })}
        />
      )}
    </ModelRow>
  );
}

/** Models stored in this browser. */
export function StoredModels() {
  const { t } = useText();
  const nanoUrl = useApp((s) => s.nanoUrl);
  const stored = useApp((s) => s.storage.models);
  const own = stored.filter(({ origin }) => origin !== nanoUrl);
  return (
    <section aria-label={t('stored.heading')}>
      <h3>{t('stored.heading')}</h3>
      <ul className={rowStyles.rows}>
        {own.map((model) => (
          <StoredModel key={model.id} model={model} />
        ))}
        <NanoRow />
      </ul>
      {own.length === 0 && <p className="quiet below">{t('stored.empty')}</p>}
    </section>
  );
}
