// The ports of the house of chats, implemented by the houses of models and page.
import { isImporting, usesNano } from './models/deskState';
import type { ModelsHouse } from './models/house';
import type { ChatsPorts, ModelPort } from './ports';
import type { PageHouse } from './page/house';
import { continuesOn } from './page/servers';
import { samplingOf, settingsOf } from './answerSettings';
import { forgetKeptPages } from './pages';

function modelPort({ desk, catalogue, stored, initial: { nanoUrl } }: ModelsHouse): ModelPort {
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
    embedder: () => stored.state.models.find(({ embedder, outdated }) => embedder && !outdated)?.id ?? null,
    conditions() {
      const { info } = desk.state;
      const { device, probe } = catalogue.state;
      return {
        software: device?.software ?? false,
        importing: isImporting({ model: desk.state }),
        gpuBytes: info?.gpuBytes ?? 0,
        allocatableBytes: probe?.allocatableBytes ?? null,
        predictedTokensPerSecond: () => catalogue.predictedSpeed(info),
      };
    },
  };
  return port;
}

export function chatsPorts(
  models: ModelsHouse,
  { settings, servers, view }: PageHouse,
  clearSmallStorage: () => void,
): ChatsPorts {
  const { desk } = models;
  return {
    model: modelPort(models),
    answering: {
      settings: (own) => settingsOf(settings.state, own),
      sampling: (own) => samplingOf(desk.state.info, settingsOf(settings.state, own)),
      systemPrompt: () => settings.state.systemPrompt,
      toolPermissions: () => settings.state.toolPermissions ?? {},
      setToolPermission: (tool, permission) =>
        settings.change({ toolPermissions: { ...settings.state.toolPermissions, [tool]: permission } }),
    },
    servers: {
      choice: (server, own) => servers.choice(server, settingsOf(settings.state, own).sampling),
      continues: (server) => continuesOn(servers.state.list, server),
    },
    page: {
      notify: (error) => view.notify(error),
      closeChatList: () => view.setChatListOpen(false),
      openPrompts: () => view.open('prompts'),
      openAbout: () => view.open('about'),
    },
    storage: {
      async persisted() {
        await models.stored.refreshSpace();
        return models.stored.state.persisted;
      },
      persist: () => models.stored.askPersistence(),
    },
    async wipeRest(withModels) {
      await models.wipe(withModels);
      await servers.deleteAll();
      await forgetKeptPages();
      settings.reset();
      clearSmallStorage();
    },
  };
}
