import './theme.css';
import './base.css';
import { lazy, Suspense, useEffect } from 'react';
import { StoreContext, useApp, useText } from './useApp';
import { useRoute } from './route';
import { useChatRoute } from './shell/useChatRoute';
import { useFocusKeeper } from './shell/useFocusKeeper';
import { useImportPicker } from './shell/useImportPicker';
import {
  focusComposer,
  useActivity,
  useLanguageAttribute,
  useSaveOnLeave,
  useShortcuts,
  useTheme,
} from './shell/usePage';
import type { AppStore } from '../store';
import { Announcer } from './shell/Announcer';
import { ChatPage } from './pages/chat/ChatPage';
import { DropZone } from './shell/DropZone';
import { Palette } from './shell/Palette';
import { DownloadSheet } from './pages/models/DownloadSheet';
import { ModelDialog } from './pages/models/ModelDialog';
import { SettingsDialog } from './pages/settings/SettingsDialog';
import styles from './App.module.css';

const PromptsDialog = lazy(() => import('./pages/chat/composer/PromptsDialog'));
const HelpDialog = lazy(() => import('./pages/chat/composer/HelpDialog'));
const AboutAnswer = lazy(() => import('./pages/chat/about/AboutAnswer'));
const BenchPage = lazy(() => import('./pages/bench/BenchPage'));

function Page() {
  const { t } = useText();
  const dialog = useApp((s) => s.view.dialog);
  const openServers = useApp((s) => s.page.openServers);
  const openChats = useApp((s) => s.openChats);
  const openDrafts = useApp((s) => s.openDrafts);
  const openAttachments = useApp((s) => s.openAttachments);
  const openPrompts = useApp((s) => s.openPrompts);
  const startModel = useApp((s) => s.desk.startModel);
  useLanguageAttribute();
  useTheme();
  const chatFound = useChatRoute();
  const onBench = useRoute().page === 'bench';
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
    <div className={styles.page}>
      {!onBench && (
        <button type="button" className={styles.skipLink} onClick={focusComposer}>
          {t('app.skipToMessage')}
        </button>
      )}
      {onBench ? (
        <Suspense>
          <BenchPage />
        </Suspense>
      ) : (
        <ChatPage chatFound={chatFound} />
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
