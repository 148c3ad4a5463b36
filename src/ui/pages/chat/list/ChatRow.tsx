import { memo, useState } from 'react';
import type { ChatMeta } from '../../../../store';
import { useApp, useText } from '../../../useApp';
import { MoreIcon, PinIcon } from '../../../controls/icons';
import styles from './ChatRow.module.css';

interface ChatRowProps {
  chat: ChatMeta;
  isCurrent: boolean;
  isAnswering: boolean;
  renaming: boolean;
  onMore: (chat: ChatMeta, button: HTMLElement) => void;
  onRenamed: () => void;
}

function TitleField({ chat, onRenamed }: Pick<ChatRowProps, 'chat' | 'onRenamed'>) {
  const { t } = useText();
  const [title, setTitle] = useState(chat.title);
  const renameChat = useApp((s) => s.renameChat);
  return (
    <li className={`${styles.row} ${styles.renaming}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void renameChat(chat.id, title);
          onRenamed();
        }}
      >
        <input
          type="text"
          value={title}
          autoFocus
          maxLength={120}
          aria-label={t('chat.renameLabel')}
          onFocus={({ target }) => target.select()}
          onChange={({ target }) => setTitle(target.value)}
          onBlur={({ target }) => target.form?.requestSubmit()}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            onRenamed();
          }}
        />
      </form>
    </li>
  );
}

/** A chat in the list, with a menu of actions. */
export const ChatRow = memo(function ChatRow(props: ChatRowProps) {
  const { chat, isCurrent, isAnswering, renaming, onMore } = props;
  const { t } = useText();
  const openChat = useApp((s) => s.openChat);
  const title = chat.title || t('chat.untitled');
  if (renaming) return <TitleField chat={chat} onRenamed={props.onRenamed} />;
  return (
    <li className={isCurrent ? `${styles.row} ${styles.current}` : styles.row}>
      <button
        type="button"
        className={styles.open}
        aria-current={isCurrent ? 'page' : undefined}
        title={title}
        onClick={() => void openChat(chat.id)}
      >
        <span className={styles.title}>{title}</span>
        {chat.pinned && <PinIcon />}
        {isAnswering && (
          <>
            <span className="pulse" aria-hidden="true" />
            <span className="visually-hidden">({t('chat.answering')})</span>
          </>
        )}
      </button>
      <button
        type="button"
        className="icon-button small"
        aria-label={t('chat.more', { title })}
        aria-haspopup="menu"
        onClick={({ currentTarget }) => onMore(chat, currentTarget)}
      >
        <MoreIcon />
      </button>
    </li>
  );
});
