// What the store holds: plain, serialisable data.
import type {
  CachedModel,
  DeviceSummary,
  GenerateSummary,
  LoadProgress,
  ModelInfo,
  SamplingParams,
} from '../protocol/engine';
import type { WireError } from '../shared/errors';

export type {
  CachedModel,
  DeviceSummary,
  GenerateSummary,
  LoadProgress,
  ModelInfo,
  ModelSource,
  SamplingParams,
} from '../protocol/engine';

/** Why an answer ended: the engine's reasons, a closed page, or a failure. */
export type AnswerEnd = GenerateSummary['reason'] | 'interrupted' | 'error';

export interface UserMessage {
  id: string;
  role: 'user';
  content: string;
  createdAt: number;
}

export interface AssistantMessage {
  id: string;
  role: 'assistant';
  content: string;
  createdAt: number;
  end: AnswerEnd;
  /** Missing when the answer was cut before the engine could report. */
  summary?: GenerateSummary;
  seed: number;
  modelName: string;
}

export type Message = UserMessage | AssistantMessage;

export interface Chat {
  id: string;
  title: string;
  createdAt: number;
  updatedAt: number;
  systemPrompt: string;
  messages: Message[];
}

/** The chat list's row: everything of a chat but its contents. */
export type ChatMeta = Pick<Chat, 'id' | 'title' | 'updatedAt'>;

/** The answer being written. It becomes an AssistantMessage when it ends. */
export interface Turn {
  chatId: string;
  messageId: string;
  /** waiting: for the model to load; prefill: the model reads the prompt; decode: text arrives. */
  phase: 'waiting' | 'prefill' | 'decode';
  text: string;
  prefillDone: number;
  prefillTotal: number;
  tokens: number;
  contextUsed: number;
  /** 0 while unknown. */
  tokensPerSecond: number;
  seed: number;
  /** Regenerating: the answer that this one replaces, and that comes back if nothing was written. */
  replaces?: AssistantMessage;
}

/** none: nothing loaded and nothing wrong, for example after a canceled load. */
export type ModelStatus = 'loading' | 'ready' | 'none' | 'failed' | 'lost' | 'unsupported';

export interface ModelState {
  status: ModelStatus;
  /** What is being loaded, or was when it failed. */
  loadingName: string;
  progress: LoadProgress | null;
  info: ModelInfo | null;
  error: WireError | null;
  /** The model that worked before this load, to go back to. */
  previous: Pick<CachedModel, 'id' | 'name'> | null;
  stored: CachedModel[];
  device: DeviceSummary | null;
}

export type SamplingOverrides = Partial<Omit<SamplingParams, 'seed'>>;
export type LanguageChoice = 'auto' | 'en' | 'zh-CN';
export type ThemeChoice = 'system' | 'light' | 'dark';

export interface Preferences {
  language: LanguageChoice;
  theme: ThemeChoice;
  /** Only what the reader changed; the rest comes from the model. */
  sampling: SamplingOverrides;
  /** null: a new one for every answer. */
  seed: number | null;
  /** null: until the context is full. */
  maxTokens: number | null;
  /** Capacity of the KV cache; null: what the engine chooses. */
  contextTokens: number | null;
  /** Loaded at the next start. */
  lastModelId: string | null;
}
