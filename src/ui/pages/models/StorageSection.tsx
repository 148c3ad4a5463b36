import { formatBytes } from '../../i18n/format';
import { useApp, useText } from '../../useApp';
import { modelName } from './modelName';
import { LockIcon } from '../../controls/icons';
import styles from './StorageSection.module.css';

interface Share {
  label: string;
  bytes: number;
  /** Class of its colour. */
  kind: 'model' | 'model-even' | 'unfinished' | 'rest';
}

/** Bytes by kind. `usage` also counts chats and the browser's overhead. */
function useShares(usageBytes: number): Share[] {
  const { t } = useText();
  const stored = useApp((s) => s.storage.models);
  const partial = useApp((s) => s.downloads.partial);
  const inBrowser = stored.filter(({ disk }) => !disk);
  const models = inBrowser.map((model, index): Share => {
    const kind = index % 2 ? 'model-even' : 'model';
    return { label: modelName(model), bytes: model.packedBytes, kind };
  });
  const unfinished = partial.reduce((sum, row) => sum + row.storedBytes, 0);
  const known = models.reduce((sum, { bytes }) => sum + bytes, unfinished);
  const shares: Share[] = [
    ...models,
    { label: t('storage.unfinished'), bytes: unfinished, kind: 'unfinished' },
    { label: t('storage.rest'), bytes: Math.max(0, usageBytes - known), kind: 'rest' },
  ];
  return shares.filter(({ bytes }) => bytes > 0);
}

function StorageBar({ usageBytes, quotaBytes }: { usageBytes: number; quotaBytes: number }) {
  const { t } = useText();
  const shares = useShares(usageBytes);
  const total = shares.reduce((sum, { bytes }) => sum + bytes, 0);
  const free = Math.max(0, quotaBytes - total);
  const whole = Math.max(1, total + free);
  return (
    <>
      <p>{t('storage.used', { used: formatBytes(total), quota: formatBytes(quotaBytes) })}</p>
      <div className={styles.bar} aria-hidden="true">
        {shares.map(({ label, bytes, kind }, index) => (
          <span
            key={label + index}
            className={styles[`share-${kind}`]}
            style={{ width: `${(bytes / whole) * 100}%` }}
          />
        ))}
      </div>
      <dl className={styles.legend}>
        {shares.map(({ label, bytes, kind }, index) => (
          <div key={label + index}>
            <dt className={styles[`share-${kind}`]}>{label}</dt>
            <dd>{formatBytes(bytes)}</dd>
          </div>
        ))}
        <div>
          <dt className={styles['share-free']}>{t('storage.free')}</dt>
          <dd>{formatBytes(free)}</dd>
        </div>
      </dl>
    </>
  );
}

/** Storage in use and free, and whether the browser may evict it. */
export function StorageSection() {
  const { t } = useText();
  const { estimate, persisted } = useApp((s) => s.storage);
  const askPersistence = useApp((s) => s.desk.askPersistence);
  return (
    <section className={styles.storage} aria-label={t('storage.heading')}>
      <h3>{t('storage.heading')}</h3>
      {estimate ? <StorageBar {...estimate} /> : <p className="quiet">{t('storage.unknown')}</p>}
      <div className={styles.keep}>
        <p className={persisted ? 'good' : 'quiet'}>
          {persisted && <LockIcon />}
          {t(persisted ? 'storage.kept' : 'storage.notKept')}
        </p>
        {!persisted && (
          <button type="button" className="button small" onClick={() => void askPersistence()}>
            {t('storage.keep')}
          </button>
        )}
      </div>
    </section>
  );
}
