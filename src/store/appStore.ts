// The app's one store: the houses of chats, models and page, each given what it needs of the others.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { withBackground } from '../agent/background';
import { builtInTools } from '../tools/builtIn';
import { ToolRegistry } from '../tools/registry';
import type { AppDeps, AppState, AppStore } from './appState';
import { openChats, type ChatsHouse } from './chats/house';
import { chatsPorts } from './chatsPorts';
import { openModels } from './models/house';
import { modelsPorts } from './modelsPorts';
import { openPage } from './page/house';
import type { PagePorts } from './ports';
import { sharedCommands } from './sharedCommands';

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
    // The ports of the models reach the chats, which are opened after them: they are called later.
    const models = openModels(
      { ...outside, client },
      modelsPorts(() => chats, page),
    );
    const chats: ChatsHouse = openChats(
      {
        ...outside,
        client,
        background,
        tools:
          outside.tools ?? new ToolRegistry(builtInTools({ browser: () => page.settings.state.browser })),
      },
      chatsPorts(models, page, outside.clearSmallStorage),
    );
    for (const house of [page, models, chats]) house.subscribe(set);
    return {
      ...chats.initial,
      ...models.initial,
      ...page.initial,
      ...sharedCommands(get, { chats, models, page }),
    };
  });
}
