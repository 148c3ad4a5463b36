// The whole state, and what the store needs from outside.
import type { StoreApi } from 'zustand/vanilla';
import type { EngineClient } from '../client/engineClient';
import type { AppShell } from '../pwa/register';
import type { BrowserStorage } from './models/browser';
import type { ChatDb } from './chats/chatDb';
import type { DiskFiles } from './models/diskFiles';
import type { PromptDb } from './chats/promptDb';
import type { ServerDb } from './page/serverDb';
import type { Surroundings } from './chats/answers/slowness';
import type { ChatsState } from './chats/state';
import type { ModelsState } from './models/state';
import type { PageState } from './page/state';
import type { SharedCommands } from './sharedCommands';
import type { SmallStorage } from './ports';
import type { ImportResult } from './chats/transfer/importFile';

export type AppState = ChatsState & ModelsState & PageState & SharedCommands;
export type AppStore = StoreApi<AppState>;

/** What the store needs from outside; main.tsx provides the real ones, tests scripted ones. */
export interface AppDeps {
  client: EngineClient;
  chatDb: ChatDb;
  promptDb: PromptDb;
  serverDb: ServerDb;
  preferenceStorage: SmallStorage;
  /** Absolute URL of the built-in model. */
  nanoUrl: string;
  storage: BrowserStorage;
  /** A listing of a model hub, as JSON. @throws AppError with the status */
  fetchJson: (url: string, token?: string) => Promise<unknown>;
  saveFile: (blob: Blob, fileName: string) => void;
  diskFiles: DiskFiles;
  /** Reads a file and adds its chats to the database, all or none. @throws AppError with the place in the file */
  importChats: (file: File) => Promise<ImportResult>;
  shell: AppShell;
  surroundings: Surroundings;
}
