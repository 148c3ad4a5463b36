// What the store holds: plain, serialisable data.
import type { HubKind, LicenceId, RepoChoice } from '../catalogue';
import type {
  CachedModel,
  DeviceProbe,
  DeviceSummary,
  GenerateSummary,
  LoadProgress,
  ModelInfo,
  PartialImport,
  SamplingParams,
} from '../protocol/engine';
import type { WireError } from '../shared/errors';

export type {
  CachedModel,
  DeviceProbe,
  DeviceSummary,
  GenerateSummary,
  LoadProgress,
  ModelInfo,
  ModelSource,
  PartialImport,
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
  /** Origin of the download under way, '' for other loads: it can be paused, and goes on where it stopped. */
  downloading: string;
  progress: LoadProgress | null;
  info: ModelInfo | null;
  error: WireError | null;
  /** The model that worked before this load, to go back to. */
  previous: Pick<CachedModel, 'id' | 'name'> | null;
  stored: CachedModel[];
  device: DeviceSummary | null;
}

/** What a model did on this device. */
export interface Measured {
  tokensPerSecond: number;
  measuredAt: number;
}

/** What is known of this computer, and with it which models run here. Kept between visits. */
export interface CatalogueState {
  probe: DeviceProbe | null;
  /** 0 to 1 while the computer is being measured. */
  probing: number | null;
  probeError: WireError | null;
  /** Speeds of models that were used, by origin. */
  measured: Record<string, Measured>;
  /** Of the last download; 0 while unknown. */
  downloadBytesPerSecond: number;
  /** The variant chosen on a card; others show the recommended one. */
  chosenVariants: Record<string, string>;
}

/** The confirm sheet: what is to be downloaded, and how far the asking is. */
export interface DownloadRequest {
  modelId: string;
  variantId: string;
  /** The hub is asked for its files. */
  listing: boolean;
  error: WireError | null;
}

/** A repository somebody named, and what in it can be loaded. */
export interface RepoListing {
  repo: string;
  listing: boolean;
  choices: RepoChoice[];
  error: WireError | null;
}

export interface DownloadsState {
  partial: PartialImport[];
  /** The unfinished download that the page offers to resume, by id. */
  offered: string | null;
  request: DownloadRequest | null;
  repo: RepoListing | null;
  /** Hosts for which an access token is kept; the tokens themselves never enter the state. */
  tokenHosts: string[];
}

/** Work on a stored model. */
export interface StoredJob {
  kind: 'verify' | 'export';
  /** 0 to 1. */
  fraction: number;
}

export interface StorageState {
  /** null where the browser does not tell. */
  estimate: { usageBytes: number; quotaBytes: number } | null;
  persisted: boolean;
  jobs: Record<string, StoredJob>;
  /** Shards found damaged and repaired by the last check of a model. */
  checked: Record<string, { damaged: number; repaired: number }>;
}

/** A model opened from disk before, whose files can be opened again. */
export interface DiskModel {
  id: string;
  name: string;
  bytes: number;
  openedAt: number;
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
  /** Where models come from; null: by the reader's language. */
  hub: HubKind | null;
  /** Base address of a mirror of Hugging Face. */
  mirrorUrl: string;
  acceptedLicences: LicenceId[];
  /** Origin of the download that runs, or ran when the page was closed. */
  runningDownload: string | null;
}
