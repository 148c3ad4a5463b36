import { useContext } from 'react';
import { currentDraft, OCR_TASKS, type PageTask } from '../../../../store';
import { focusComposer } from '../../../shell/usePage';
import { StoreContext, useApp, useText } from '../../../useApp';
import styles from './pictures.module.css';

const TASKS: PageTask[] = ['text', 'table', 'formula'];

/** Questions that pictures are often asked: a press writes one into the message field. */
export function PictureTasks() {
  const { t } = useText();
  const store = useContext(StoreContext);
  const family = useApp((s) => s.model.info?.family);
  const setDraft = useApp((s) => s.setDraft);
  const addToDraft = useApp((s) => s.addToDraft);
  const wordsOf = (task: PageTask) => (family === 'glm-ocr' ? OCR_TASKS[task] : t(`pictures.ask.${task}`));
  const ask = async (task: PageTask) => {
    const begun = store ? currentDraft(store.getState()).trim() : '';
    if (!begun || TASKS.some((one) => wordsOf(one) === begun)) setDraft(wordsOf(task));
    else await addToDraft(wordsOf(task));
    focusComposer();
  };
  return (
    <div className={styles.tasks} role="group" aria-label={t('pictures.tasks')}>
      {TASKS.map((task) => (
        <button key={task} type="button" className="button small" onClick={() => void ask(task)}>
          {t(`pictures.task.${task}`)}
        </button>
      ))}
    </div>
  );
}
