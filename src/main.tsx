// Composition root: builds the engine's client and the store, and mounts the page.
import { createRoot } from 'react-dom/client';
import { createEngineClient, type EngineClient } from './client/engineClient';
import { browserStorage, createAppStore, fetchJson, openChatDb, openDiskFiles, saveFile } from './store';
import { App } from './ui/App';
import './ui/styles/index.css';

declare const __NANO_VERSION__: string; // vite.config.ts

async function createClient(): Promise<EngineClient> {
  // Only builds made for the UI tests contain this branch: Vite replaces the condition.
  if (import.meta.env.MODE === 'test-fake') {
    const { createFakeClient } = await import('../e2e/fakeEngine');
    return createFakeClient(new URLSearchParams(location.search));
  }
  return createEngineClient(new Worker(new URL('./worker/main.ts', import.meta.url), { type: 'module' }));
}

const store = createAppStore({
  client: await createClient(),
  chatDb: openChatDb(),
  preferenceStorage: localStorage,
  nanoUrl: new URL(`${import.meta.env.BASE_URL}models/nano.gguf?v=${__NANO_VERSION__}`, document.baseURI)
    .href,
  storage: browserStorage,
  fetchJson,
  saveFile,
  diskFiles: openDiskFiles(),
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(<App store={store} />);
