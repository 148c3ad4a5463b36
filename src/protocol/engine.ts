// The messages between the page and the engine's worker, as types. The name of a call fixes its payload.
import type { WireError } from '../shared/errors';

/** One file of a model on a server. */
export interface RemoteFile {
  url: string;
  /** Its name in the repository: 'model-00001-of-00010.safetensors', 'tokenizer.json'. */
  name: string;
  /** Published size and SHA-256 (hex), where there are any: the download is held against them. */
  bytes?: number;
  sha256?: string;
}

/** A model the engine can load. */
export type ModelSource =
  | { kind: 'url'; url: string } // also the built-in Nano; for a split set the URL of the first part
  /**
   * From the catalogue: GGUF parts, or the safetensors, configuration and tokenizer files of an original repository.
   * `origin` is the same whichever mirror serves the files. `token` goes to their servers and is not stored.
   */
  | { kind: 'remote'; origin: string; name: string; files: RemoteFile[]; token?: string }
  | { kind: 'files'; files: File[] } // one file or the parts of a split set; copied into the cache
  /**
   * Files that stay where they are and are read at every load; only a manifest is kept. `id`: the stored model that
   * they are expected to be.
   */
  | { kind: 'disk'; files: File[]; id?: string }
  | { kind: 'cached'; id: string }; // read from IndexedDB only, network off

export type KvFormat = 'f16' | 'f32' | 'i8';

export interface LoadOptions {
  /** Default: the model's own context, at most 32768, less where the GPU is known to hold less. */
  contextTokens?: number;
  /** Default f16 for quantised files, f32 for float ones. */
  kvFormat?: KvFormat;
}

export interface LoadProgress {
  /**
   * import: fetching, repacking and storing; verify: the last check of a download against its published digest;
   * upload: to the GPU; compile: pipelines.
   */
  phase: 'header' | 'import' | 'verify' | 'upload' | 'compile';
  doneBytes: number;
  totalBytes: number;
  /** Smoothed, bytes per second; 0 while unknown. */
  bytesPerSecond: number;
  /** Seconds; Infinity while unknown. */
  secondsLeft: number;
  /** The server or the network is away: why, and when it is tried again. */
  retry?: { error: WireError; attempt: number; inSeconds: number };
  /** Another tab imports this model; its progress is shown, and its work taken over should it close. */
  elsewhere?: boolean;
}

/** An import that was begun and is not finished: loading its source again goes on where it stopped. */
export interface PartialImport {
  id: string;
  name: string;
  origin: string;
  /** What to load to go on; null when the file has to be chosen again. Holds no token. */
  source: ModelSource | null;
  /** Of the source. */
  doneBytes: number;
  totalBytes: number;
  /** What it takes in IndexedDB now. */
  storedBytes: number;
  updatedAt: number; // ms since 1970
}

/** What this machine can do, measured without a model in a few seconds. */
export interface DeviceProbe {
  device: DeviceSummary;
  /** GPU bytes that could be allocated at once, in steps; `allocationCapped`: the probe stopped there by itself. */
  allocatableBytes: number;
  allocationCapped: boolean;
  /** One layer in the shape of GLM-4-9B with INT4 zeros: bytes of weights, a decode step, a prefill chunk. */
  layer: { weightBytes: number; decodeMs: number; prefillTokens: number; prefillMs: number };
  /** The LM head in the same shape, one token. `estimated`: there was no time for it; from the layer's bytes per ms. */
  head: { weightBytes: number; decodeMs: number; estimated?: boolean };
  /** What a decode step costs beside layers and head: submit, readback, the rest of the frame. */
  stepMs?: number;
  /** Share of the layer's weights that was run; the times above are scaled to all of them. 1 on a GPU. */
  measuredShare?: number;
  storage: { usageBytes: number; quotaBytes: number; persisted: boolean };
  tookMs: number;
  measuredAt: number; // ms since 1970
}

/** Sampling settings. temperature 0 is greedy. */
export interface SamplingParams {
  temperature: number;
  /** Keep the smallest set with this probability mass; 1 is off. */
  topP: number;
  /** Keep the k most likely; 0 is off. */
  topK: number;
  /** Drop tokens below minP × the likeliest; 0 is off. */
  minP: number;
  /** Divide positive (multiply negative) logits of tokens already seen; 1 is off. */
  repetitionPenalty: number;
  /** Taken off the logit of a token for every time the answer has it; default 0. */
  frequencyPenalty?: number;
  /** Taken off the logit of a token that the answer has; default 0. */
  presencePenalty?: number;
  /** 32-bit; the same seed and prompt give the same text on the same device. */
  seed: number;
}

export interface ModelInfo {
  id: string;
  name: string;
  origin: string;
  architecture: string;
  /** Which chat format: src/model/chatFormat.ts. */
  family: string;
  numLayers: number;
  hiddenSize: number;
  vocabSize: number;
  parameters: number;
  /** Tokens the loaded KV cache holds. */
  contextTokens: number;
  /** Tokens the model was made for. */
  trainedContextTokens: number;
  packedBytes: number;
  gpuBytes: number;
  /** How most weights are kept: 'INT4', 'INT4 + INT8', 'BF16'. */
  quantisation?: string;
  /** Recommended by the model. */
  sampling: Omit<SamplingParams, 'seed'>;
  /** What the weights may be used for; `badge` is a sentence the licence wants shown, or ''. */
  licence: { name: string; badge: string; url: string };
  /** Header repairs and other remarks, in English. */
  warnings: string[];
}

export interface CachedModel {
  id: string;
  name: string;
  origin: string;
  packedBytes: number;
  sourceBytes: number;
  importedAt: number;
  /** Stored by an app with another byte layout: loading it imports it again, from its source if that is known. */
  outdated?: boolean;
  /** Read from these files at every load ('disk'): nothing of its weights is stored here. */
  disk?: { name: string; bytes: number }[];
}

export interface ChatTurn {
  role: 'system' | 'user' | 'assistant' | 'observation';
  content: string;
  /** Tool name of an assistant call or kind of an observation; empty for plain text. */
  metadata?: string;
}

export interface GenerateRequest {
  messages: ChatTurn[];
  /** The last message is the beginning of an answer: the model goes on from its last word. */
  continue?: boolean;
  sampling: SamplingParams;
  /** At most this many new tokens; default: what the context still holds. */
  maxTokens?: number;
  /** Which tokens the answer may have: only those allowed (default all), and none of those suppressed. */
  mask?: { allow?: number[]; suppress?: number[] };
  /** When the chat has outgrown the context; default drop-oldest. */
  contextPolicy?: ContextPolicy;
  /** Check drafts found earlier in the text, where that is faster; the answer is the same. Default: where the device's
   * kernels for one and for several tokens round alike. */
  speculation?: boolean;
  /** Send an event with the log-probabilities of every token and so many alternatives. */
  topLogprobs?: number;
}

/**
 * stop: no answer, reason 'context'; drop-oldest: the oldest turns are left out of the prompt, never system messages
 * or the last turn; ask: as stop. After stop and ask, `overflow` says what dropping would take.
 */
export type ContextPolicy = 'stop' | 'drop-oldest' | 'ask';

/** A chat that does not fit, and how many of its oldest turns would have to go. */
export interface ContextOverflow {
  promptTokens: number;
  contextTokens: number;
  dropTurns: number;
}

/** Progress of one answer. Text arrives whole characters at a time. */
export type GenerateEvent =
  | { kind: 'prefill'; doneTokens: number; totalTokens: number; reusedTokens: number }
  | { kind: 'text'; text: string; tokens: number; contextUsed: number }
  /** Natural logarithms, of the model's own probabilities: before penalties, temperature and mask. */
  | { kind: 'logprobs'; id: number; text: string; logprob: number; top: TokenLogprob[] };

export interface TokenLogprob {
  id: number;
  text: string;
  logprob: number;
}

export interface GenerateSummary {
  /** stop: the model ended its turn; observation: it called a tool; length: maxTokens; context: the cache is full. */
  reason: 'stop' | 'observation' | 'length' | 'context' | 'aborted';
  promptTokens: number;
  /** Prompt tokens whose K and V were there, in the cache or kept beside it. */
  reusedTokens: number;
  /** Prompt tokens computed. 0 when all are reused and the logits after them are kept too. */
  prefilledTokens?: number;
  /** Oldest turns left out of the prompt: questions with everything up to the next one. */
  droppedTurns?: number;
  /** There is no answer, because the chat does not fit and the policy does not drop turns by itself. */
  overflow?: ContextOverflow;
  newTokens: number;
  prefillMs: number;
  decodeMs: number;
  contextUsed: number;
  contextTokens: number;
  /** Held on the GPU at the end: all of it, and the KV cache in it, which grows with the chat. */
  gpuBytes?: number;
  kvBytes?: number;
  /** Decode steps that ran ahead of the one being read, plus that one, at the end. */
  stepsInFlight?: number;
  /** Passes that checked drafts, tokens drafted in them, and how many of those came true. */
  speculation?: { passes: number; draftedTokens: number; acceptedTokens: number };
  /** Where a server wrote the answer, and not the engine. */
  served?: ServedBy;
}

/** What a server said of itself with its answer; '' for what it did not say. */
export interface ServedBy {
  /** As the answer names it, which may be more exact than what was asked for. */
  model: string;
  /** Version of the program, or whatever the server tells its answers apart by. */
  fingerprint: string;
  /** Who counted the tokens: the server, or this page its pieces, where the server gave no usage. */
  counted: 'server' | 'here';
}

export interface DeviceSummary {
  vendor: string;
  architecture: string;
  description: string;
  software: boolean;
  features: string[];
  limits: Record<string, number>;
  /** Kernel variants in use, chosen for this device; in words, for reports. */
  kernels?: string;
}

export interface LogitsResult {
  top: [id: number, logit: number][];
  logSumExp: number;
  greedy: number[];
  /** All logits [V], when asked for. */
  all?: Float32Array;
}

/** One timed turn: a prompt of ids, then greedy tokens. */
export interface BenchTurnArgs {
  ids: number[];
  /** Tokens to decode, 1 or more. */
  newTokens: number;
  /** Compute all of the prompt; otherwise what the cache holds of it is reused, as in a chat. */
  fresh: boolean;
}

export interface BenchTurn {
  /** From the call to the first token on the host. */
  firstTokenMs: number;
  /** Mean over the tokens after the first; null when there is only one. */
  msPerToken: number | null;
  reusedTokens: number;
  tokens: number[];
}

/** The yardstick: bytes read per second by a kernel that only reads, once per round. */
export interface BenchStream {
  bytes: number;
  runs: number[];
}

/** All dispatches of one kind in a pass. */
export interface BenchKernel {
  /** 'attn.qkv', 'ffn.down', 'head' … */
  name: string;
  dispatches: number;
  ms: number;
}

/** One pass, taken apart. */
export interface BenchPass {
  numTokens: number;
  /** Positions in the cache after it. */
  length: number;
  dispatches: number;
  /** Of the weights that it reads. */
  weightBytes: number;
  /** Everything the engine holds on the GPU. */
  gpuBytes: number;
  kernels: BenchKernel[];
}

/** Calls of the engine: arguments, events on the way, result. */
export interface EngineCalls {
  /** Opens the GPU; everything else needs it, and load does it by itself. */
  device: { args: Record<string, never>; event: never; result: DeviceSummary };
  load: { args: { source: ModelSource; options?: LoadOptions }; event: LoadProgress; result: ModelInfo };
  /**
   * Brings a model into the cache, or finds it there, while the loaded one goes on answering; `load` of its id does
   * the rest. Not for 'disk'.
   */
  import: { args: { source: ModelSource }; event: LoadProgress; result: { id: string; name: string } };
  unload: { args: Record<string, never>; event: never; result: null };
  generate: { args: GenerateRequest; event: GenerateEvent; result: GenerateSummary };
  countTokens: { args: { messages: ChatTurn[] }; event: never; result: { tokens: number } };
  /** With the loaded model's tokenizer, or that of a source, of which only the header is read. */
  tokenize: { args: { text: string; source?: ModelSource }; event: never; result: { ids: number[] } };
  logits: { args: { ids: number[]; greedy?: number; all?: boolean }; event: never; result: LogitsResult };
  /** Times one turn on the loaded model. @throws AppError bad-request, context-full */
  benchTurn: { args: BenchTurnArgs; event: never; result: BenchTurn };
  /** How fast the device reads memory; 256 MiB are allocated beside the model. @throws AppError out-of-gpu-memory */
  benchStream: { args: Record<string, never>; event: never; result: BenchStream };
  /** Times the kernels of one pass on the loaded model, whose cache is forgotten. @throws AppError context-full */
  benchPass: {
    args: { numTokens: number; length: number };
    event: { fraction: number };
    result: BenchPass;
  };
  /** Deletes what is stored of chats' KV: numbers from which a model could go on, and so a trace of what was said. */
  forgetKept: { args: Record<string, never>; event: never; result: null };
  listModels: { args: Record<string, never>; event: never; result: CachedModel[] };
  deleteModel: { args: { id: string }; event: never; result: null };
  /** Imports under way or interrupted, newest first. */
  listPartial: { args: Record<string, never>; event: never; result: PartialImport[] };
  deletePartial: { args: { id: string }; event: never; result: null };
  /**
   * Reads a stored model back and compares every digest; damaged parts are fetched again when their source is known.
   * A model that lies on disk needs its `files`.
   */
  verifyModel: {
    args: { id: string; files?: File[] };
    event: { doneBytes: number; totalBytes: number };
    /** failure: why damaged shards stay so. */
    result: { damagedShards: number[]; repairedShards: number[]; failure?: WireError };
  };
  /** A stored model as one file that any device can import again; made of the stored blobs, not copied. */
  exportModel: { args: { id: string }; event: never; result: { blob: Blob; fileName: string } };
  /** Measures the machine without a model, in under 5 s. */
  probe: { args: Record<string, never>; event: { fraction: number }; result: DeviceProbe };
}
export type CallName = keyof EngineCalls;

/** These use the device or replace the model: one at a time, in the order they were made. An import does neither. */
export const EXCLUSIVE_CALLS: ReadonlySet<CallName> = new Set<CallName>([
  'device',
  'load',
  'unload',
  'generate',
  'logits',
  'benchTurn',
  'benchStream',
  'benchPass',
  'probe',
  'deleteModel',
]);

export type CallMessage = {
  [K in CallName]: { kind: 'call'; id: number; name: K; args: EngineCalls[K]['args'] };
}[CallName];
export type ToWorker = CallMessage | { kind: 'abort'; id: number };

/** Answers carry the id of their call; `device-lost` belongs to none. */
export type FromWorker =
  | { kind: 'event'; id: number; event: unknown }
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'error'; id: number; error: WireError }
  | { kind: 'aborted'; id: number }
  | { kind: 'device-lost'; error: WireError };
