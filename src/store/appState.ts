// The whole state, and what the store needs from outside.
import type { StoreApi } from 'zustand/vanilla';
import type { EngineClient } from '../client/engineClient';
import type { Pages } from './chats/answers/brokenAnswers';
import type { AppShell } from '../pwa/register';
import type { AnswerSettings, KnownModel, SamplingOverrides } from './answerSettings';
import type { BrowserStorage } from './models/browser';
import type { ChatDb } from './chats/chatDb';
import type { BackupPlace } from './chats/backupPlace';
import type { Rescue } from './chats/rescue';
import type { DiskFiles } from './models/diskFiles';
import type { AgentDb } from './chats/agents/agentDb';
import type { Knowledge } from '../knowledge/worker/knowledge';
import type { FunctionDb } from './chats/saved/functionDb';
import type { ServiceDb } from './chats/saved/serviceDb';
import type { Memory } from './chats/memory/memory';
import type { NoteDb } from './chats/memory/noteDb';
import type { PromptDb } from './chats/saved/promptDb';
import type { ServerDb } from './page/serverDb';
import type { Surroundings } from './chats/answers/slowness';
import type { ChatsState } from './chats/state';
import type { ModelsState } from './models/state';
import type { PageState } from './page/state';
import type { PresetName } from './page/samplingPresets';
import type { ModelsTab } from './page/types';
import type { ToolRegistry } from '../tools/registry';
import type { SmallStorage } from './ports';
import type { ImportResult } from './chats/transfer/importFile';

/** Commands that concern more than one house. */
export interface SharedCommands {
  /** Settles once everything that the settings list has been read, or cannot be. @returns the memory; null without it */
  settingsRead(): Promise<Memory | null>;

  /** Gives the current chat this model, and loads it if it is not in use. It has to be on this device. */
  takeModel(model: KnownModel): void;
  /** Opens the model dialog: by default at what is stored, or at the catalogue when nothing is. */
  openModels(tab?: ModelsTab): void;

  // The settings of the current chat where it has its own, else the defaults of all chats:
  setSampling(change: SamplingOverrides): void;
  setAnswering(change: Partial<Omit<AnswerSettings, 'sampling'>>): void;
  /** Searches before every answer of the current chat, which gets settings of its own. */
  setSearchFirst(on: boolean): void;
  /** The tools of the current chat, which gets settings of its own. */
  setChatTools(names: string[]): void;
  /** All values of a preset; those it leaves out come from the model. */
  applyPreset(name: PresetName): void;
  /** Back to what the model recommends; language and theme stay. */
  resetSampling(): void;
  /** The current chat gets settings of its own, beginning with those in force, or follows the defaults again. */
  setOwnSettings(own: boolean): void;
}

export type AppState = ChatsState & ModelsState & PageState & SharedCommands;
export type AppStore = StoreApi<AppState>;

/** What the store needs from outside; main.tsx provides the real ones, tests scripted ones. */
export interface AppDeps {
  client: EngineClient;
  chatDb: ChatDb;
  rescue: Rescue;
  backupPlace: BackupPlace;
  promptDb: PromptDb;
  /** Default: this browser's, opened when memory is on. */
  noteDb?: NoteDb;
  functionDb: FunctionDb;
  serviceDb: ServiceDb;
  /** Default: that of this browser. */
  agentDb?: AgentDb;
  knowledge?: Knowledge;
  serverDb: ServerDb;
  preferenceStorage: SmallStorage;
  /** Default: those of this browser. */
  pages?: Pages;
  /** Deletes everything that this app keeps outside IndexedDB. */
  clearSmallStorage: () => void;
  /** Absolute URL of the built-in model. */
  nanoUrl: string;
  storage: BrowserStorage;
  /** A listing of a model hub, as JSON. @throws AppError with the status */
  fetchJson: (url: string, token?: string) => Promise<unknown>;
  saveFile: (blob: Blob, fileName: string) => void;
  diskFiles: DiskFiles;
  /** Reads a file and adds its chats to the database. @throws AppError when none can be read */
  importChats: (file: File) => Promise<ImportResult>;
  shell: AppShell;
  surroundings: Surroundings;
  /** Default: the tools that come with the app. */
  tools?: ToolRegistry;
}
