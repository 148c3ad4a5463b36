// Of the store: settings, servers, the installed app, and what is open on the page.
import type { ServerListing } from '../../servers/models';
import type { ServerChoice } from '../../servers/serverClient';
import type { WireError } from '../../shared/errors';
import type { PresetName } from './samplingPresets';
import type { StoredServer } from './serverDb';
import type { AnswerSettings, ChatServer, SamplingOverrides } from '../answerSettings';
import type { Preferences } from './types';

export interface SettingsSlice {
  preferences: Preferences;
  setPreferences(change: Partial<Omit<Preferences, 'sampling'>>): void;
  /** Of the current chat where it has values of its own, else of all chats. */
  setSampling(change: SamplingOverrides): void;
  setAnswering(change: Partial<Omit<AnswerSettings, 'sampling'>>): void;
  /** All values of a preset; those it leaves out come from the model. */
  applyPreset(name: PresetName): void;
  /** Back to what the model recommends; language and theme stay. */
  resetSampling(): void;
  /** The current chat gets values of its own, beginning with those in force, or follows the defaults again. */
  setOwnSettings(own: boolean): void;
}

/** A server as the page knows it: the key stays in the database. */
export type Server = Omit<StoredServer, 'key'> & { hasKey: boolean };

/** A server as it stands in the form. */
export interface ServerDraft {
  /** Of the one that is changed. */
  id?: string;
  name: string;
  address: string;
  /** '' keeps the key that is there, as long as the address stays. */
  key: string;
}

/** The test of a connection. */
export type ServerCheck =
  | { status: 'checking' }
  | { status: 'failed'; error: WireError }
  | { status: 'answered'; listing: ServerListing };

export interface ServersSlice {
  /** By name. */
  servers: Server[];
  serverCheck: ServerCheck | null;
  /** Servers cannot be kept. */
  serverError: WireError | null;
  openServers(): Promise<void>;
  /** Asks the server for its models, as the form has it. Nothing is kept. */
  checkServer(draft: ServerDraft): Promise<void>;
  forgetCheck(): void;
  /**
   * @param models named by hand where the server has no list
   * @returns whether it was; why not stands in `serverCheck`. Without any model known, the server is asked first.
   */
  saveServer(draft: ServerDraft, models: string[]): Promise<boolean>;
  deleteServer(id: string): Promise<void>;
  deleteServers(): Promise<void>;
  /** How to reach the server of a chat. @throws AppError 'server-gone' when it was removed */
  serverChoice(server: ChatServer, sampling: SamplingOverrides): Promise<ServerChoice>;
}

export interface ShellSlice {
  /** ready: a new version waits; agreed: it comes as soon as nothing would be interrupted; later: not now. */
  appUpdate: 'none' | 'ready' | 'agreed' | 'later';
  /** The browser would install the app now. */
  installable: boolean;
  /** Reloads into the new version, after the answer or load under way. */
  updateApp(): void;
  postponeUpdate(): void;
  installApp(): void;
}

export type DialogName = 'models' | 'settings' | 'palette' | 'prompts' | 'help' | 'about';

/** Pages of the model dialog: what can be had, one's own files and addresses, what is kept on this device. */
export type ModelsTab = 'catalogue' | 'own' | 'here';

/** What is open, and what has to be said once. */
export interface UiSlice {
  dialog: DialogName | null;
  modelsTab: ModelsTab;
  /** The chat list, where it is a drawer (narrow screens). */
  chatListOpen: boolean;
  /** A failure that belongs to no chat and no model. */
  notice: WireError | null;
  openDialog(dialog: DialogName): void;
  /** The model dialog at one of its pages; without one, what is stored if there is any, else the catalogue. */
  openModels(tab?: ModelsTab): void;
  setModelsTab(tab: ModelsTab): void;
  closeDialog(): void;
  setChatListOpen(open: boolean): void;
  notify(error: WireError): void;
  dismissNotice(): void;
}
