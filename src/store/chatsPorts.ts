// The ports of the house of chats, implemented over the whole state.
import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from './appState';
import { isImporting, usesNano } from './models/deskState';
import type { ModelsHouse } from './models/house';
import { DEFAULT_PREFERENCES } from './page/preferences';
import type { ChatsPorts, ModelPort } from './ports';
import { continuesOn } from './page/serversSlice';
import { samplingOf, settingsOf } from './page/settingsSlice';

function modelPort({ desk, catalogue, initial: { nanoUrl } }: ModelsHouse): ModelPort {
  const port: ModelPort = {
    availability() {
      const { status } = desk.state;
      if (status === 'ready') return 'ready';
      return status === 'loading' || status === 'importing' ? 'coming' : 'none';
    },
    info: () => desk.state.info,
    isBuiltIn: () => usesNano({ model: desk.state, nanoUrl }),
    untilReady: (signal) =>
      new Promise((resolve) => {
        let unsubscribe = () => {};
        const check = () => {
          if (port.availability() === 'coming' && !signal.aborted) return;
          unsubscribe();
          signal.removeEventListener('abort', check);
          resolve(port.availability() === 'ready' && !signal.aborted);
        };
        unsubscribe = desk.subscribe(check);
        signal.addEventListener('abort', check);
        check();
      }),
    subscribe: (listener) => desk.subscribe(listener),
    reportMissing: () => desk.reportMissing(),
    reportAnswer(summary) {
      const { info } = desk.state;
      if (info) catalogue.recordAnswer(info.origin, summary);
    },
    conditions() {
      const { info } = desk.state;
      const { device, probe } = catalogue.state;
      return {
        software: device?.software ?? false,
        importing: isImporting({ model: desk.state }),
        gpuBytes: info?.gpuBytes ?? 0,
        allocatableBytes: probe?.allocatableBytes ?? null,
        predictedTokensPerSecond: catalogue.predictedSpeed(info),
      };
    },
  };
  return port;
}

export function chatsPorts(
  { getState: get }: Pick<StoreApi<AppState>, 'getState'>,
  models: ModelsHouse,
): ChatsPorts {
  const { desk, stored, downloads } = models;
  return {
    model: modelPort(models),
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
    async wipeRest(withModels) {
      for (const host of downloads.state.tokenHosts) downloads.keepToken(`https://${host}/`, '');
      await get().deleteServers();
      get().setPreferences(DEFAULT_PREFERENCES);
      if (!withModels) return;
      for (const { id } of stored.state.models) await desk.delete(id);
      for (const { id } of downloads.state.partial) await downloads.discard(id);
      await stored.refreshSpace();
    },
  };
}
