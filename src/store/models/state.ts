// Of the store: models, in use, on their way and stored, and the computer they run on.
import type { Hub, LicenceId, RepoChoice } from '../../catalogue';
import type { GenerateSummary } from '../../protocol/chat';
import type { CachedModel, ModelInfo, ModelSource } from '../../protocol/models';
import type { WireError } from '../../shared/errors';
import type { BenchProgress, BenchReport } from './bench/types';
import type { ImportableSource } from './modelSources';
import type {
  CatalogueState,
  DiskChoice,
  DiskModel,
  DownloadsState,
  Incoming,
  KnownModel,
  ModelState,
  StorageState,
} from '../types';

export interface ModelSlice {
  model: ModelState;
  /** Where the built-in model comes from. */
  nanoUrl: string;
  /** First load of the page: the model used last if it is stored, else Nano. */
  startModel(): Promise<void>;
  /**
   * Brings a model here if it is not (the one in use answers meanwhile), and puts it on the graphics card.
   * @returns it, if it is in use now; null after a failure, which the model's state tells, and while it is imported.
   */
  loadModel(source: ModelSource): Promise<ModelInfo | null>;
  loadNano(): Promise<void>;
  /** The current chat's model from now on; loaded if it is not in use. It has to be on this device. */
  takeModel(model: KnownModel): void;
  /** Room for longer chats, or less memory: the model in use is loaded again. */
  setContextTokens(contextTokens: number | null): Promise<void>;
  /** Stops the load: the model before stays if it is still there. */
  cancelLoad(): void;
  /** For an import: without a model in use or on its way, this is the one that questions wait for. */
  awaitModel(name: string): void;
  /** For an import that led to nothing. */
  importEnded(error: WireError | null): void;
  dismissModelError(): void;
  /** The engine said that it holds none, whatever we believed. */
  markModelMissing(): void;
  /** The load that failed or was lost, once more. */
  retryLoad(): Promise<void>;
  refreshStored(): Promise<CachedModel[]>;
  deleteStoredModel(id: string): Promise<void>;
}

export interface ImportSlice {
  /** The model on its way into this browser; the one in use goes on answering. */
  incoming: Incoming | null;
  /** For loadModel. An import under way is paused: there is one at a time. */
  importModel(source: ImportableSource): Promise<void>;
  /** Stops the import. A download keeps what it has, and is offered to be resumed. */
  pauseImport(): void;
  /** To the model that arrived while somebody was chatting. */
  switchNow(): void;
  /** It stays among the stored models. */
  switchLater(): void;
}

export interface CatalogueSlice {
  catalogue: CatalogueState;
  /** Measures what this computer can do, without a model and without a download. */
  checkComputer(): Promise<void>;
  chooseVariant(modelId: string, variantId: string): void;
  /** After an answer of the model in use: how fast it really is. */
  rememberSpeed(summary: GenerateSummary): void;
  /** Smoothed speed of a download under way. */
  rememberDownloadSpeed(bytesPerSecond: number): void;
}

export interface DownloadsSlice {
  downloads: DownloadsState;
  refreshDownloads(): Promise<void>;
  /** Opens the confirm sheet. */
  askDownload(modelId: string, variantId: string): void;
  closeRequest(): void;
  /** The sheet was agreed to: lists the files on the hub, and loads. */
  startDownload(hub: Hub): Promise<void>;
  acceptLicence(id: LicenceId): void;
  /** An address somebody typed: a file is loaded, a repository is listed. False when it is no address. */
  openAddress(text: string, hub: Hub): Promise<boolean>;
  loadChoice(choice: RepoChoice): void;
  closeRepo(): void;
  resumeDownload(id: string): void;
  discardDownload(id: string): Promise<void>;
  /** The page offers to go on with this one. */
  offerDownload(origin: string): void;
  /** At the start of the page: the download that a closed or killed one left behind. */
  offerInterrupted(): void;
  dismissOffer(): void;
  /** Kept on this device, sent only to the host of this address; '' removes it. */
  keepToken(url: string, token: string): void;
  /** Sources are kept without tokens; the one for their host joins here, on the way to the engine. */
  withToken(source: ModelSource): ModelSource;
}

export interface StorageSlice {
  storage: StorageState;
  refreshStorage(): Promise<void>;
  /** Asks the browser to keep what is stored; refused or unknown is no failure. */
  askPersistence(): Promise<void>;
  /** Compares a stored model with its digests; what is damaged is fetched again. */
  verifyStored(id: string): Promise<void>;
  cancelVerify(id: string): void;
  /** Saves a stored model as one file. */
  exportStored(id: string): Promise<void>;
}

export interface FilesSlice {
  /** Opened before; their files can be opened again. Empty where the browser keeps no handles. */
  diskModels: DiskModel[];
  /** Files that wait for somebody to say whether they are copied. */
  diskChoice: DiskChoice | null;
  /** The model used last lies on disk, and the browser wants a click before it may be read again. */
  askAgain: Pick<CachedModel, 'id' | 'name'> | null;
  /** The browser has pickers of its own for this; else the page uses file inputs. */
  picksFiles: boolean;
  picksFolders: boolean;
  refreshDiskModels(): Promise<void>;
  pickFiles(): Promise<void>;
  pickFolder(): Promise<void>;
  /** From a file input or a drop without handles; `folder` is its name, if it is one. */
  openFiles(files: File[], folder?: string): void;
  openHandles(handles: FileSystemHandle[]): Promise<void>;
  /** Answers the choice: reads the files where they are, at every load, or copies them into the browser. */
  openChosen(way: 'in-place' | 'copy'): Promise<void>;
  closeChoice(): void;
  reopenFromDisk(id: string): Promise<void>;
  forgetFromDisk(id: string): Promise<void>;
  /** A stored model that lies on disk is imported; it goes on answering meanwhile, and then gives way to the copy. */
  copyFromDisk(modelId: string): Promise<void>;
  /** The file of this model is another one now: what is known of the old one is forgotten. */
  readAnew(modelId: string): Promise<void>;
  /** For loadModel: a stored model that lies on disk is loaded with its files. @throws AppError file-permission, file-unreadable */
  withFiles(source: ModelSource): Promise<ModelSource>;
  /** Its files, for who reads them: undefined for a model of the cache. */
  filesOfStored(modelId: string): Promise<File[] | undefined>;
  /** For the start, where nobody clicked; if not, the page asks. */
  mayReadAtStart(model: CachedModel): Promise<boolean>;
  /** The model is no longer stored; its files stay where they are. */
  forgetFilesOf(modelId: string): Promise<void>;
  dismissAskAgain(): void;
}

export interface BenchState {
  /** Newest first. */
  reports: BenchReport[];
  /** null while none runs. */
  progress: BenchProgress | null;
  error: WireError | null;
}

/** The benchmark of the loaded model, and what earlier ones found on this device. */
export interface BenchSlice {
  bench: BenchState;
  /** Does nothing while one runs, an answer is written, or no model is loaded. */
  startBench(length: 'quick' | 'full'): Promise<void>;
  stopBench(): void;
  /** By the date of the report. */
  deleteBench(date: string): void;
}
