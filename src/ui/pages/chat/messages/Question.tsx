import { memo, useRef, useState, type KeyboardEvent } from 'react';
import {
  askedText,
  attachedParts,
  canAsk,
  filesOf,
  picturesOf,
  spokenText,
  type UserMessage,
} from '../../../../store';
import { useApp, useText } from '../../../useApp';
import { Branches } from './Branches';
import { CopyButton } from '../../../controls/CopyButton';
import { IconButton } from '../../../controls/IconButton';
import { lazyView } from '../../../lazyPart';
import { FileIcon, PencilIcon, TrashIcon } from '../../../controls/icons';
import messageStyles from './Message.module.css';
import styles from './Question.module.css';

const SentPictures = lazyView(() => import('../pictures/SentPictures'));

/** Edits a question. Enter sends the new version, Escape discards it. */
function QuestionEditor({ message, onClose }: { message: UserMessage; onClose: () => void }) {
  const { t } = useText();
  const [text, setText] = useState(() => spokenText(message.parts));
  const editQuestion = useApp((s) => s.editQuestion);
  const canSend = useApp((s) => !s.turn && canAsk(s));
  const hasFiles = attachedParts(message.parts).length > 0;
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
        <button
          type="submit"
          className="button small primary"
          disabled={!canSend || (text.trim() === '' && !hasFiles)}
        >
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

/** Characters of a pasted text that stands for the question; its whole text is a file. */
const EXCERPT = 400;

/** The words of a question; where it has none, the beginning of the text that was pasted in their place. */
function shownText({ parts }: UserMessage): string {
  const text = spokenText(parts);
  const pasted = filesOf(parts)
    .find(({ document }) => document?.kind === 'pasted')
    ?.document?.text.trim();
  if (text || !pasted) return text;
  return pasted.length > EXCERPT ? `${[...pasted.slice(0, EXCERPT)].slice(0, -1).join('')}…` : pasted;
}

const QuestionAgent = lazyView(() => import('../agents/QuestionAgent'));

export const Question = memo(function Question({ message }: { message: UserMessage }) {
  const { t } = useText();
  const [editing, setEditing] = useState(false);
  const text = shownText(message);
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
      {picturesOf(message.parts).length > 0 && <SentPictures message={message} />}
      <Attachments message={message} />
      {text && <div className={styles.bubble}>{text}</div>}
      {(message.agent || message.sought) && <QuestionAgent message={message} />}
      <footer className={messageStyles.messageFoot}>
        <Branches message={message} />
        <CopyButton
          text={() => askedText(message.parts)}
          label={t('message.copyQuestion')}
          doneLabel={t('message.copied')}
        />
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
