import { lazy, Suspense, useEffect } from 'react';
import { StoreContext, useApp, useText } from './useApp';
import { useFocusKeeper } from './shell/useFocusKeeper';
import { useImportPicker } from './shell/useImportPicker';
import { NARROW, useMedia } from './useMedia';
import {
  focusComposer,
  useActivity,
  useBenchAddress,
  useChatAddress,
  useLanguageAttribute,
  useSaveOnLeave,
  useShortcuts,
  useTheme,
} from './shell/usePage';
import { canAsk, currentChat, isUnsupported, type AppStore } from '../store';
import { Announcer } from './shell/Announcer';
import { ChatList } from './pages/chat/list/ChatList';
import { Composer } from './pages/chat/composer/Composer';
import { DropZone } from './shell/DropZone';
import { ErrorCard } from './controls/ErrorCard';
import { Header } from './pages/chat/Header';
import { LoadCard } from './pages/models/cards/LoadCard';
import { MessageList } from './pages/chat/MessageList';
import { Modal } from './controls/Modal';
import { Palette } from './shell/Palette';
import { ModelError } from './pages/models/cards/ModelError';
import { DownloadSheet } from './pages/models/DownloadSheet';
import { ModelDialog } from './pages/models/ModelDialog';
import { ChatModelCard } from './pages/models/cards/ChatModelCard';
import { AskAgainCard, OfferCard, SwitchCard } from './pages/models/cards/OfferCard';
import { SettingsDialog } from './pages/settings/SettingsDialog';
import { UpdateCard } from './shell/UpdateCard';
import { TransferCard } from './shell/TransferCard';
import { UndoToast } from './shell/UndoToast';

const PromptsDialog = lazy(() => import('./pages/chat/composer/PromptsDialog'));
const HelpDialog = lazy(() => import('./pages/chat/composer/HelpDialog'));
const AboutAnswer = lazy(() => import('./pages/chat/about/AboutAnswer'));
const BenchPage = lazy(() => import('./pages/bench/BenchPage'));

/** Whether the chat list lies over the page: what else is there cannot be reached. */
function useDrawerOpen(): boolean {
  const narrow = useMedia(NARROW);
  return useApp((s) => s.chatListOpen) && narrow;
}

/** The chat list: beside the chat on wide screens, a drawer on narrow ones. */
function Sidebar() {
  const { t } = useText();
  const narrow = useMedia(NARROW);
  const open = useApp((s) => s.chatListOpen);
  const setOpen = useApp((s) => s.setChatListOpen);
  if (!narrow) {
    return (
      <aside className="sidebar">
        <ChatList />
      </aside>
    );
  }
  if (!open) return null;
  return (
    <Modal title={t('chat.list')} side="left" closeLabel={t('chat.menuClose')} onClose={() => setOpen(false)}>
      <ChatList />
      <UndoToast />
    </Modal>
  );
}

/** Between the messages and the field: what the model is doing, or why it is not there. */
function ModelStrip() {
  const { t } = useText();
  const { status, error } = useApp((s) => s.model);
  // An empty chat explains this at length; the others say it in short.
  const unsupportedHere = useApp((s) => isUnsupported(s) && currentChat(s).messages.length > 0);
  const openModels = useApp((s) => s.openModels);
  const offered = useApp((s) => s.downloads.offered !== null);
  const notice = useApp((s) => s.notice);
  const dismissNotice = useApp((s) => s.dismissNotice);
  return (
    <div className="strip">
      <TransferCard />
      {notice && <ErrorCard error={notice} onDismiss={dismissNotice} />}
      <LoadCard />
      <ModelError />
      {unsupportedHere && error && <ErrorCard error={error} />}
      <SwitchCard />
      <ChatModelCard />
      <AskAgainCard />
      <OfferCard />
      <UpdateCard />
      {status === 'idle' && !offered && (
        <div className="hint-card" role="status">
          <p>{t('load.canceled')}</p>
          <button type="button" className="button primary" onClick={() => openModels()}>
            {t('model.choose')}
          </button>
        </div>
      )}
    </div>
  );
}

function Page() {
  const { t } = useText();
  const dialog = useApp((s) => s.dialog);
  const unsupported = useApp((s) => isUnsupported(s) && !canAsk(s));
  const openServers = useApp((s) => s.openServers);
  const openChats = useApp((s) => s.openChats);
  const openDrafts = useApp((s) => s.openDrafts);
  const openAttachments = useApp((s) => s.openAttachments);
  const openPrompts = useApp((s) => s.openPrompts);
  const startModel = useApp((s) => s.desk.startModel);
  const drawerOpen = useDrawerOpen();
  useLanguageAttribute();
  useTheme();
  const chatFound = useChatAddress();
  const onBench = useBenchAddress();
  useShortcuts();
  useFocusKeeper();
  useSaveOnLeave();
  useActivity();
  const importPicker = useImportPicker();
  useEffect(() => {
    void openChats();
    void openDrafts();
    void openAttachments();
    void openPrompts();
    void openServers();
    void startModel();
  }, [openChats, openDrafts, openAttachments, openPrompts, openServers, startModel]);
  return (
    <div className="page">
      {!onBench && (
        <button type="button" className="skip-link" onClick={focusComposer}>
          {t('app.skipToMessage')}
        </button>
      )}
      {onBench ? (
        <Suspense>
          <BenchPage />
        </Suspense>
      ) : (
        <>
          <Sidebar />
          <main className="chat">
            <Header />
            {chatFound ? <MessageList /> : <div className="scroller" />}
            <div className="dock">
              {!drawerOpen && <UndoToast />}
              <ModelStrip />
              {!unsupported && <Composer />}
            </div>
          </main>
        </>
      )}
      {dialog === 'models' && <ModelDialog />}
      <DownloadSheet />
      {(dialog === 'prompts' || dialog === 'help') && (
        <Suspense>{dialog === 'prompts' ? <PromptsDialog /> : <HelpDialog />}</Suspense>
      )}
      {dialog === 'about' && (
        <Suspense>
          <AboutAnswer />
        </Suspense>
      )}
      {dialog === 'settings' && <SettingsDialog onImport={importPicker.pick} />}
      {dialog === 'palette' && <Palette onImport={importPicker.pick} />}
      {importPicker.input}
      <DropZone />
      <Announcer />
    </div>
  );
}

export function App({ store }: { store: AppStore }) {
  return (
    <StoreContext value={store}>
      <Page />
    </StoreContext>
  );
}
