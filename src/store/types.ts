// What the houses of models and page hold: plain, serialisable data. Chats: chats/types.ts.
import type { HubKind, LicenceId, RepoChoice } from '../catalogue';
import type { DeviceProbe, DeviceSummary } from '../protocol/device';
import type { CachedModel, LoadProgress, ModelInfo, PartialImport } from '../protocol/models';
import type { WireError } from '../shared/errors';
import type { AnswerSettings } from './answerSettings';

export type * from './answerSettings';
export type * from './chats/types';
export type { DeviceProbe } from '../protocol/device';
export type { CachedModel, LoadProgress, PartialImport } from '../protocol/models';

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
  /** Milliseconds that the loaded model took to the GPU; null before. */
  loadMs: number | null;
}

/** A model on its way into this browser. */
export interface Incoming {
  name: string;
  /** Origin of a download, '' for files: it can be paused, and goes on where it stopped. */
  origin: string;
  progress: LoadProgress | null;
  /** It is here, and waits for somebody to switch to it. */
  readyId: string | null;
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

/** Files somebody chose that may stay where they are: the page asks which way. */
export interface DiskChoice {
  name: string;
  bytes: number;
  parts: number;
}

/** A model opened from disk before, whose files can be opened again. */
export interface DiskModel {
  id: string;
  name: string;
  bytes: number;
  openedAt: number;
}

export type LanguageChoice = 'auto' | 'en' | 'zh-CN';
export type ThemeChoice = 'system' | 'light' | 'dark';

export type FontSize = 'small' | 'normal' | 'large';

export interface Preferences extends AnswerSettings {
  language: LanguageChoice;
  theme: ThemeChoice;
  fontSize: FontSize;
  /** Of chats that begin. */
  systemPrompt: string;
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
  /** When a person last paused or dismissed a download (ms since 1970): what lay there by then is not offered again. */
  leftDownloadsAt: number;
}
