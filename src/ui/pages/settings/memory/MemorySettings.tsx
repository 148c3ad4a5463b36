import { useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { fittingNotes, MOST_NOTE, MOST_TOKENS, type Memory } from '../../../../store/memory';
import { toWireError, type WireError } from '../../../../shared/errors';
import { ErrorCard } from '../../../controls/ErrorCard';
import { FileIcon, SaveIcon, TrashIcon } from '../../../controls/icons';
import { MEMORY_TEXTS } from '../../../i18n/memoryTexts';
import { useApp, useTextsOf } from '../../../useApp';
import { NoteRow } from './NoteRow';
import fieldStyles from '../../../controls/fields.module.css';
import styles from './MemorySettings.module.css';

/** Notes that are remembered across chats: shown, written, changed, deleted. @param read null: not read yet */
export function MemorySettings({ read }: { read: Memory | null }) {
  const { t } = useTextsOf(MEMORY_TEXTS);
  const commands = useApp((s) => s.memory);
  const [on, setOn] = useState(commands.isOn);
  const [late, setLate] = useState<Memory | null>(null);
  const memory = read ?? late;
  const [error, setError] = useState<WireError | null>(null);
  useEffect(() => {
    if (!read) commands.open().then(setLate, (reason: unknown) => setError(toWireError(reason)));
  }, [commands, read]);
  return (
    <section aria-label={t('title')}>
      <h3>{t('title')}</h3>
      <label className={fieldStyles.check}>
        <input
          type="checkbox"
          checked={on}
          onChange={({ target }) => {
            commands.setOn(target.checked);
            setOn(target.checked);
          }}
        />
        {t('on')}
      </label>
      <p className="quiet">{t('what')}</p>
      {error && <ErrorCard error={error} />}
      {memory && <Notes memory={memory} />}
    </section>
  );
}

function Notes({ memory }: { memory: Memory }) {
  const { t } = useTextsOf(MEMORY_TEXTS);
  const { notes, error } = useSyncExternalStore(
    (listener) => memory.subscribe(listener),
    () => memory.state,
  );
  const inPrompts = new Set(fittingNotes(notes).map(({ id }) => id));
  return (
    <>
      {error && <ErrorCard error={error} />}
      <NewNote memory={memory} />
      {notes.length === 0 && <p className="quiet">{t('none')}</p>}
      {notes.length > 0 && (
        <ul className={styles.notes} aria-label={t('list')}>
          {notes.map((note) => (
            <NoteRow
              key={note.id}
              note={note}
              remark={
                note.agentId
                  ? t('agent')
                  : inPrompts.has(note.id)
                    ? undefined
                    : t('left', { tokens: MOST_TOKENS })
              }
              onEdit={(text) => void memory.edit(note.id, text)}
              onDelete={() => void memory.delete(note.id)}
            />
          ))}
        </ul>
      )}
      <Files memory={memory} count={notes.length} />
    </>
  );
}

function NewNote({ memory }: { memory: Memory }) {
  const { t } = useTextsOf(MEMORY_TEXTS);
  const [text, setText] = useState('');
  const id = useId();
  return (
    <form
      className={styles.add}
      onSubmit={(event) => {
        event.preventDefault();
        void memory.add(text);
        setText('');
      }}
    >
      <label htmlFor={id}>{t('add')}</label>
      <p id={`${id}-hint`} className="quiet">
        {t('addHint')}
      </p>
      <input
        id={id}
        value={text}
        maxLength={MOST_NOTE}
        dir="auto"
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => setText(target.value)}
      />
      <button type="submit" className="button" disabled={!text.trim()}>
        {t('keep')}
      </button>
    </form>
  );
}

/** Export, import, and deletion of all notes after a question. */
function Files({ memory, count }: { memory: Memory; count: number }) {
  const { t } = useTextsOf(MEMORY_TEXTS);
  const [added, setAdded] = useState<number | null>(null);
  const [asking, setAsking] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <div className={styles.files}>
        <button type="button" className="button" disabled={count === 0} onClick={() => memory.export()}>
          <SaveIcon />
          {t('export')}
        </button>
        <button type="button" className="button" onClick={() => input.current?.click()}>
          <FileIcon />
          {t('import')}
        </button>
        <button
          type="button"
          className="button"
          disabled={count === 0}
          aria-expanded={asking}
          onClick={() => setAsking(!asking)}
        >
          <TrashIcon />
          {t('deleteAll')}
        </button>
      </div>
      {asking && count > 0 && (
        <div className={styles.files} role="group" aria-label={t('deleteAll')}>
          <p>{t('sure', { count })}</p>
          <button
            type="button"
            className="button danger"
            onClick={() => {
              setAsking(false);
              void memory.deleteAll();
            }}
          >
            {t('deleteAll')}
          </button>
          <button type="button" className="button" autoFocus onClick={() => setAsking(false)}>
            {t('cancel')}
          </button>
        </div>
      )}
      <p className="quiet" role="status">
        {added !== null && t('imported', { count: added })}
      </p>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) void memory.import(file).then(setAdded);
          target.value = '';
        }}
      />
    </>
  );
}
