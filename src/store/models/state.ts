// What the state shows of the models, and what the page may ask of them.
import type { Hub, LicenceId, RepoChoice } from '../../catalogue';
import type { ModelInfo, ModelSource } from '../../protocol/models';
import type { BenchState, CatalogueState, DeskState, DiskState, DownloadsState, StorageState } from './types';

/** Each is the state of one object: src/store/models/house.ts. */
export interface ModelsState {
  /** The model in use, and the one on its way. */
  model: DeskState;
  catalogue: CatalogueState;
  downloads: DownloadsState;
  storage: StorageState;
  disk: DiskState;
  bench: BenchState;
  /** Absolute URL of the built-in model. */
  nanoUrl: string;
  desk: ModelCommands;
}

/** The same object for the life of the page. */
export interface ModelCommands {
  /** First load of the page: the model used last if it is stored, else Nano. */
  startModel(): Promise<void>;
  /**
   * Imports a model if it is not here (the one in use answers meanwhile), or else puts it on the GPU. The chat on screen
   * changes its model too.
   * @returns the model, if it is in use now; null after a failure, which `model` tells, and after an import
   */
  loadModel(source: ModelSource): Promise<ModelInfo | null>;
  loadNano(): Promise<void>;
  /** Loads the model in use again: room for longer chats, or less memory. */
  setContextTokens(contextTokens: number | null): Promise<void>;
  /** Stops the load: the model before stays if it is still there. */
  cancelLoad(): void;
  /** Also the notice about the model that ended the last page. */
  dismissModelError(): void;
  /** The load that failed or was lost, once more. */
  retryLoad(): Promise<void>;
  deleteStoredModel(id: string): Promise<void>;
  /** Stops the import. A download keeps what it has, and is offered to be resumed. */
  pauseImport(): void;
  /** To the model that arrived during a conversation. */
  switchNow(): void;
  /** It stays among the stored models. */
  switchLater(): void;

  /** Measures what this computer can do, without a model and without a download. */
  checkComputer(): Promise<void>;
  chooseVariant(modelId: string, variantId: string): void;

  /** Reads again what is stored, unfinished and on disk: the model dialog opens. */
  refresh(): Promise<void>;
  /** Opens the confirm sheet. */
  askDownload(modelId: string, variantId: string): void;
  closeRequest(): void;
  /** Finds out whether a hub answers, by listing this repository of it; see DownloadsState.reach. */
  tryHub(hub: Hub, repo: string): Promise<void>;
  /** The sheet was agreed to: lists the files on the hub, and loads. */
  startDownload(hub: Hub, options?: { eyes?: boolean }): Promise<void>;
  /** Downloads the eyes of the catalogue's model that is in use. */
  downloadEyes(hub: Hub): Promise<void>;
  /** Downloads the model that searches by meaning. */
  downloadEmbedder(hub: Hub): Promise<void>;
  /** Imports one from its file. `model.error` tells of a failure. */
  openEmbedder(files: File[]): Promise<void>;
  acceptLicence(id: LicenceId): void;
  /** An address that was typed: a file is loaded, a repository is listed. False when it is no address. */
  openAddress(text: string, hub: Hub): Promise<boolean>;
  loadChoice(choice: RepoChoice): void;
  closeRepo(): void;
  resumeDownload(id: string): void;
  discardDownload(id: string): Promise<void>;
  dismissOffer(): void;
  /** Kept on this device, sent only to the host of this address; '' removes it. */
  keepToken(url: string, token: string): void;

  /** Asks the browser to keep what is stored; refused or unknown is no failure. */
  askPersistence(): Promise<void>;
  /** Compares a stored model with its digests; damaged shards are fetched again. */
  verifyStored(id: string): Promise<void>;
  cancelVerify(id: string): void;
  /** Saves a stored model as one file. */
  exportStored(id: string): Promise<void>;

  pickFiles(): Promise<void>;
  pickFolder(): Promise<void>;
  /** From a file input or a drop without handles; `folder` is its name, if it is one. */
  openFiles(files: File[], folder?: string): void;
  openHandles(handles: FileSystemHandle[]): Promise<void>;
  /** Answers `disk.choice`: reads the files where they are, at every load, or copies them into the browser. */
  openChosen(way: 'in-place' | 'copy'): Promise<void>;
  closeChoice(): void;
  reopenFromDisk(id: string): Promise<void>;
  forgetFromDisk(id: string): Promise<void>;
  /** Imports a stored model that lies on disk; it goes on answering meanwhile, and then gives way to the copy. */
  copyFromDisk(modelId: string): Promise<void>;
  /** The file of this model changed: what is known of the old one is forgotten. */
  readAnew(modelId: string): Promise<void>;
  dismissAskAgain(): void;

  /** Does nothing while one runs, an answer is written, or no model is loaded. */
  startBench(length: 'quick' | 'full'): Promise<void>;
  /** Ends a check of the device, too. */
  stopBench(): void;
  /** Checks all kernels of this device. Does nothing while a benchmark runs or an answer is written. */
  checkDevice(): Promise<void>;
  /** By the date of the report. */
  deleteBench(date: string): void;
}
