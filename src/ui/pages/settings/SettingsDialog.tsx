import { useEffect, useState } from 'react';
import type { Memory } from '../../../store/memory';
import { formatRoute } from '../../route';
import { useApp, useText, type TextKey } from '../../useApp';
import { DataSettings } from './DataSettings';
import { Modal } from '../../controls/Modal';
import { AnswerSettings } from './AnswerSettings';
import { ChatSettings } from './ChatSettings';
import { MemorySettings } from './memory/MemorySettings';
import { PageSettings } from './PageSettings';
import { ServerSettings } from './ServerSettings';
import { ToolSettings } from './ToolSettings';
import styles from './SettingsDialog.module.css';

const KEYS: [TextKey, string][] = [
  ['settings.keySend', 'Enter'],
  ['settings.keyLine', 'Shift+Enter'],
  ['settings.keyStop', 'Esc'],
  ['settings.keyNew', 'Ctrl/⌘+Shift+O'],
  ['palette.title', 'Ctrl/⌘+K'],
];

function Shortcuts() {
  const { t } = useText();
  return (
    <section aria-label={t('settings.shortcuts')}>
      <h3>{t('settings.shortcuts')}</h3>
      <dl className={styles.keys}>
        {KEYS.map(([key, keys]) => (
          <div key={key}>
            <dt>{t(key)}</dt>
            <dd>
              <kbd>{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The dialog shows without what has not been read by then. */
const MOST_WAIT_MS = 2000;

/** The memory, once everything that the dialog lists has been read: rows that came later would move what is below them. */
function useRead(): Memory | null | undefined {
  const settingsRead = useApp((s) => s.settingsRead);
  const [memory, setMemory] = useState<Memory | null>();
  useEffect(() => {
    let isOpen = true;
    const show = (found: Memory | null) => isOpen && setMemory((before) => before ?? found);
    const timer = setTimeout(() => show(null), MOST_WAIT_MS);
    void settingsRead().then(show);
    return () => {
      isOpen = false;
      clearTimeout(timer);
    };
  }, [settingsRead]);
  return memory;
}

/** The settings. Each change takes effect at once. */
export default function SettingsDialog({ onImport }: { onImport: () => void }) {
  const { t } = useText();
  const closeDialog = useApp((s) => s.page.closeDialog);
  const memory = useRead();
  if (memory === undefined) return null;
  return (
    <Modal title={t('settings.title')} side="right" onClose={closeDialog}>
      <PageSettings />
      <ChatSettings />
      <AnswerSettings />
      <ToolSettings />
      <MemorySettings read={memory} />
      <ServerSettings />
      <DataSettings onImport={onImport} />
      <section aria-label={t('bench.title')}>
        <h3>{t('bench.title')}</h3>
        <p className="quiet">{t('bench.what')}</p>
        <a className="button wide" href={formatRoute({ page: 'bench' })} onClick={closeDialog}>
          {t('bench.open')}
        </a>
      </section>
      <Shortcuts />
      <section aria-label={t('settings.about')}>
        <h3>{t('settings.about')}</h3>
        <p className="quiet">
          {t('settings.licence')}{' '}
          <a href={`${import.meta.env.BASE_URL}licences.txt`} target="_blank" rel="noopener">
            {t('settings.licences')}
          </a>
        </p>
      </section>
    </Modal>
  );
}
