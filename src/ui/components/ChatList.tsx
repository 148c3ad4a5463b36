import { useState } from 'react';
import type { ChatMeta } from '../../store';
import { useApp, useText, type TextKey } from '../useApp';
import { focusComposer } from '../usePage';
import { Mark, PencilIcon, SettingsIcon, TrashIcon } from './icons';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Chats under the headings a reader remembers them by. */
function groupByAge(chats: ChatMeta[]): [TextKey, ChatMeta[]][] {
  const today = new Date().setHours(0, 0, 0, 0);
  const groups: [TextKey, number][] = [
    ['chat.today', today],
    ['chat.yesterday', today - DAY_MS],
    ['chat.week', today - 7 * DAY_MS],
    ['chat.older', -Infinity],
  ];
  const groupOf = ({ updatedAt }: ChatMeta) => groups.find(([, since]) => updatedAt >= since)?.[0];
  return groups
    .map(([key]): [TextKey, ChatMeta[]] => [key, chats.filter((chat) => groupOf(chat) === key)])
    .filter(([, members]) => members.length > 0);
}

function ChatRow({ chat }: { chat: ChatMeta }) {
  const { t } = useText();
  const [confirming, setConfirming] = useState(false);
  const isCurrent = useApp((s) => s.currentId === chat.id);
  const isAnswering = useApp((s) => s.turn?.chatId === chat.id);
  const openChat = useApp((s) => s.openChat);
  const deleteChat = useApp((s) => s.deleteChat);
  const title = chat.title || t('chat.untitled');
  if (confirming) {
    return (
      <li className="chat-row confirming" role="group" aria-label={t('chat.deleteConfirm')}>
        <span className="chat-title">{t('chat.deleteConfirm')}</span>
        <button type="button" className="button small danger" autoFocus onClick={() => deleteChat(chat.id)}>
          {t('chat.deleteYes')}
        </button>
        <button type="button" className="button small" onClick={() => setConfirming(false)}>
          {t('chat.deleteNo')}
        </button>
      </li>
    );
  }
  return (
    <li className={isCurrent ? 'chat-row current' : 'chat-row'}>
      <button
        type="button"
        className="chat-open"
        aria-current={isCurrent ? 'page' : undefined}
        title={title}
        onClick={() => void openChat(chat.id)}
      >
        <span className="chat-title">{title}</span>
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
        aria-label={t('chat.delete', { title })}
        onClick={() => setConfirming(true)}
      >
        <TrashIcon />
      </button>
    </li>
  );
}

/** New chat, the chats kept here, and the way to the settings. */
export function ChatList() {
  const { t } = useText();
  const chats = useApp((s) => s.chatIndex);
  const ready = useApp((s) => s.chatsReady);
  const newChat = useApp((s) => s.newChat);
  const openDialog = useApp((s) => s.openDialog);
  return (
    <nav className="chat-list" aria-label={t('chat.list')}>
      <p className="brand">
        <Mark />
        {t('app.name')}
      </p>
      <button
        type="button"
        className="new-chat"
        aria-keyshortcuts="Control+Shift+O Meta+Shift+O"
        title={`${t('chat.new')} (Ctrl/⌘+Shift+O)`}
        onClick={() => {
          newChat();
          focusComposer();
        }}
      >
        <PencilIcon />
        {t('chat.new')}
      </button>
      <div className="chat-groups">
        {ready && chats.length === 0 && <p className="quiet">{t('chat.listEmpty')}</p>}
        {groupByAge(chats).map(([key, members]) => (
          <section key={key} aria-label={t(key)}>
            <h2>{t(key)}</h2>
            <ul>
              {members.map((chat) => (
                <ChatRow key={chat.id} chat={chat} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <button type="button" className="list-foot" onClick={() => openDialog('settings')}>
        <SettingsIcon />
        {t('settings.open')}
      </button>
    </nav>
  );
}
