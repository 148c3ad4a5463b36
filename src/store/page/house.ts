// The house of the page: its objects, their states as one, and its commands.
import type { AppShell } from '../../pwa/register';
import type { PagePorts, SmallStorage } from '../ports';
import type { ServerDb } from './serverDb';
import { Servers } from './servers';
import { PREFERENCES_KEY } from './preferences';
import { Settings } from './settings';
import { Shell } from './shell';
import type { PageCommands, PageState } from './state';
import { View } from './view';

/** What the house needs from outside. */
export interface PageOutside {
  preferenceStorage: SmallStorage;
  serverDb: ServerDb;
  shell: AppShell;
}

export interface PageHouse {
  settings: Settings;
  servers: Servers;
  view: View;
  /** The state at the start; afterwards `subscribe` tells what changed. */
  initial: PageState;
  subscribe(listener: (change: Partial<PageState>) => void): void;
  /** Settles once the servers have been read, or cannot be. */
  whenRead(): Promise<unknown>;
}

export function openPage(
  { preferenceStorage, serverDb, shell: app }: PageOutside,
  ports: PagePorts,
): PageHouse {
  const settings = new Settings(preferenceStorage);
  // Another tab has changed a setting.
  globalThis.addEventListener?.('storage', ({ key }: StorageEvent) => {
    if (key === PREFERENCES_KEY) settings.follow();
  });
  const servers = new Servers(serverDb);
  const shell = new Shell(app, ports.work);
  const view = new View();

  let reading: Promise<unknown> = Promise.resolve();
  const commands: PageCommands = {
    setPreferences: (change) => settings.change(change),

    openServers() {
      const opened = servers.open();
      reading = opened.catch(() => undefined);
      return opened;
    },
    checkServer: (draft) => servers.check(draft),
    forgetCheck: () => servers.forgetCheck(),
    saveServer: (draft, models) => servers.save(draft, models),
    deleteServer: (id) => servers.delete(id),

    updateApp: () => shell.update(),
    postponeUpdate: () => shell.postpone(),
    reportMissingPart: () => void shell.reportMissingPart(),
    dismissMissingPart: () => shell.dismissMissingPart(),
    installApp: () => shell.install(),

    openDialog: (dialog) => view.open(dialog),
    closeDialog: () => view.close(),
    setModelsTab: (tab) => view.setModelsTab(tab),
    setChatListOpen: (open) => view.setChatListOpen(open),
    notify: (error) => view.notify(error),
    dismissNotice: () => view.dismissNotice(),
  };

  return {
    settings,
    servers,
    view,
    whenRead: () => reading,
    initial: {
      preferences: settings.state,
      servers: servers.state,
      app: shell.state,
      view: view.state,
      page: commands,
    },
    subscribe(listener) {
      settings.subscribe((preferences) => listener({ preferences }));
      servers.subscribe((state) => listener({ servers: state }));
      shell.subscribe((state) => listener({ app: state }));
      view.subscribe((state) => listener({ view: state }));
    },
  };
}
