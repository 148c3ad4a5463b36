// The app's one store: slices by subject, and the turn that writes an answer.
import { createStore } from 'zustand/vanilla';
import { withBackground } from '../agent/background';
import type { AppDeps, AppState, AppStore } from './appState';
import { createAttachmentsSlice } from './chats/attachmentsSlice';
import { createBenchSlice } from './models/benchSlice';
import { createCatalogueSlice } from './models/catalogueSlice';
import { chatsPorts } from './chatsPorts';
import { createChatSearch } from './chats/chatSearch';
import { createChatsSlice } from './chats/chatsSlice';
import { createDownloadsSlice } from './models/downloadsSlice';
import { createDraftsSlice } from './chats/draftsSlice';
import { createFilesSlice } from './models/filesSlice';
import { createImportSlice } from './models/importSlice';
import { createInspectSlice } from './chats/inspectSlice';
import { createModelSlice } from './models/modelSlice';
import { createPromptsSlice } from './chats/promptsSlice';
import { createSearchSlice } from './chats/searchSlice';
import { createServersSlice } from './page/serversSlice';
import { createSettingsSlice } from './page/settingsSlice';
import { createShellSlice } from './page/shellSlice';
import { createStorageSlice } from './models/storageSlice';
import { createTitlesSlice } from './chats/titlesSlice';
import { createTransferSlice } from './chats/transferSlice';
import { createTurnSlice } from './chats/turnSlice';
import { createUiSlice } from './page/uiSlice';

export function createAppStore(outside: AppDeps): AppStore {
  const shared = { ...withBackground(outside.client), search: createChatSearch() };
  return createStore<AppState>()((set, get, api) => {
    const deps = { ...outside, ...shared, ports: chatsPorts(api) };
    return {
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
    };
  });
}
