// The ports of the house of chats, implemented over the whole state.
import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from './appState';
import { predictedSpeed } from './models/catalogueSlice';
import { usesNano } from './models/modelSlice';
import { DEFAULT_PREFERENCES } from './page/preferences';
import type { ChatsPorts, ModelPort } from './ports';
import { continuesOn } from './page/serversSlice';
import { samplingOf, settingsOf } from './page/settingsSlice';

type Api = Pick<StoreApi<AppState>, 'getState' | 'subscribe'>;

function modelPort({ getState: get, subscribe }: Api): ModelPort {
  const port: ModelPort = {
    availability() {
      const { status } = get().model;
      if (status === 'ready') return 'ready';
      return status === 'loading' ? 'coming' : 'none';
    },
    info: () => (get().model.status === 'ready' ? get().model.info : null),
    isBuiltIn: () => usesNano(get()),
    untilReady: (signal) =>
      new Promise((resolve) => {
        let unsubscribe = () => {};
        const check = () => {
          if (port.availability() === 'coming' && !signal.aborted) return;
          unsubscribe();
          signal.removeEventListener('abort', check);
          resolve(port.availability() === 'ready' && !signal.aborted);
        };
        unsubscribe = subscribe(check);
        signal.addEventListener('abort', check);
        check();
      }),
    subscribe: (listener) =>
      subscribe((now, before) => {
        if (now.model !== before.model) listener();
      }),
    reportMissing: () => get().markModelMissing(),
    reportAnswer: (summary) => get().rememberSpeed(summary),
    conditions() {
      const { model, catalogue, incoming } = get();
      return {
        software: model.device?.software ?? false,
        importing: incoming !== null && incoming.readyId === null,
        gpuBytes: model.info?.gpuBytes ?? 0,
        allocatableBytes: catalogue.probe?.allocatableBytes ?? null,
        predictedTokensPerSecond: predictedSpeed({ model, catalogue }),
      };
    },
  };
  return port;
}

export function chatsPorts(api: Api): ChatsPorts {
  const get = api.getState;
  return {
    model: modelPort(api),
    answering: {
      settings: (own) => settingsOf(get().preferences, own),
      sampling: (own) => samplingOf(get(), own),
      systemPrompt: () => get().preferences.systemPrompt,
    },
    servers: {
      choice: (server, own) => get().serverChoice(server, settingsOf(get().preferences, own).sampling),
      continues: (server) => continuesOn(get().servers, server),
    },
    page: {
      notify: (error) => get().notify(error),
      closeChatList: () => get().setChatListOpen(false),
      openPrompts: () => get().openDialog('prompts'),
    },
    async wipeRest(models) {
      for (const host of get().downloads.tokenHosts) get().keepToken(`https://${host}/`, '');
      await get().deleteServers();
      get().setPreferences(DEFAULT_PREFERENCES);
      if (!models) return;
      for (const { id } of get().model.stored) await get().deleteStoredModel(id);
      for (const { id } of get().downloads.partial) await get().discardDownload(id);
    },
  };
}
