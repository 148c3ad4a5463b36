// The app's one store: slices by subject, and the turn that writes an answer.
import { createStore } from 'zustand/vanilla';
import { withBackground } from '../agent/background';
import type { AppDeps, AppState, AppStore } from './appState';
import { createAttachmentsSlice } from './chats/attachmentsSlice';
import { chatsPorts } from './chatsPorts';
import { openModels } from './models/house';
import { modelsPorts } from './modelsPorts';
import { createChatSearch } from './chats/chatSearch';
import { createChatsSlice } from './chats/chatsSlice';
import { createDraftsSlice } from './chats/draftsSlice';
import { createInspectSlice } from './chats/inspectSlice';
import { createPromptsSlice } from './chats/promptsSlice';
import { createSearchSlice } from './chats/searchSlice';
import { createServersSlice } from './page/serversSlice';
import { createSettingsSlice } from './page/settingsSlice';
import { createShellSlice } from './page/shellSlice';
import { createTitlesSlice } from './chats/titlesSlice';
import { createTransferSlice } from './chats/transferSlice';
import { createTurnSlice } from './chats/turnSlice';
import { createUiSlice } from './page/uiSlice';

export function createAppStore(outside: AppDeps): AppStore {
  const { client, background } = withBackground(outside.client);
  return createStore<AppState>()((set, get, api) => {
    const models = openModels({ ...outside, client }, modelsPorts(set, get));
    models.subscribe(set);
    const ports = chatsPorts(api, models);
    const deps = { ...outside, client, background, ports, search: createChatSearch() };
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
      ...createSettingsSlice(set, get, deps, api.subscribe),
      ...createServersSlice(set, get, deps, api.subscribe),
      ...createShellSlice(set, get, deps, api.subscribe),
      ...createUiSlice(set, get, deps, api.subscribe),
      ...models.initial,
      takeModel(model) {
        get().setChatModel(get().currentId, model);
        models.desk.use(model);
      },
    };
  });
}
