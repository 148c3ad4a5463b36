// The types that all slices share: the whole state, what the store needs from outside, how a slice is made.
import type { StoreApi } from 'zustand/vanilla';
import type { Background } from '../agent/background';
import type { EngineClient } from '../client/engineClient';
import type { AppShell } from '../pwa/register';
import type { BrowserStorage } from './models/browser';
import type { ChatDb } from './chats/chatDb';
import type { ChatSearch } from './chats/chatSearch';
import type { DiskFiles } from './models/diskFiles';
import type { PromptDb } from './chats/promptDb';
import type { ServerDb } from './page/serverDb';
import type { Surroundings } from './chats/slowness';
import type {
  AttachmentsSlice,
  ChatsSlice,
  DraftsSlice,
  InspectSlice,
  PromptsSlice,
  SearchSlice,
  TitlesSlice,
  TransferSlice,
  TurnSlice,
} from './chats/state';
import type { ModelsState } from './models/state';
import type { PageState } from './page/state';
import type { SharedCommands } from './sharedCommands';
import type { ChatsPorts, SmallStorage } from './ports';
import type { ImportResult } from './chats/transfer/importFile';

export type AppState = ChatsSlice &
  DraftsSlice &
  AttachmentsSlice &
  PromptsSlice &
  SearchSlice &
  TitlesSlice &
  TransferSlice &
  TurnSlice &
  InspectSlice &
  ModelsState &
  PageState &
  SharedCommands;
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

/** What the slices share among themselves. */
interface Shared {
  background: Background;
  search: ChatSearch;
  /** What the house of chats needs from the other houses. */
  ports: ChatsPorts;
}

/** A slice's maker: the store's set and get, and the outside. */
export type SliceMaker<Slice> = (
  set: StoreApi<AppState>['setState'],
  get: StoreApi<AppState>['getState'],
  deps: AppDeps & Shared,
  subscribe: StoreApi<AppState>['subscribe'],
) => Slice;
