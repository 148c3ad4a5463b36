import { useRef, useState, type FormEvent } from 'react';
import { fillPrompt, promptVariables, type SavedPrompt } from '../../../../store';
import { useApp, useText } from '../../../useApp';
import { focusComposer } from '../../../shell/usePage';
import { ErrorCard } from '../../../controls/ErrorCard';
import { IconButton } from '../../../controls/IconButton';
import { PencilIcon, TrashIcon } from '../../../controls/icons';
import { Modal } from '../../../controls/Modal';
import styles from './PromptsDialog.module.css';

/** Form for a new or an existing prompt. */
function Editor({ prompt, onDone }: { prompt: SavedPrompt | null; onDone: () => void }) {
  const { t } = useText();
  const savePrompt = useApp((s) => s.savePrompt);
  const [title, setTitle] = useState(prompt?.title ?? '');
  const [text, setText] = useState(prompt?.text ?? '');
  const ready = title.trim() !== '' && text.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    void savePrompt({ id: prompt?.id, title, text });
    onDone();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label>
        <span>{t('prompts.name')}</span>
        <input autoFocus value={title} maxLength={200} onChange={({ target }) => setTitle(target.value)} />
      </label>
      <label>
        <span>{t('prompts.text')}</span>
        <textarea rows={7} value={text} onChange={({ target }) => setText(target.value)} />
      </label>
      <p className="quiet">{t('prompts.hint', { example: '{{language}}' })}</p>
      <div className="button-row">
        <button type="submit" className="button primary" disabled={!ready}>
          {t('prompts.save')}
        </button>
        <button type="button" className="button" onClick={onDone}>
          {t('prompts.cancel')}
        </button>
      </div>
    </form>
  );
}

/** Asks for the values of a prompt's variables. */
function Variables({ prompt, onDone }: { prompt: SavedPrompt; onDone: (text: string | null) => void }) {
  const { t } = useText();
  const [values, setValues] = useState<Record<string, string>>({});
  const names = promptVariables(prompt.text);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onDone(fillPrompt(prompt.text, values));
      }}
    >
      <h3>{prompt.title}</h3>
      {names.map((name, index) => (
        <label key={name}>
          <span>{name}</span>
          <textarea
            rows={1}
            autoFocus={index === 0}
            value={values[name] ?? ''}
            onChange={({ target }) => setValues({ ...values, [name]: target.value })}
          />
        </label>
      ))}
      <p className={styles.preview}>{fillPrompt(prompt.text, values)}</p>
      <div className="button-row">
        <button type="submit" className="button primary">
          {t('prompts.use')}
        </button>
        <button type="button" className="button" onClick={() => onDone(null)}>
          {t('prompts.cancel')}
        </button>
      </div>
    </form>
  );
}

interface RowProps {
  prompt: SavedPrompt;
  onUse: () => void;
  onEdit: () => void;
}

function Row({ prompt, onUse, onEdit }: RowProps) {
  const { t } = useText();
  const deletePrompt = useApp((s) => s.deletePrompt);
  const { id, title, text } = prompt;
  return (
    <li>
      <button type="button" className={styles.use} onClick={onUse}>
        <strong>{title}</strong>
        <span>{text}</span>
      </button>
      <IconButton name={t('prompts.edit', { title })} icon={<PencilIcon />} onClick={onEdit} />
      <IconButton
        name={t('prompts.delete', { title })}
        icon={<TrashIcon />}
        onClick={() => void deletePrompt(id)}
      />
    </li>
  );
}

/** The prompt library: use, create, edit, delete, import, export. */
export default function PromptsDialog() {
  const { t } = useText();
  const prompts = useApp((s) => s.prompts);
  const error = useApp((s) => s.promptError);
  const asked = useApp((s) => s.promptAsked);
  const askForPrompt = useApp((s) => s.askForPrompt);
  const closeDialog = useApp((s) => s.page.closeDialog);
  const setDraft = useApp((s) => s.setDraft);
  const importPrompts = useApp((s) => s.importPrompts);
  const exportPrompts = useApp((s) => s.exportPrompts);
  const [edited, setEdited] = useState<SavedPrompt | 'new' | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const filling = prompts.find(({ id }) => id === asked);

  const close = () => {
    askForPrompt(null);
    closeDialog();
  };
  const insert = (text: string) => {
    setDraft(text);
    close();
    focusComposer();
  };
  return (
    <Modal title={t('prompts.title')} side="center" onClose={close}>
      {error && <ErrorCard error={error} />}
      {edited ? (
        <Editor prompt={edited === 'new' ? null : edited} onDone={() => setEdited(null)} />
      ) : filling ? (
        <Variables prompt={filling} onDone={(text) => (text === null ? askForPrompt(null) : insert(text))} />
      ) : (
        <section>
          {prompts.length === 0 ? (
            <p className="quiet">{t('prompts.empty')}</p>
          ) : (
            <ul className={styles.list} aria-label={t('prompts.title')}>
              {prompts.map((prompt) => (
                <Row
                  key={prompt.id}
                  prompt={prompt}
                  onEdit={() => setEdited(prompt)}
                  onUse={() =>
                    promptVariables(prompt.text).length > 0 ? askForPrompt(prompt.id) : insert(prompt.text)
                  }
                />
              ))}
            </ul>
          )}
          <div className="button-row">
            <button type="button" className="button primary" onClick={() => setEdited('new')}>
              {t('prompts.new')}
            </button>
            <button type="button" className="button" onClick={() => input.current?.click()}>
              {t('prompts.import')}
            </button>
            <button type="button" className="button" disabled={prompts.length === 0} onClick={exportPrompts}>
              {t('prompts.export')}
            </button>
          </div>
          <input
            ref={input}
            type="file"
            accept=".json,application/json"
            hidden
            aria-label={t('prompts.import')}
            onChange={({ target }) => {
              const [file] = target.files ?? [];
              if (file) void importPrompts(file);
              target.value = '';
            }}
          />
        </section>
      )}
    </Modal>
  );
}
