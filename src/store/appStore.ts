// The app's one store: the houses of chats, models and page, each given what it needs of the others.
import { createStore, type StoreApi } from 'zustand/vanilla';
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
import { openPage } from './page/house';
import type { PagePorts } from './ports';
import { sharedCommands } from './sharedCommands';
import { createTitlesSlice } from './chats/titlesSlice';
import { createTransferSlice } from './chats/transferSlice';
import { createTurnSlice } from './chats/turnSlice';

/** A reload now would interrupt an answer or a load. */
function workOf({ getState, subscribe }: StoreApi<AppState>): PagePorts['work'] {
  return {
    isBusy() {
      const { turn, model } = getState();
      return turn !== null || model.status === 'loading' || model.status === 'importing';
    },
    subscribe,
  };
}

export function createAppStore(outside: AppDeps): AppStore {
  const { client, background } = withBackground(outside.client);
  return createStore<AppState>()((set, get, api) => {
    const page = openPage(outside, { work: workOf(api) });
    page.subscribe(set);
    const models = openModels({ ...outside, client }, modelsPorts(set, get, page));
    models.subscribe(set);
    const ports = chatsPorts(models, page);
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
      ...models.initial,
      ...page.initial,
      ...sharedCommands(get, models, page),
    };
  });
}
