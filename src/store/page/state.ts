// What the state shows of the page, and what the user interface may ask of it.
import type { WireError } from '../../shared/errors';
import type {
  DialogName,
  InstalledApp,
  ModelsTab,
  Preferences,
  ServerDraft,
  ServersState,
  ViewState,
} from './types';

/** Each is the state of one object: src/store/page/house.ts. */
export interface PageState {
  preferences: Preferences;
  servers: ServersState;
  app: InstalledApp;
  view: ViewState;
  page: PageCommands;
}

/** The same object for the life of the page. */
export interface PageCommands {
  setPreferences(change: Partial<Omit<Preferences, 'sampling'>>): void;

  openServers(): Promise<void>;
  /** Asks the server for its models, as the form has it. Nothing is stored. */
  checkServer(draft: ServerDraft): Promise<void>;
  forgetCheck(): void;
  /**
   * @param models names entered by hand where the server has no list
   * @returns whether it was stored; the reason against stands in `servers.check`. A server without known models has to
   * be asked first.
   */
  saveServer(draft: ServerDraft, models: string[]): Promise<boolean>;
  deleteServer(id: string): Promise<void>;

  /** Reloads into the new version, after the answer or load under way. */
  updateApp(): void;
  postponeUpdate(): void;
  /** A lazy part could not be fetched: reloads the page once, after the answer or load under way. */
  reportMissingPart(): void;
  dismissMissingPart(): void;
  installApp(): void;

  openDialog(dialog: DialogName): void;
  closeDialog(): void;
  setModelsTab(tab: ModelsTab): void;
  setChatListOpen(open: boolean): void;
  notify(error: WireError): void;
  dismissNotice(): void;
}
