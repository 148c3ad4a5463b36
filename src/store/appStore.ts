// The app's one store: slices by subject, and the turn that writes an answer.
import { createStore } from 'zustand/vanilla';
import { withBackground } from '../agent/background';
import type { AppDeps, AppState, AppStore } from './appState';
import { createAttachmentsSlice } from './attachmentsSlice';
import { createBenchSlice } from './benchSlice';
import { createCatalogueSlice } from './catalogueSlice';
import { createChatSearch } from './chatSearch';
import { createChatsSlice } from './chatsSlice';
import { createDownloadsSlice } from './downloadsSlice';
import { createDraftsSlice } from './draftsSlice';
import { createFilesSlice } from './filesSlice';
import { createImportSlice } from './importSlice';
import { createInspectSlice } from './inspectSlice';
import { createModelSlice } from './modelSlice';
import { createPromptsSlice } from './promptsSlice';
import { createSearchSlice } from './searchSlice';
import { createServersSlice } from './serversSlice';
import { createSettingsSlice } from './settingsSlice';
import { createShellSlice } from './shellSlice';
import { createStorageSlice } from './storageSlice';
import { createTitlesSlice } from './titlesSlice';
import { createTransferSlice } from './transferSlice';
import { createTurnSlice } from './turnSlice';
import { createUiSlice } from './uiSlice';

export function createAppStore(outside: AppDeps): AppStore {
  const deps = { ...outside, ...withBackground(outside.client), search: createChatSearch() };
  return createStore<AppState>()((set, get, api) => ({
    ...createChatsSlice(set, get, deps, api.subscribe),
    ...createDraftsSlice(set, get, deps, api.subscribe),
    ...createAttachmentsSlice(set, get, deps, api.subscribe),
    ...createPromptsSlice(set, get, deps, api.subscribe),
    ...createSearchSlice(set, get, deps, api.subscribe),
    ...createTitlesSlice(set, get, deps, api.subscribe),
    ...createTransferSlice(set, get, deps, api.subscribe),
    ...createTurnSlice(set, get, deps, api.subscribe),
    ...createInspectSlice(set, get, deps, api.subscribe),
    ...createModelSlice(set, get, deps, api.subscribe),
    ...createImportSlice(set, get, deps, api.subscribe),
    ...createCatalogueSlice(set, get, deps, api.subscribe),
    ...createDownloadsSlice(set, get, deps, api.subscribe),
    ...createStorageSlice(set, get, deps, api.subscribe),
    ...createFilesSlice(set, get, deps, api.subscribe),
    ...createSettingsSlice(set, get, deps, api.subscribe),
    ...createServersSlice(set, get, deps, api.subscribe),
    ...createShellSlice(set, get, deps, api.subscribe),
    ...createBenchSlice(set, get, deps, api.subscribe),
    ...createUiSlice(set, get, deps, api.subscribe),
  }));
}
