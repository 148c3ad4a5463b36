// What the UI sees of the store.
export { createAppStore, type AppDeps, type AppState, type AppStore } from './appStore';
export { openChatDb, type ChatDb } from './chatDb';
export { currentChat } from './chatsSlice';
export { usesNano } from './modelSlice';
export { effectiveSampling, recommendedSampling } from './settingsSlice';
export type * from './types';
export type { DialogName } from './uiSlice';
