import { useState } from 'react';
import type { DraftAttachment, PageTask } from '../../../../store';
import { useApp, useText } from '../../../useApp';
import styles from './pictures.module.css';

const TASKS: PageTask[] = ['text', 'table', 'formula'];

/** Has the model read the pages of a PDF as pictures: for scans, tables and formulas. */
export default function ReadPages({ id, name, reading }: DraftAttachment) {
  const { t } = useText();
  const [task, setTask] = useState<PageTask>(reading?.task ?? 'text');
  const sees = useApp((s) => Boolean(s.model.info?.eyes));
  const answering = useApp((s) => s.turn !== null);
  const readPages = useApp((s) => s.readPages);
  const stopPages = useApp((s) => s.stopPages);
  const openModels = useApp((s) => s.openModels);
  if (!sees && !reading)
    return (
      <button type="button" className="text-button" onClick={() => openModels('catalogue')}>
        {t('pages.choose')}
      </button>
    );
  const { done = [], total = 0, running = false } = reading ?? {};
  if (running) {
    const label = t('pages.progress', { page: done.length + 1, total });
    return (
      <div className={styles.pages} role="status">
        <span>{label}</span>
        <progress value={done.length} max={total} aria-label={label} />
        <button type="button" className="text-button" onClick={() => stopPages(id)}>
          {t('composer.stop')}
        </button>
      </div>
    );
  }
  const begun = reading?.task === task && done.length > 0;
  if (begun && done.length === total)
    return <span className={styles.pages}>{t('pages.done', { total })}</span>;
  return (
    <div className={styles.pages}>
      <select
        aria-label={t('pages.task', { name })}
        value={task}
        onChange={({ target }) => setTask(target.value as PageTask)}
      >
        {TASKS.map((one) => (
          <option key={one} value={one}>
            {t(`pages.${one}`)}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="button small"
        disabled={!sees || answering}
        onClick={() => void readPages(id, task)}
      >
        {begun ? t('pages.goOn', { page: done.length + 1, total }) : t('pages.read')}
      </button>
    </div>
  );
}
