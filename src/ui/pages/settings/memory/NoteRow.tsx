import { useState } from 'react';
import { MOST_NOTE, type MemoryNote } from '../../../../store/memory';
import { IconButton } from '../../../controls/IconButton';
import { PencilIcon, TrashIcon } from '../../../controls/icons';
import { MEMORY_TEXTS } from '../../../i18n/memoryTexts';
import { useTextsOf } from '../../../useApp';
import styles from './MemorySettings.module.css';

interface NoteRowProps {
  note: MemoryNote;
  /** Why new chats do not begin with it. */
  remark?: string;
  onEdit: (text: string) => void;
  onDelete: () => void;
}

/** A note; its text can be changed in place. */
export function NoteRow({ note, remark, onEdit, onDelete }: NoteRowProps) {
  const { t } = useTextsOf(MEMORY_TEXTS);
  const [draft, setDraft] = useState<string | null>(null);
  const { text } = note;
  if (draft !== null)
    return (
      <li>
        <form
          className={styles.add}
          onSubmit={(event) => {
            event.preventDefault();
            onEdit(draft);
            setDraft(null);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation(); // the settings stay open
            setDraft(null);
          }}
        >
          <input
            aria-label={t('editLabel')}
            value={draft}
            maxLength={MOST_NOTE}
            dir="auto"
            autoFocus
            onChange={({ target }) => setDraft(target.value)}
          />
          <button type="submit" className="button small primary">
            {t('save')}
          </button>
          <button type="button" className="button small" onClick={() => setDraft(null)}>
            {t('cancel')}
          </button>
        </form>
      </li>
    );
  return (
    <li className={styles.note}>
      <p dir="auto">
        {text}
        {remark && <span className="quiet"> ({remark})</span>}
      </p>
      <IconButton name={t('edit', { text })} icon={<PencilIcon />} onClick={() => setDraft(text)} />
      <IconButton name={t('delete', { text })} icon={<TrashIcon />} onClick={onDelete} />
    </li>
  );
}
