// What the store holds: plain, serialisable data.
import type { DocumentText } from '../documents/readDocument';
import type { HubKind, LicenceId, RepoChoice } from '../catalogue';
import type {
  ContextOverflow,
  ContextPolicy,
  GenerateSummary,
  SamplingParams,
  TokenLogprob,
} from '../protocol/chat';
import type { DeviceProbe, DeviceSummary } from '../protocol/device';
import type { CachedModel, LoadProgress, ModelInfo, PartialImport } from '../protocol/models';
import type { WireError } from '../shared/errors';

export type { GenerateSummary, TokenLogprob } from '../protocol/chat';
export type { DeviceProbe } from '../protocol/device';
export type { CachedModel, LoadProgress, PartialImport } from '../protocol/models';

/** Why an answer ended: the engine's reasons, a closed page, or a failure. */
export type AnswerEnd = GenerateSummary['reason'] | 'interrupted' | 'error';

/** A file that belongs to a question, kept as it came. */
export interface Attachment {
  id: string;
  name: string;
  mediaType: string;
  bytes: Blob;
  /** What the model reads of it. */
  document?: AttachedDocument;
}

/** A document's text, and what it takes of the context. */
export interface AttachedDocument extends DocumentText {
  /** Missing when no model was there to count. */
  tokens?: number;
  /** Tokens of the whole document, of which this is the beginning. */
  cutFrom?: number;
}

/** A file on its way into a question. */
export interface DraftAttachment {
  id: string;
  name: string;
  sizeBytes: number;
  status: 'reading' | 'ready' | 'failed';
  /** 0 to 1 while a long one is read. */
  fraction: number;
  error?: WireError;
  document?: AttachedDocument;
  file: File;
}

/** What the draft, its files and its chat take of the context. */
export interface DraftMeasure {
  tokens: number;
  contextTokens: number;
  /**
   * Tokens to lose before the draft fits, with room for an answer and without the turns that may be left out; 0 or less
   * when it does.
   */
  excess: number;
}

interface MessageBase {
  /** Unique in its chat. */
  id: string;
  /** The message it follows; null at the start of the chat. Several with one parent are branches. */
  parentId: string | null;
  content: string;
  createdAt: number;
}

export interface UserMessage extends MessageBase {
  role: 'user';
  attachments?: Attachment[];
}

export interface AssistantMessage extends MessageBase {
  role: 'assistant';
  end: AnswerEnd;
  /** Missing when the answer was cut before the engine could report. */
  summary?: GenerateSummary;
  seed: number;
  modelName: string;
  /** How long the model thought before it answered, if it did. */
  thinkingMs?: number;
  /** Host of the server that wrote it, or a part of it; missing when all of it was written here. */
  server?: string;
  /** Missing in answers of earlier versions, and of other apps. */
  made?: AnswerRecord;
}

/** A model as a chat and an answer remember it. */
export type KnownModel = Pick<ModelInfo, 'id' | 'name' | 'origin'>;

/** Why an answer was slower than it could be: src/store/chats/slowness.ts. */
export type SlowReason =
  'software' | 'memory' | 'hidden' | 'battery' | 'other-tab' | 'importing' | 'long-chat' | 'long-prompt';

/** What an answer was made with: enough to make it again. */
export interface AnswerRecord {
  model: KnownModel;
  /** 'Q4_0'; '' where the engine did not say. */
  quantisation: string;
  /** What of the settings counted, but for the seed, which is the message's: with a server, what somebody chose. */
  sampling: SamplingOverrides;
  maxTokens: number | null;
  contextPolicy: ContextPolicy;
  /** '' where there was none. */
  systemPrompt: string;
  /** From sending to the first word. */
  firstTokenMs?: number;
  /** Only where it was slow. */
  slow?: SlowReason[];
}

export type Message = UserMessage | AssistantMessage;

/** How answers are made, as far as somebody chose. */
export interface AnswerSettings {
  /** Only what was changed; the rest comes from the model. */
  sampling: SamplingOverrides;
  /** null: a new one for every answer. */
  seed: number | null;
  /** null: until the context is full. */
  maxTokens: number | null;
  /** When the chat outgrows the context. */
  contextPolicy: ContextPolicy;
}

/** A server of the settings, and one of its models. */
export interface ChatServer {
  id: string;
  /** For when it is no longer there. */
  name: string;
  model: string;
}

/** Everything of a chat but its messages. */
export interface ChatRow {
  id: string;
  title: string;
  /** start: the first words of the first question, until somebody knows better. */
  titleBy: 'start' | 'model' | 'user';
  createdAt: number;
  updatedAt: number;
  pinned: boolean;
  systemPrompt: string;
  /** Values of its own; without them it follows the defaults. */
  settings?: AnswerSettings;
  /** What answers it in place of this computer. */
  server?: ChatServer;
  /** What answered last, or was chosen to. */
  model?: KnownModel;
  /** Which branch is shown: the child chosen for a message's id, '' for the start. Without a choice the newest. */
  chosen: Record<string, string>;
}

export interface Chat extends ChatRow {
  /** All branches; src/store/chats/tree.ts finds the one that is shown. */
  messages: Message[];
}

/** The chat list's row. */
export type ChatMeta = Pick<ChatRow, 'id' | 'title' | 'updatedAt' | 'pinned'>;

/** The answer being written. Its AssistantMessage is in the chat from the start; this is the text on top of it. */
export interface Turn {
  chatId: string;
  messageId: string;
  /** waiting: for the model to load; prefill: the model reads the prompt; decode: text arrives. */
  phase: 'waiting' | 'prefill' | 'decode';
  /** The whole text so far, also what stood there before when an answer is continued. */
  text: string;
  prefillDone: number;
  prefillTotal: number;
  tokens: number;
  contextUsed: number;
  /** 0 while unknown. */
  tokensPerSecond: number;
  seed: number;
  /** How long the model has thought, if it does; stays when the answer begins. */
  thinkingMs?: number;
}

/** A question that got no answer, because its chat no longer fits; somebody has to say how to go on. */
export interface TurnOverflow extends ContextOverflow {
  chatId: string;
  /** The message that wants an answer. */
  parentId: string;
  policy: ContextPolicy;
}

/** A token of an answer written again, and what else the model had in mind. */
export interface InspectedToken extends TokenLogprob {
  /** The likeliest first; the token itself may be among them. */
  top: TokenLogprob[];
  /** Where its text begins in the answer. */
  start: number;
}

/** An answer written again from its seed, to see its tokens. */
export interface Inspection {
  messageId: string;
  /** stopped: something else needed the model, or somebody had enough; untold: the server gives no probabilities. */
  status: 'running' | 'done' | 'stopped' | 'failed' | 'untold';
  /** Tokens of the answer, for the progress. */
  total: number;
  tokens: InspectedToken[];
  /** The token from which on it is another text than the answer; -1: none. */
  partsAt: number;
  error: WireError | null;
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

export type SamplingOverrides = Partial<Omit<SamplingParams, 'seed'>>;
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
