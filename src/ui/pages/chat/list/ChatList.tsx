import { useCallback, useMemo, useState } from 'react';
import type { ChatMeta } from '../../../../store';
import { useApp, useText, type TextKey } from '../../../useApp';
import { focusComposer } from '../../../shell/usePage';
import { formatRoute } from '../../../route';
import { ChatRow } from './ChatRow';
import {
  AgentIcon,
  Mark,
  PencilIcon,
  PinIcon,
  SaveIcon,
  SearchIcon,
  SettingsIcon,
  TrashIcon,
} from '../../../controls/icons';
import { Menu, type MenuItem } from '../../../controls/Menu';
import styles from './ChatList.module.css';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Chats grouped by age, pinned ones first. */
function groupByAge(chats: ChatMeta[]): [TextKey, ChatMeta[]][] {
  const today = new Date().setHours(0, 0, 0, 0);
  const groups: [TextKey, number, ChatMeta[]][] = [
    ['chat.pinned', Infinity, []],
    ['chat.today', today, []],
    ['chat.yesterday', today - DAY_MS, []],
    ['chat.week', today - 7 * DAY_MS, []],
    ['chat.month', today - 30 * DAY_MS, []],
    ['chat.older', -Infinity, []],
  ];
  for (const chat of chats) {
    const group = groups.find(([, since]) => (chat.pinned ? Infinity : chat.updatedAt) >= since);
    group?.[2].push(chat);
  }
  return groups.filter(([, , members]) => members.length > 0).map(([key, , members]) => [key, members]);
}

interface OpenMenu {
  chat: ChatMeta;
  button: HTMLElement;
}

function ChatMenu({
  menu,
  onRename,
  onClose,
}: {
  menu: OpenMenu;
  onRename: () => void;
  onClose: () => void;
}) {
  const { t } = useText();
  const pinChat = useApp((s) => s.pinChat);
  const deleteChat = useApp((s) => s.deleteChat);
  const exportChat = useApp((s) => s.exportChat);
  const { id, pinned, title } = menu.chat;
  const items: MenuItem[] = [
    { label: t('chat.rename'), icon: <PencilIcon />, run: onRename },
    {
      label: t(pinned ? 'chat.unpin' : 'chat.pin'),
      icon: <PinIcon />,
      run: () => void pinChat(id, !pinned),
    },
    {
      label: t('chat.exportMarkdown'),
      icon: <SaveIcon />,
      run: () => void exportChat(id, 'markdown', t('message.you')),
    },
    { label: t('chat.exportJson'), icon: <SaveIcon />, run: () => void exportChat(id, 'json') },
    { label: t('chat.remove'), icon: <TrashIcon />, run: () => void deleteChat(id), danger: true },
  ];
  const label = t('chat.actions', { title: title || t('chat.untitled') });
  return <Menu label={label} items={items} anchor={menu.button} onClose={onClose} />;
}

/** Button for a new chat, the saved chats, and a button for the settings. */
export function ChatList() {
  const { t } = useText();
  const chats = useApp((s) => s.chatIndex);
  const ready = useApp((s) => s.chatsReady);
  const newChat = useApp((s) => s.newChat);
  const openDialog = useApp((s) => s.page.openDialog);
  const setChatListOpen = useApp((s) => s.page.setChatListOpen);
  const currentId = useApp((s) => s.currentId);
  const answeringId = useApp((s) => s.turn?.chatId);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const groups = useMemo(() => groupByAge(chats), [chats]);
  const onMore = useCallback((chat: ChatMeta, button: HTMLElement) => setMenu({ chat, button }), []);
  const onRenamed = useCallback(() => setRenaming(null), []);
  const closeMenu = useCallback(() => setMenu(null), []);
  return (
    <nav className={styles.chatList} aria-label={t('chat.list')}>
      <p className={styles.brand}>
        <Mark />
        {t('app.name')}
      </p>
      <div className={styles.listActions}>
        <button
          type="button"
          className={styles.newChat}
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
        <button
          type="button"
          className="icon-button"
          aria-label={t('palette.title')}
          aria-keyshortcuts="Control+K Meta+K"
          title={`${t('palette.title')} (Ctrl/⌘+K)`}
          onClick={() => openDialog('palette')}
        >
          <SearchIcon />
        </button>
      </div>
      <div className={styles.chatGroups}>
        {ready && chats.length === 0 && <p className="quiet">{t('chat.listEmpty')}</p>}
        {groups.map(([key, members]) => (
          <section key={key} aria-label={t(key)}>
            <h2>{t(key)}</h2>
            <ul>
              {members.map((chat) => (
                <ChatRow
                  key={chat.id}
                  chat={chat}
                  isCurrent={chat.id === currentId}
                  isAnswering={chat.id === answeringId}
                  renaming={chat.id === renaming}
                  onMore={onMore}
                  onRenamed={onRenamed}
                />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <a
        className={styles.listFoot}
        href={formatRoute({ page: 'agents', id: null })}
        onClick={() => setChatListOpen(false)}
      >
        <AgentIcon />
        {t('agents.open')}
      </a>
      <button type="button" className={styles.listFoot} onClick={() => openDialog('settings')}>
        <SettingsIcon />
        {t('settings.open')}
      </button>
      {menu && <ChatMenu menu={menu} onRename={() => setRenaming(menu.chat.id)} onClose={closeMenu} />}
    </nav>
  );
}
