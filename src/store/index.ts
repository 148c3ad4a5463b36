// What the UI sees of the store.
export type { AppDeps, AppState, AppStore } from './appState';
export { createAppStore } from './appStore';
export { ACCEPTED, ENCODING_NAMES, ENCODINGS, type Encoding } from '../documents/readDocument';
export { median, streamShare } from './models/bench/figures';
export type * from './models/bench/types';
export { browserStorage, clearSmallStorage, saveFile, type BrowserStorage } from './models/browser';
export { openChatDb } from './chats/chatDb';
export { openBackupPlace } from './chats/backupPlace';
export { Rescue } from './chats/rescue';
export { importInWorker } from './chats/transfer/importInWorker';
export {
  aboutMessage,
  currentAttachments,
  currentChat,
  currentDraft,
  droppedBefore,
  picturesAbove,
  shownMessages,
} from './chats/selectors';
export { OCR_TASKS } from './chats/pictures/tasks';
export { openDiskFiles } from './models/diskFiles';
export { downloading, isUnsupported, usesNano } from './models/deskState';
export { isSameModel } from './models/modelSources';
export { presetOf, type PresetName } from './page/samplingPresets';
export { installPython, pythonParts, removePython, type PythonPart } from './python';
export { fillPrompt, promptVariables } from './chats/saved/prompts';
export { openFunctionDb } from './chats/saved/functionDb';
export { openServiceDb } from './chats/saved/serviceDb';
export { openPromptDb, type SavedPrompt } from './chats/saved/promptDb';
export { openServerDb } from './page/serverDb';
export { hostOf } from './page/servers';
export {
  answerSettings,
  canAnswer,
  canAsk,
  continues,
  effectiveSampling,
  isSmallModel,
  mayThink,
  serverOfChat,
  takesChosenTools,
  whyNoTools,
} from './selectors';
export { branchesOf } from './chats/tree';
export type { SamplesDesk } from './chats/samples/types';
export { bestOf, FEWEST_SAMPLES, MOST_SAMPLES } from './chats/samples/best';
export { checkFormat } from './checkFormat';
export * from './toolkit';
export { canContinue } from './chats/answers/answerProgress';
export {
  askedText,
  attachedParts,
  copyText,
  filesOf,
  picturesOf,
  resultText,
  spokenText,
  thinkingMs,
} from './chats/partText';
export { CONTEXT_POLICIES, ownSettings, THINKING_TOKENS, type ThinkingEffort } from './answerSettings';
export type { AnswerCheck, CitedSource } from './sources';
export { listKeptPages, removeKeptPage, type KeptPage } from './pages';
/** The passages behind the marks of answers. */
export const loadSources = () => import('./sources');
export {
  baseAddress,
  ENGINES,
  READERS,
  SEARCHES,
  type BrowserSettings as BrowserChoice,
} from '../tools/browser/settings';
export { openSurroundings, speedOf } from './chats/answers/slowness';
export type * from './types';
