// The messages between the page and the worker. The name of a call fixes its payload.
import type { WireError } from '../shared/errors';
import type { BenchPass, BenchStream, BenchTurn, BenchTurnArgs, LogitsResult } from './bench';
import type { GenerateEvent, GenerateRequest, GenerateSummary, ImagePart, ToolSpec, Turn } from './chat';
import type { DeviceCheck, DeviceProbe, DeviceSummary, KernelCheck } from './device';
import type {
  CachedModel,
  EyesInfo,
  LoadOptions,
  LoadProgress,
  ModelInfo,
  ModelRole,
  ModelSource,
  PartialImport,
} from './models';

/** Calls of the engine: arguments, events on the way, result. */
export interface EngineCalls {
  /** Opens the GPU; everything else needs it, and load does it by itself. */
  device: { args: Record<string, never>; event: never; result: DeviceSummary };
  load: { args: { source: ModelSource; options?: LoadOptions }; event: LoadProgress; result: ModelInfo };
  /**
   * Brings a model into the cache, or finds it there, while the loaded one goes on answering; `load` of its id does
   * the rest. Not for 'disk'. With `eyes` these are imported after it, and linked to it.
   */
  import: {
    args: { source: ModelSource; eyes?: ModelSource };
    event: LoadProgress;
    result: { id: string; name: string };
  };
  /** Frees the GPU memory of the model in a role, 'chat' by default; what is stored of it stays. */
  unload: { args: { role?: ModelRole }; event: never; result: null };
  generate: { args: GenerateRequest; event: GenerateEvent; result: GenerateSummary };
  countTokens: {
    args: { messages: Turn[]; tools?: ToolSpec[]; pictureTokens?: number };
    event: never;
    result: { tokens: number };
  };
  /** Gives the loaded model its eyes, from where LoadOptions.eyes says. @throws AppError eyes-unfit and those of import */
  addEyes: { args: { source: ModelSource }; event: LoadProgress; result: EyesInfo };
  /** One vector of length 1 per text, side by side, by a stored embedding model. @throws AppError no-model */
  embed: {
    args: { model: string; texts: string[]; kind: EmbedKind };
    event: { fraction: number };
    result: { dimension: number; vectors: Float32Array<ArrayBuffer> };
  };
  /** With the loaded model's tokenizer, or that of a source, of which only the header is read. */
  tokenize: { args: { text: string; source?: ModelSource }; event: never; result: { ids: number[] } };
  /** Each `<|begin_of_image|>` among the ids begins one of the `pictures`, which ends at `<|end_of_image|>`. */
  logits: {
    args: { ids: number[]; greedy?: number; all?: boolean; pictures?: ImagePart[]; pictureTokens?: number };
    event: never;
    result: LogitsResult;
  };
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
  /** Checks all kernels that this device may run against their references; they come as events, of `total`. */
  checkDevice: {
    args: Record<string, never>;
    event: { kernels: KernelCheck[]; total: number };
    result: DeviceCheck;
  };
}

/** What a text is to an embedding model: something asked, or something that may hold the answer. */
export type EmbedKind = 'query' | 'passage';

export type CallName = keyof EngineCalls;

/** These use the device or replace the model: one at a time, in the order they were made. An import does neither. */
export const EXCLUSIVE_CALLS: ReadonlySet<CallName> = new Set<CallName>([
  'device',
  'load',
  'unload',
  'generate',
  'addEyes',
  'embed',
  'logits',
  'benchTurn',
  'benchStream',
  'benchPass',
  'probe',
  'checkDevice',
  'deleteModel',
]);

export type CallMessage = {
  [K in CallName]: { kind: 'call'; id: number; name: K; args: EngineCalls[K]['args'] };
}[CallName];

/** These need a loaded model. */
export const MODEL_CALLS: ReadonlySet<CallName> = new Set<CallName>([
  'generate',
  'countTokens',
  'addEyes',
  'tokenize',
  'logits',
  'benchTurn',
  'benchPass',
]);

export type ToWorker =
  | CallMessage
  | { kind: 'abort'; id: number }
  /**
   * Puts the worker under supervision: it holds the Web Lock of that name while it lives, says 'ready', and then 'alive'
   * every second. `shared`: it also serves other tabs (protocol/tabs.ts).
   */
  | { kind: 'watch'; engine: string; shared: boolean };

/** The model that answers chats, and how it was loaded: what a new engine has to load in its place. */
export interface Resident {
  info: ModelInfo;
  args: EngineCalls['load']['args'];
}

/** Answers carry the id of their call; the other messages belong to none. */
export type FromWorker =
  | { kind: 'ready'; engine: string; resident: Resident | null }
  | { kind: 'alive' }
  /** Another model answers from now on, or none; any client may have asked for it. */
  | { kind: 'resident'; resident: Resident | null }
  | { kind: 'event'; id: number; event: unknown }
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'error'; id: number; error: WireError }
  | { kind: 'aborted'; id: number }
  | { kind: 'device-lost'; error: WireError };
