// The app's one store: slices by subject, and the turn that writes an answer.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineClient } from '../client/engineClient';
import { createAttachmentsSlice, type AttachmentsSlice } from './attachmentsSlice';
import { withBackground, type Background } from '../agent/background';
import { createBenchSlice, type BenchSlice } from './benchSlice';
import type { BrowserStorage } from './browser';
import { createCatalogueSlice, type CatalogueSlice } from './catalogueSlice';
import { type ChatDb } from './chatDb';
import { createChatSearch, type ChatSearch } from './chatSearch';
import { createChatsSlice, type ChatsSlice } from './chatsSlice';
import { createDraftsSlice, type DraftsSlice } from './draftsSlice';
import type { DiskFiles } from './diskFiles';
import { createDownloadsSlice, type DownloadsSlice } from './downloadsSlice';
import { createFilesSlice, type FilesSlice } from './filesSlice';
import { createInspectSlice, type InspectSlice } from './inspectSlice';
import { createImportSlice, type ImportSlice } from './importSlice';
import { createModelSlice, type ModelSlice } from './modelSlice';
import type { PreferenceStorage } from './preferences';
import type { AppShell } from '../pwa/register';
import type { PromptDb } from './promptDb';
import { createPromptsSlice, type PromptsSlice } from './promptsSlice';
import { createSearchSlice, type SearchSlice } from './searchSlice';
import type { ServerDb } from './serverDb';
import { createServersSlice, type ServersSlice } from './serversSlice';
import { createSettingsSlice, type SettingsSlice } from './settingsSlice';
import { createShellSlice, type ShellSlice } from './shellSlice';
import type { Surroundings } from './slowness';
import { createStorageSlice, type StorageSlice } from './storageSlice';
import { createTitlesSlice, type TitlesSlice } from './titlesSlice';
import type { ImportResult } from './transfer/importFile';
import { createTransferSlice, type TransferSlice } from './transferSlice';
import { createTurnSlice, type TurnSlice } from './turnSlice';
import { createUiSlice, type UiSlice } from './uiSlice';

export type AppState = ChatsSlice &
  DraftsSlice &
  AttachmentsSlice &
  PromptsSlice &
  SearchSlice &
  TitlesSlice &
  TransferSlice &
  TurnSlice &
  InspectSlice &
  ModelSlice &
  ImportSlice &
  CatalogueSlice &
  DownloadsSlice &
  StorageSlice &
  FilesSlice &
  SettingsSlice &
  ServersSlice &
  ShellSlice &
  BenchSlice &
  UiSlice;
export type AppStore = StoreApi<AppState>;

/** What the store needs from outside; main.tsx provides the real ones, tests scripted ones. */
export interface AppDeps {
  client: EngineClient;
  chatDb: ChatDb;
  promptDb: PromptDb;
  serverDb: ServerDb;
  preferenceStorage: PreferenceStorage;
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
}

/** A slice's maker: the store's set and get, and the outside. */
export type SliceMaker<Slice> = (
  set: StoreApi<AppState>['setState'],
  get: StoreApi<AppState>['getState'],
  deps: AppDeps & Shared,
  subscribe: StoreApi<AppState>['subscribe'],
) => Slice;

export function createAppStore(outside: AppDeps): AppStore {
  const deps = { ...outside, ...withBackground(outside.client), search: createChatSearch() };
  return createStore<AppState>()((set, get, api) => ({
    ...createChatsSlice(set, get, deps, api.subscribe),
    ...createDraftsSlice(set, get, deps, api.subscribe),
    ...createAttachmentsSlice(set, get, deps, api.subscribe),
    ...createPromptsSlice(set, get, deps, api.subscribe),
    ...createSearchSlice(set, get, deps, api.subscribe),
    ...createTitlesSlice(set, get, deps, api.subscribe),
    ...createTransferSlice(set, get, deps, api.subscribe),
    ...createTurnSlice(set, get, deps, api.subscribe),
    ...createInspectSlice(set, get, deps, api.subscribe),
    ...createModelSlice(set, get, deps, api.subscribe),
    ...createImportSlice(set, get, deps, api.subscribe),
    ...createCatalogueSlice(set, get, deps, api.subscribe),
    ...createDownloadsSlice(set, get, deps, api.subscribe),
    ...createStorageSlice(set, get, deps, api.subscribe),
    ...createFilesSlice(set, get, deps, api.subscribe),
    ...createSettingsSlice(set, get, deps, api.subscribe),
    ...createServersSlice(set, get, deps, api.subscribe),
    ...createShellSlice(set, get, deps, api.subscribe),
    ...createBenchSlice(set, get, deps, api.subscribe),
    ...createUiSlice(set, get, deps, api.subscribe),
  }));
}
