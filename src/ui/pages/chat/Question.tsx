import { memo, useRef, useState, type KeyboardEvent } from 'react';
import { canAsk, filesOf, spokenText, type UserMessage } from '../../../store';
import { useApp, useText } from '../../useApp';
import { Branches } from './Branches';
import { CopyButton } from '../../controls/CopyButton';
import { IconButton } from '../../controls/IconButton';
import { FileIcon, PencilIcon, TrashIcon } from '../../controls/icons';
import messageStyles from './Message.module.css';
import styles from './Question.module.css';

/** Edits a question. Enter sends the new version, Escape discards it. */
function QuestionEditor({ message, onClose }: { message: UserMessage; onClose: () => void }) {
  const { t } = useText();
  const [text, setText] = useState(() => spokenText(message.parts));
  const editQuestion = useApp((s) => s.editQuestion);
  const canSend = useApp((s) => !s.turn && canAsk(s));
  const submit = () => {
    if (canSend && editQuestion(message.id, text)) onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      onClose();
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  };
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        autoFocus
        onFocus={({ target }) => target.setSelectionRange(target.value.length, target.value.length)}
        rows={Math.min(10, text.split('\n').length + 1)}
        dir="auto"
        value={text}
        aria-label={t('message.editLabel')}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className={styles.editorFoot}>
        <p className="quiet">{t('message.editHint')}</p>
        <button type="button" className="button small" onClick={onClose}>
          {t('message.editCancel')}
        </button>
        <button type="submit" className="button small primary" disabled={!canSend || text.trim() === ''}>
          {t('message.editSend')}
        </button>
      </div>
    </form>
  );
}

function Attachments({ message }: { message: UserMessage }) {
  const { t } = useText();
  const attachments = filesOf(message.parts);
  if (attachments.length === 0) return null;
  return (
    <ul className={styles.attachments} aria-label={t('message.attachments')}>
      {attachments.map(({ id, name }) => (
        <li key={id}>
          <FileIcon />
          {name}
        </li>
      ))}
    </ul>
  );
}

export const Question = memo(function Question({ message }: { message: UserMessage }) {
  const { t } = useText();
  const [editing, setEditing] = useState(false);
  const text = spokenText(message.parts);
  const editButton = useRef<HTMLButtonElement>(null);
  const deleteMessage = useApp((s) => s.deleteMessage);
  if (editing) {
    return (
      <article className={messageStyles.message} aria-label={t('message.you')}>
        <QuestionEditor
          message={message}
          onClose={() => {
            setEditing(false);
            requestAnimationFrame(() => editButton.current?.focus());
          }}
        />
      </article>
    );
  }
  return (
    <article className={`${messageStyles.message} ${styles.question}`} aria-label={t('message.you')}>
      <Attachments message={message} />
      {text && <div className={styles.bubble}>{text}</div>}
      <footer className={messageStyles.messageFoot}>
        <Branches message={message} />
        <CopyButton text={() => text} label={t('message.copyQuestion')} doneLabel={t('message.copied')} />
        <IconButton
          ref={editButton}
          name={t('message.edit')}
          icon={<PencilIcon />}
          onClick={() => setEditing(true)}
        />
        <IconButton
          name={t('message.delete')}
          icon={<TrashIcon />}
          onClick={() => deleteMessage(message.id)}
        />
      </footer>
    </article>
  );
});
