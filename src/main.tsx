// Composition root: builds the engine's client and the store, and mounts the page.
import './pwa/standIns';
import './pwa/scriptAddresses';
import { createRoot } from 'react-dom/client';
import { superviseEngine } from './client/supervisor';
import { tabSource } from './client/tabConnection';
import { onLaunch } from './pwa/launch';
import { fetchJson } from './network/network';
import { openAppShell } from './pwa/register';
import {
  browserStorage,
  clearSmallStorage,
  createAppStore,
  importInWorker,
  openBackupPlace,
  openChatDb,
  openDiskFiles,
  openFunctionDb,
  openPromptDb,
  openSurroundings,
  openServerDb,
  openServiceDb,
  Rescue,
  saveFile,
  type AppDeps,
} from './store';
import { App } from './ui/App';
import { chosenLanguage, loadTexts } from './ui/i18n';

declare const __NANO_VERSION__: string; // vite.config.ts

async function createOutside(): Promise<Pick<AppDeps, 'client' | 'storage' | 'fetchJson' | 'tools'>> {
  // Only builds made for the UI tests contain this branch: Vite replaces the condition.
  if (import.meta.env.MODE === 'test-fake') {
    const { createFakeClient } = await import('../e2e/fakeEngine');
    const { fakeHub, fakeStorage } = await import('../e2e/fakeOutside');
    const { fakeTools } = await import('../e2e/fakeTools');
    const query = new URLSearchParams(location.search);
    const client = createFakeClient(query);
    return { client, storage: fakeStorage(query), fetchJson: fakeHub, tools: fakeTools(query) };
  }
  const source = tabSource({
    startWorker: () => new Worker(new URL('./worker/main.ts', import.meta.url), { type: 'module' }),
    locks: navigator.locks,
    openChannel: 'BroadcastChannel' in globalThis ? (name) => new BroadcastChannel(name) : undefined,
  });
  return { client: superviseEngine({ source }), storage: browserStorage, fetchJson };
}

const store = createAppStore({
  ...(await createOutside()),
  chatDb: openChatDb(),
  backupPlace: openBackupPlace(),
  rescue: new Rescue(localStorage),
  promptDb: openPromptDb(),
  functionDb: openFunctionDb(),
  serverDb: openServerDb(),
  serviceDb: openServiceDb(),
  preferenceStorage: localStorage,
  clearSmallStorage,
  nanoUrl: new URL(`${import.meta.env.BASE_URL}models/nano.gguf?v=${__NANO_VERSION__}`, document.baseURI)
    .href,
  saveFile,
  diskFiles: openDiskFiles(),
  importChats: importInWorker,
  surroundings: openSurroundings(),
  // In development, and with the fake engine, files come straight from the server.
  shell: openAppShell(import.meta.env.MODE === 'production' ? new URL('sw.js', document.baseURI) : undefined),
});
onLaunch(({ action, text, handles }) => {
  const { desk, newChat, openModels, addToDraft } = store.getState();
  if (action === 'new' || text) newChat();
  if (text) void addToDraft(text);
  if (action === 'models' || handles.length > 0) openModels(handles.length > 0 ? 'here' : undefined);
  if (handles.length > 0) void desk.openHandles(handles);
});

await loadTexts(chosenLanguage(store.getState().preferences.language));
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(<App store={store} />);
