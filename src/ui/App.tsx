import './theme.css';
import './base.css';
import { useEffect } from 'react';
import { StoreContext, useApp, useText } from './useApp';
import { preloadErrorTexts } from './useErrorText';
import { lazyView } from './lazyPart';
import { goTo, useRoute } from './route';
import { surviveTranslation } from './shell/translation';
import { useChatRoute } from './shell/useChatRoute';
import { Boundary } from './boundary/Boundary';
import { useFocusKeeper } from './shell/useFocusKeeper';
import { useInputMethod } from './shell/useInputMethod';
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
import styles from './App.module.css';

/** After the first screen: the dialogs that most readers open soon, and the texts of errors. */
const PRELOAD_AFTER_MS = 1500;

const ModelDialog = lazyView(() => import('./pages/models/ModelDialog'));
const DownloadSheet = lazyView(() => import('./pages/models/catalogue/DownloadSheet'));
const SettingsDialog = lazyView(() => import('./pages/settings/SettingsDialog'));
const PromptsDialog = lazyView(() => import('./pages/chat/composer/PromptsDialog'));
const HelpDialog = lazyView(() => import('./pages/chat/composer/HelpDialog'));
const AboutAnswer = lazyView(() => import('./pages/chat/about/AboutAnswer'));
const CompareDialog = lazyView(() => import('./pages/chat/compare/CompareDialog'));
const Palette = lazyView(() => import('./shell/Palette'));
const BenchPage = lazyView(() => import('./pages/bench/BenchPage'));
const AgentsPage = lazyView(() => import('./pages/agents/AgentsPage'));

function Page() {
  const { t } = useText();
  const dialog = useApp((s) => s.view.dialog);
  const hasRequest = useApp((s) => s.downloads.request !== null);
  const closeDialog = useApp((s) => s.page.closeDialog);
  const closeRequest = useApp((s) => s.desk.closeRequest);
  const openServers = useApp((s) => s.page.openServers);
  const openChats = useApp((s) => s.openChats);
  const openDrafts = useApp((s) => s.openDrafts);
  const openAttachments = useApp((s) => s.openAttachments);
  const openPrompts = useApp((s) => s.openPrompts);
  const openBackups = useApp((s) => s.openBackups);
  const startModel = useApp((s) => s.desk.startModel);
  useLanguageAttribute();
  useTheme();
  const chatFound = useChatRoute();
  const { page } = useRoute();
  const other = page === 'bench' || page === 'agents' ? page : null;
  // Dialogs belong to the page under them: another address closes them.
  useEffect(() => {
    if (!other) return;
    closeDialog();
    closeRequest();
  }, [other, closeDialog, closeRequest]);
  // Agents of files, however they came, are looked at on the page of agents.
  const hasReview = useApp((s) => s.agents.agentReviews.length > 0);
  useEffect(() => {
    if (hasReview) goTo({ page: 'agents', id: null });
  }, [hasReview]);
  useInputMethod();
  useEffect(() => surviveTranslation(document.body), []);
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
    void openBackups();
    void openServers();
    void startModel();
  }, [openChats, openDrafts, openAttachments, openPrompts, openBackups, openServers, startModel]);
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const view of [Palette, ModelDialog, DownloadSheet, SettingsDialog]) view.preload();
      preloadErrorTexts();
    }, PRELOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.page}>
      {!other && (
        <button type="button" className={styles.skipLink} onClick={focusComposer}>
          {t('app.skipToMessage')}
        </button>
      )}
      <Boundary resetKey={other}>
        {other === 'bench' && <BenchPage />}
        {other === 'agents' && <AgentsPage />}
        {!other && <ChatPage chatFound={chatFound} />}
      </Boundary>
      <Boundary onClose={closeDialog} resetKey={dialog}>
        {dialog === 'models' && <ModelDialog />}
        {dialog === 'prompts' && <PromptsDialog />}
        {dialog === 'help' && <HelpDialog />}
        {dialog === 'about' && <AboutAnswer />}
        {dialog === 'compare' && <CompareDialog />}
        {dialog === 'settings' && <SettingsDialog onImport={importPicker.pick} />}
        {dialog === 'palette' && <Palette onImport={importPicker.pick} />}
      </Boundary>
      <Boundary onClose={closeRequest} resetKey={hasRequest}>
        {hasRequest && <DownloadSheet />}
      </Boundary>
      {importPicker.input}
      <Boundary silent>
        <DropZone />
        <Announcer />
      </Boundary>
    </div>
  );
}

export function App({ store }: { store: AppStore }) {
  return (
    <StoreContext value={store}>
      <Boundary>
        <Page />
      </Boundary>
    </StoreContext>
  );
}
