// What the house of models holds: plain, serialisable data.
import type { RepoChoice } from '../../catalogue';
import type { Healing } from '../../client/engineClient';
import type { DeviceCheck, DeviceProbe, DeviceSummary, KernelCheck } from '../../protocol/device';
import type { CachedModel, LoadProgress, ModelInfo, ModelSource, PartialImport } from '../../protocol/models';
import type { WireError } from '../../shared/errors';
import type { BenchProgress, BenchReport } from './bench/types';

export type { DeviceCheck, DeviceProbe, DeviceSummary, KernelCheck } from '../../protocol/device';
export type { CachedModel, LoadProgress, ModelInfo, PartialImport } from '../../protocol/models';

/**
 * idle: no model and nothing wrong, for example after a canceled load. importing: no model, but one is being imported.
 * loading: a model moves to the GPU. ready: a model answers. failed: the load or import failed. lost: the GPU was lost.
 */
export type DeskStatus = 'idle' | 'importing' | 'loading' | 'ready' | 'failed' | 'lost';

/** The model in use, and the one on its way. Transitions: deskState.ts. */
export interface DeskState {
  status: DeskStatus;
  /** What is being loaded or imported, or was when it failed or was lost. */
  loadingName: string;
  /** Only while 'loading'. */
  progress: LoadProgress | null;
  /** The model in use; set exactly while 'ready'. */
  info: ModelInfo | null;
  /** Only while 'loading': the model that is still on the GPU, to which a stop or a failure returns. */
  kept: ModelInfo | null;
  /** Why the last load or import failed, also when another model is ready. */
  error: WireError | null;
  /** The model that worked before this load, to go back to. */
  previous: Pick<CachedModel, 'id' | 'name'> | null;
  /** Milliseconds that the model in use took to the GPU; null before the first. */
  loadMs: number | null;
  /** The model being imported; the one in use goes on answering. */
  incoming: Incoming | null;
  /** The engine failed and brings itself back; `info` stays the model in use. */
  healing: Healing | null;
  /** The page ended while it loaded this model, which is therefore not loaded at the start. */
  crashed: Unended | null;
}

/** A load that the page did not survive. */
export interface Unended {
  name: string;
  source: ModelSource;
}

/** A model on its way into this browser. */
export interface Incoming {
  name: string;
  /** Origin of a download, '' for files: a download can be paused and resumed. */
  origin: string;
  progress: LoadProgress | null;
  /** Set once the model has arrived and waits for the user to switch to it. */
  readyId: string | null;
}

/** What a model did on this device. */
export interface Measured {
  tokensPerSecond: number;
  measuredAt: number;
}

/** What is known about this computer, and with it which models run here. Kept between visits, `device` excepted. */
export interface CatalogueState {
  device: DeviceSummary | null;
  probe: DeviceProbe | null;
  /** 0 to 1 while the computer is being measured. */
  probing: number | null;
  probeError: WireError | null;
  /** Speeds of models that were used, by origin. */
  measured: Record<string, Measured>;
  /** Milliseconds that models took per token of a picture, by origin. */
  pictureMs: Record<string, number>;
  /** Speed of the last download; 0 while unknown. */
  downloadBytesPerSecond: number;
  /** The variant chosen on a card; others show the recommended one. */
  chosenVariants: Record<string, string>;
}

/** The confirm sheet: what is to be downloaded, and whether the hub has been asked for its files. */
export interface DownloadRequest {
  modelId: string;
  variantId: string;
  /** The hub is being asked. */
  listing: boolean;
  error: WireError | null;
}

/** A repository whose address was entered, and what in it can be loaded. */
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
  /** Hubs that were tried since the page opened, by base URL: whether they answered. */
  reach: Record<string, boolean>;
}

/** Work on a stored model. */
export interface StoredJob {
  kind: 'verify' | 'export';
  /** 0 to 1. */
  fraction: number;
}

export interface StorageState {
  /** Models of this browser, those read from disk included. */
  models: CachedModel[];
  /** null where the browser does not tell. */
  estimate: { usageBytes: number; quotaBytes: number } | null;
  persisted: boolean;
  jobs: Record<string, StoredJob>;
  /** Shards found damaged and repaired by the last check of a model. */
  checked: Record<string, { damaged: number; repaired: number }>;
}

/** Chosen files that may stay where they are: the page asks whether to copy them. */
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

export interface DiskState {
  /** Empty where the browser keeps no file handles. */
  models: DiskModel[];
  choice: DiskChoice | null;
  /** The model used last lies on disk, and the browser wants a click before it may be read again. */
  askAgain: Pick<CachedModel, 'id' | 'name'> | null;
  /** The browser has pickers of its own; else the page uses file inputs. */
  picksFiles: boolean;
  picksFolders: boolean;
}

/** A check of all kernels on this device. */
export interface CheckState {
  /** Those checked so far. */
  kernels: KernelCheck[];
  /** All that there are; 0 until it is known. */
  total: number;
  running: boolean;
  /** null until all are checked. */
  ended: DeviceCheck | null;
}

export interface BenchState {
  /** Newest first. */
  reports: BenchReport[];
  /** null while none runs. */
  progress: BenchProgress | null;
  error: WireError | null;
  /** null before the first on this page. */
  check: CheckState | null;
}
