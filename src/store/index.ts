// What the UI sees of the store.
export { createAppStore, type AppDeps, type AppState, type AppStore } from './appStore';
export { ACCEPTED } from '../documents/readDocument';
export { currentAttachments } from './attachmentsSlice';
export { median, streamShare } from './bench/suite';
export type * from './bench/types';
export { browserStorage, fetchJson, saveFile, type BrowserStorage } from './browser';
export { openChatDb, type ChatDb } from './chatDb';
export { importInWorker } from './transfer/importInWorker';
export type { SearchHit } from './chatSearch';
export { currentChat, shownMessages } from './chatsSlice';
export { currentDraft } from './draftsSlice';
export { openDiskFiles, type DiskFiles } from './diskFiles';
export { hubOf } from './downloadsSlice';
export { aboutMessage, droppedBefore } from './inspectSlice';
export { downloading } from './importSlice';
export { usesNano } from './modelSlice';
export { isSameModel } from './modelSources';
export {
  answerSettings,
  effectiveSampling,
  presetOf,
  recommendedSampling,
  type PresetName,
} from './settingsSlice';
export { fillPrompt, promptVariables } from './promptsSlice';
export { openPromptDb, type SavedPrompt } from './promptDb';
export { openServerDb } from './serverDb';
export {
  canAnswer,
  canAsk,
  continues,
  hostOf,
  serverOfChat,
  type Server,
  type ServerDraft,
} from './serversSlice';
export { branchesOf } from './tree';
export { canContinue } from './answerProgress';
export { CONTEXT_POLICIES } from './preferences';
export { openSurroundings, speedOf, type Surroundings } from './slowness';
export type * from './types';
export type { DialogName, ModelsTab } from './uiSlice';
