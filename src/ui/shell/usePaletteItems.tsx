// Items of the palette: chats and messages that match, and actions.
import { useDeferredValue, type ReactNode } from 'react';
import { Marked } from './Marked';
import {
  AgentIcon,
  FileIcon,
  FolderIcon,
  GaugeIcon,
  InstallIcon,
  LanguageIcon,
  LockIcon,
  PencilIcon,
  PinIcon,
  SaveIcon,
  SettingsIcon,
  ThemeIcon,
  TrashIcon,
} from '../controls/icons';
import { useApp, useText, type TextKey } from '../useApp';
import { currentRoute, goTo } from '../route';
import { focusComposer } from './usePage';

export interface PaletteItem {
  id: string;
  label: ReactNode;
  /** Second line: the chat of a matching message. */
  detail?: ReactNode;
  icon?: ReactNode;
  keys?: string;
  run: () => void;
}

export interface PaletteGroup {
  name: TextKey;
  items: PaletteItem[];
}

interface Action extends Omit<PaletteItem, 'label'> {
  label: string;
  /** Search words besides the label, in both languages. */
  words?: string;
}

/** From another page to a chat, or to a new one. */
function leaveBench(chatId: string | null): void {
  if (currentRoute().page !== 'chat') goTo({ page: 'chat', chatId });
}

/** Number of chats shown without a query. */
const RECENT_CHATS = 6;

function useActions(onImport: () => void): Action[] {
  const { t } = useText();
  const newChat = useApp((s) => s.newChat);
  const openModels = useApp((s) => s.openModels);
  const openDialog = useApp((s) => s.page.openDialog);
  const setPreferences = useApp((s) => s.page.setPreferences);
  const exportChat = useApp((s) => s.exportChat);
  const exportAll = useApp((s) => s.exportAll);
  const pinChat = useApp((s) => s.pinChat);
  const deleteChat = useApp((s) => s.deleteChat);
  const current = useApp((s) => s.chatIndex.find(({ id }) => id === s.currentId));
  const installable = useApp((s) => s.app.installable);
  const installApp = useApp((s) => s.page.installApp);
  const hasChats = useApp((s) => s.chatIndex.length > 0);
  const ofChat = (chat: NonNullable<typeof current>): Action[] => [
    {
      id: 'pin',
      label: t(chat.pinned ? 'palette.unpin' : 'palette.pin'),
      icon: <PinIcon />,
      run: () => void pinChat(chat.id, !chat.pinned),
    },
    {
      id: 'export-markdown',
      label: t('palette.exportMarkdown'),
      words: 'save download 保存',
      icon: <SaveIcon />,
      run: () => void exportChat(chat.id, 'markdown', t('message.you')),
    },
    {
      id: 'export-json',
      label: t('palette.exportJson'),
      words: 'save download 保存',
      icon: <SaveIcon />,
      run: () => void exportChat(chat.id, 'json'),
    },
    {
      id: 'delete',
      label: t('palette.delete'),
      words: 'remove 移除',
      icon: <TrashIcon />,
      run: () => void deleteChat(chat.id),
    },
  ];
  return [
    {
      id: 'new',
      label: t('chat.new'),
      words: 'start 开始',
      icon: <PencilIcon />,
      keys: 'Ctrl/⌘+Shift+O',
      run: () => {
        leaveBench(null);
        newChat();
        focusComposer();
      },
    },
    {
      id: 'agents',
      label: t('agents.open'),
      words: 'assistant gpts knowledge 助手 知识',
      icon: <AgentIcon />,
      run: () => goTo({ page: 'agents', id: null }),
    },
    {
      id: 'models',
      label: t('palette.models'),
      words: 'download gguf load 下载 加载 catalogue',
      icon: <FolderIcon />,
      run: () => openModels(),
    },
    {
      id: 'settings',
      label: t('settings.title'),
      words: 'preferences options temperature 选项 温度',
      icon: <SettingsIcon />,
      run: () => openDialog('settings'),
    },
    {
      id: 'bench',
      label: t('bench.open'),
      words: 'benchmark speed performance tokens per second 速度 性能',
      icon: <GaugeIcon />,
      run: () => goTo({ page: 'bench' }),
    },
    ...(installable
      ? [
          {
            id: 'install',
            label: t('install.button'),
            words: 'pwa desktop home screen 桌面 主屏幕',
            icon: <InstallIcon />,
            run: installApp,
          },
        ]
      : []),
    ...(current ? ofChat(current) : []),
    ...(hasChats
      ? [
          {
            id: 'export-all',
            label: t('palette.exportAll'),
            words: 'backup save json 备份',
            icon: <SaveIcon />,
            run: () => void exportAll('json'),
          },
        ]
      : []),
    {
      id: 'import',
      label: t('palette.import'),
      words: 'chatgpt restore zip json 恢复',
      icon: <FileIcon />,
      run: onImport,
    },
    ...(['system', 'light', 'dark'] as const).map((theme) => ({
      id: `theme-${theme}`,
      label: t('palette.theme', { name: t(THEME_NAMES[theme]) }),
      words: 'theme appearance night 主题 外观 夜间',
      icon: <ThemeIcon />,
      run: () => setPreferences({ theme }),
    })),
    ...(
      [
        ['zh-CN', '中文'],
        ['en', 'English'],
      ] as const
    ).map(([language, name]) => ({
      id: `language-${language}`,
      label: t('palette.language', { name }),
      words: 'language 语言',
      icon: <LanguageIcon />,
      run: () => setPreferences({ language }),
    })),
    {
      id: 'data',
      label: t('palette.wipe'),
      words: 'erase privacy clear 清除 隐私',
      icon: <LockIcon />,
      run: () => openDialog('settings'),
    },
  ];
}

const THEME_NAMES = {
  system: 'settings.themeSystem',
  light: 'settings.themeLight',
  dark: 'settings.themeDark',
} as const satisfies Record<string, TextKey>;

/** The palette's groups for a query. */
export function usePaletteItems(query: string, onImport: () => void): PaletteGroup[] {
  const { t } = useText();
  const chats = useApp((s) => s.chatIndex);
  const searchChats = useApp((s) => s.searchChats);
  const openMessage = useApp((s) => s.openMessage);
  // The search reads the store's texts as they are: it runs again as more of them have been read.
  useApp((s) => s.searchReady);
  const actions = useActions(onImport);
  const hits = searchChats(useDeferredValue(query)); // typing has priority over searching
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ label, words: more = '' }: Action) =>
    words.every((word) => `${label} ${more}`.toLowerCase().includes(word));
  const untitled = t('chat.untitled');
  const go = (chatId: string, messageId: string | null) => {
    leaveBench(chatId);
    void openMessage(chatId, messageId, query);
  };
  if (words.length === 0) {
    const recent = chats.slice(0, RECENT_CHATS).map(({ id, title }) => ({
      id: `chat-${id}`,
      label: title || untitled,
      run: () => go(id, null),
    }));
    return withContent([
      { name: 'palette.recent', items: recent },
      { name: 'palette.actions', items: actions },
    ]);
  }
  const titles = hits.filter(({ messageId }) => messageId === null);
  const messages = hits.filter(({ messageId }) => messageId !== null);
  return withContent([
    { name: 'palette.actions', items: actions.filter(fits) },
    {
      name: 'palette.chats',
      items: titles.map(({ chatId, title, marks }) => ({
        id: `chat-${chatId}`,
        label: <Marked text={title} marks={marks} />,
        run: () => go(chatId, null),
      })),
    },
    {
      name: 'palette.messages',
      items: messages.map(({ chatId, messageId, title, snippet, marks }) => ({
        id: `message-${chatId}-${messageId}`,
        label: <Marked text={snippet} marks={marks} />,
        detail: title || untitled,
        run: () => go(chatId, messageId),
      })),
    },
  ]);
}

const withContent = (groups: PaletteGroup[]) => groups.filter(({ items }) => items.length > 0);
