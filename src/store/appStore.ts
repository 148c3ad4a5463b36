// The app's one store: four slices and the turn that writes an answer.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineClient } from '../client/engineClient';
import { type ChatDb } from './chatDb';
import { createChatsSlice, type ChatsSlice } from './chatsSlice';
import { createModelSlice, type ModelSlice } from './modelSlice';
import type { PreferenceStorage } from './preferences';
import { createSettingsSlice, type SettingsSlice } from './settingsSlice';
import { createTurnSlice, type TurnSlice } from './turnSlice';
import { createUiSlice, type UiSlice } from './uiSlice';

export type AppState = ChatsSlice & TurnSlice & ModelSlice & SettingsSlice & UiSlice;
export type AppStore = StoreApi<AppState>;

/** What the store needs from outside; main.tsx provides the real ones, tests scripted ones. */
export interface AppDeps {
  client: EngineClient;
  chatDb: ChatDb;
  preferenceStorage: PreferenceStorage;
  /** Absolute URL of the built-in model. */
  nanoUrl: string;
  /** navigator.storage.persist: asks the browser not to evict what we store. */
  persistStorage: () => Promise<boolean>;
}

/** A slice's maker: the store's set and get, and the outside. */
export type SliceMaker<Slice> = (
  set: StoreApi<AppState>['setState'],
  get: StoreApi<AppState>['getState'],
  deps: AppDeps,
  subscribe: StoreApi<AppState>['subscribe'],
) => Slice;

export function createAppStore(deps: AppDeps): AppStore {
  return createStore<AppState>()((set, get, api) => ({
    ...createChatsSlice(set, get, deps, api.subscribe),
    ...createTurnSlice(set, get, deps, api.subscribe),
    ...createModelSlice(set, get, deps, api.subscribe),
    ...createSettingsSlice(set, get, deps, api.subscribe),
    ...createUiSlice(set, get, deps, api.subscribe),
  }));
}
