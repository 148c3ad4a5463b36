import { useState } from 'react';
import { downloading, type DiskModel, type PartialImport } from '../../../store';
import { formatBytes, formatDate } from '../../i18n/format';
import { useApp, useText } from '../../useApp';
import { modelName } from './modelName';
import { IconButton } from '../../controls/IconButton';
import { CloseIcon, TrashIcon } from '../../controls/icons';
import { ConfirmRow, ModelRow } from '../../controls/ConfirmRow';
import rowStyles from '../../controls/rows.module.css';

export const percentOf = ({ doneBytes, totalBytes }: PartialImport): number =>
  Math.floor((doneBytes / Math.max(1, totalBytes)) * 100);

function PartialRow({ partial }: { partial: PartialImport }) {
  const { t, language } = useText();
  const [confirming, setConfirming] = useState(false);
  const running = useApp((s) => downloading(s) === partial.origin);
  const resumeDownload = useApp((s) => s.desk.resumeDownload);
  const discardDownload = useApp((s) => s.desk.discardDownload);
  const name = modelName(partial);
  if (confirming) {
    return (
      <ConfirmRow
        label={t('partial.discard', { name })}
        question={t('partial.discardConfirm', { size: formatBytes(partial.storedBytes) })}
        yes={t('partial.discardYes')}
        no={t('stored.deleteNo')}
        onYes={() => void discardDownload(partial.id)}
        onNo={() => setConfirming(false)}
      />
    );
  }
  const percent = percentOf(partial);
  const hint = t('partial.row', {
    done: formatBytes(partial.doneBytes),
    total: formatBytes(partial.totalBytes),
    stored: formatBytes(partial.storedBytes),
    date: formatDate(partial.updatedAt, language),
  });
  const note = (
    <>
      <div
        className="progress"
        role="progressbar"
        aria-label={t('partial.progress', { name, percent })}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <span style={{ width: `${percent}%` }} />
      </div>
      {!partial.source && <span className="quiet">{t('partial.chooseAgain')}</span>}
    </>
  );
  return (
    <ModelRow name={name} hint={hint} note={note}>
      <IconButton
        name={t('partial.discard', { name })}
        icon={<TrashIcon />}
        onClick={() => setConfirming(true)}
      />
      {partial.source && (
        <button
          type="button"
          className="button small"
          aria-label={t('partial.resume', { name })}
          onClick={() => resumeDownload(partial.id)}
          disabled={running}
        >
          {t('offer.resume')}
        </button>
      )}
    </ModelRow>
  );
}

/** Unfinished downloads: progress, continue, discard. The running one has its own card. */
export function Unfinished() {
  const { t } = useText();
  const partial = useApp((s) => s.downloads.partial);
  const underWay = useApp(downloading);
  const waiting = partial.filter(({ origin }) => origin !== underWay);
  if (waiting.length === 0) return null;
  return (
    <section aria-label={t('partial.heading')}>
      <h3>{t('partial.heading')}</h3>
      <ul className={rowStyles.rows}>
        {waiting.map((row) => (
          <PartialRow key={row.id} partial={row} />
        ))}
      </ul>
    </section>
  );
}

function DiskRow({ model }: { model: DiskModel }) {
  const { t, language } = useText();
  const reopenFromDisk = useApp((s) => s.desk.reopenFromDisk);
  const forgetFromDisk = useApp((s) => s.desk.forgetFromDisk);
  const { id, name, bytes, openedAt } = model;
  const hint = t('disk.row', { size: formatBytes(bytes), date: formatDate(openedAt, language) });
  return (
    <ModelRow name={name} hint={hint}>
      <IconButton
        name={t('disk.forget', { name })}
        icon={<CloseIcon />}
        onClick={() => void forgetFromDisk(id)}
      />
      <button
        type="button"
        className="button small"
        aria-label={t('disk.againNamed', { name })}
        onClick={() => void reopenFromDisk(id)}
      >
        {t('disk.again')}
      </button>
    </ModelRow>
  );
}

/** Files and folders opened before; the browser asks again whether the page may read them. */
export function OpenedFromDisk() {
  const { t } = useText();
  const models = useApp((s) => s.disk.models);
  if (models.length === 0) return null;
  return (
    <section aria-label={t('disk.heading')}>
      <h3>{t('disk.heading')}</h3>
      <ul className={rowStyles.rows}>
        {models.map((model) => (
          <DiskRow key={model.id} model={model} />
        ))}
      </ul>
    </section>
  );
}
