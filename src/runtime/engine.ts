// The engine: one GPU, one loaded model, one answer at a time. The worker and the command line call nothing else.
import type { Gpu } from '../gpu/device';
import { openGpu } from '../gpu/device';
import { encodeChat } from '../model/chatFormat';
import { bindWeights, tuneFor } from '../model/glm4';
import type { GlmConfig } from '../model/glm4Config';
import { countParameters, planTensors, readConfig } from '../model/glm4Config';
import type { ModelFamily } from '../model/modelFamily';
import { modelFamily, stopIds } from '../model/modelFamily';
import type {
  BenchResult,
  CachedModel,
  DeviceProbe,
  ChatTurn,
  DeviceSummary,
  EngineCalls,
  GenerateEvent,
  GenerateRequest,
  GenerateSummary,
  KvFormat,
  LoadOptions,
  LoadProgress,
  LogitsResult,
  ModelInfo,
  ModelSource,
  PartialImport,
} from '../protocol/engine';
import { AppError } from '../shared/errors';
import { isQuantised } from '../shared/weightLayout';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { createTokenizer, mergesAreRedundant } from '../tokenizer/tokenizer';
import { openCache } from '../weights/cache';
import { modelId } from '../weights/gguf';
import { importModel } from '../weights/importer';
import type { Metadata, ModelCache, ModelManifest } from '../weights/types';
import type { LoadedWeights } from '../weights/uploader';
import { uploadModel } from '../weights/uploader';
import { benchmark } from './benchmark';
import { generateAnswer } from './generate';
import { holdModelLock } from './modelLock';
import { openSource, originOf } from './openSource';
import { probeDevice } from './probe';
import { progressMeter } from './progressMeter';
import { Session } from './session';

/** KV cache capacity when nobody asks for another. */
const DEFAULT_CONTEXT_TOKENS = 8192;

export interface EngineEnvironment {
  /** navigator.gpu, or Dawn's object in Node. */
  gpuApi: GPU | undefined;
  /** Default: the browser's IndexedDB. */
  cache?: ModelCache;
  /** Keeps a model to one tab; without it (Node) nothing is locked. */
  locks?: LockManager;
  onDeviceLost?: (error: AppError) => void;
}

interface Loaded {
  info: ModelInfo;
  config: GlmConfig;
  family: ModelFamily;
  tokenizer: Tokenizer;
  stops: ReadonlySet<number>;
  weights: LoadedWeights;
  session: Session;
  releaseLock: () => void;
  load: { ms: number; bytes: number };
}

export class Engine {
  private gpu: Gpu | undefined;
  private cache: ModelCache | undefined;
  private loaded: Loaded | undefined;

  constructor(private readonly environment: EngineEnvironment) {}

  private async openGpu(): Promise<Gpu> {
    if (this.gpu) return this.gpu;
    const gpu = await openGpu(this.environment.gpuApi);
    this.gpu = gpu;
    tuneFor(gpu.adapter);
    void gpu.lost.then((error) => {
      if (this.gpu !== gpu) return; // destroyed by us
      this.gpu = undefined;
      this.loaded?.releaseLock();
      this.loaded = undefined; // its buffers went with the device
      this.environment.onDeviceLost?.(error);
    });
    return gpu;
  }

  private async openCache(): Promise<ModelCache> {
    return (this.cache ??= this.environment.cache ?? (await openCache()));
  }

  /** @throws AppError no-webgpu, no-adapter, limits-too-small */
  async describeDevice(): Promise<DeviceSummary> {
    return (await this.openGpu()).adapter;
  }

  /**
   * Loads a model: from the cache when it is there (no request leaves the machine), else imported first. The model
   * loaded before stays usable until the new one is safely in the cache.
   * @throws AppError of nearly every code; an abort throws the signal's reason.
   */
  async load(
    source: ModelSource,
    options: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<ModelInfo> {
    const started = performance.now();
    const meter = progressMeter(onProgress);
    meter('header', 0, 1);
    const gpu = await this.openGpu(); // no GPU is known before gigabytes are moved
    const manifest = await this.ensureCached(source, meter, signal);
    const config = readConfig(manifest.metadata, tensorMap(manifest));
    const tokenizer = createTokenizer(manifest.metadata);
    const family = modelFamily(manifest.metadata);
    await this.unload();
    const releaseLock = await holdModelLock(this.environment.locks, manifest.id);
    let weights: LoadedWeights | undefined;
    try {
      weights = await uploadModel({
        gpu,
        manifest,
        cache: await this.openCache(),
        signal,
        onProgress: ({ doneBytes, totalBytes }) => meter('upload', doneBytes, totalBytes),
      });
      meter('compile', 0, 1);
      const contextTokens = Math.min(
        config.trainedContextTokens,
        Math.max(1, Math.floor(options.contextTokens ?? DEFAULT_CONTEXT_TOKENS)),
      );
      const session = await Session.create(gpu, config, bindWeights(config, weights), {
        contextTokens,
        kvFormat: options.kvFormat ?? defaultKvFormat(manifest),
        numRealTokens: Math.min(tokenizer.numRealTokens, config.vocabSize),
      });
      meter('compile', 1, 1);
      signal.throwIfAborted();
      const info: ModelInfo = {
        id: manifest.id,
        name: manifest.name,
        origin: manifest.origin,
        architecture: config.architecture,
        family: family.id,
        numLayers: config.numLayers,
        hiddenSize: config.hiddenSize,
        vocabSize: config.vocabSize,
        parameters: countParameters(planTensors(config, tensorMap(manifest))),
        contextTokens,
        trainedContextTokens: config.trainedContextTokens,
        packedBytes: manifest.packedBytes,
        gpuBytes: gpu.allocatedBytes,
        sampling: family.sampling,
        licence: family.licence,
        warnings: config.warnings,
      };
      const stops = new Set<number>(stopIds(tokenizer, manifest.metadata));
      const load = { ms: performance.now() - started, bytes: manifest.packedBytes };
      this.loaded = { info, config, family, tokenizer, stops, weights, session, releaseLock, load };
      return info;
    } catch (error) {
      weights?.destroy();
      releaseLock();
      throw error;
    }
  }

  /** The manifest of the source's model, importing it when the cache has none. */
  private async ensureCached(
    source: ModelSource,
    meter: ReturnType<typeof progressMeter>,
    signal: AbortSignal,
  ): Promise<ModelManifest> {
    const cache = await this.openCache();
    // A URL is found again without a request; a file name proves nothing, so its header is read.
    const knownId =
      source.kind === 'cached'
        ? source.id
        : source.kind === 'url'
          ? await cache.idOfOrigin(source.url)
          : undefined;
    const known = knownId === undefined ? undefined : await cache.manifest(knownId);
    if (known) return known;
    if (source.kind === 'cached') {
      throw new AppError(
        'cache-damaged',
        'This model is no longer stored here. Choose it again to download it.',
        {
          id: source.id,
          shard: 'manifest',
        },
      );
    }
    const gguf = await openSource(source, signal);
    const id = await modelId(gguf);
    const stored = await cache.manifest(id);
    if (stored) {
      await cache.rememberOrigin(originOf(source), id); // the next start finds it with the network off
      return stored;
    }
    const config = readConfig(gguf.metadata, gguf.tensors);
    createTokenizer(gguf.metadata); // a vocabulary that cannot be used fails before the import
    return importModel({
      id,
      name: config.name,
      origin: originOf(source),
      gguf,
      plan: planTensors(config, gguf.tensors),
      metadata: withoutMerges(gguf.metadata),
      cache,
      signal,
      onProgress: ({ doneBytes, totalBytes }) => meter('import', doneBytes, totalBytes),
    });
  }

  /** Frees the loaded model's GPU memory; the cache keeps it. */
  async unload(): Promise<void> {
    const loaded = this.loaded;
    if (!loaded) return;
    this.loaded = undefined;
    await this.gpu?.device.queue.onSubmittedWorkDone(); // a stopped answer may still have a step in flight
    loaded.session.destroy();
    loaded.weights.destroy();
    loaded.releaseLock();
  }

  private model(): Loaded {
    if (this.loaded) return this.loaded;
    throw new AppError('no-model', 'No model is loaded. Choose one first.');
  }

  /** Answers a chat; text comes as events. A stop is an outcome ('aborted'), not an error. */
  generate(
    request: GenerateRequest,
    onEvent: (event: GenerateEvent) => void,
    signal: AbortSignal,
  ): Promise<GenerateSummary> {
    const { session, tokenizer, stops } = this.model();
    return generateAnswer({
      session,
      tokenizer,
      stops,
      ids: this.encode(request.messages),
      request,
      onEvent,
      signal,
    });
  }

  private encode(messages: ChatTurn[]): number[] {
    const { tokenizer, family } = this.model();
    return encodeChat({ tokenizer, family, messages, addGenerationPrompt: true });
  }

  /** Tokens of the prompt that these messages make. */
  countTokens(messages: ChatTurn[]): number {
    return this.encode(messages).length;
  }

  /** Ids of a text; special tokens in it stay text. Of a `source` only the header is read. */
  async tokenize(
    { text, source }: EngineCalls['tokenize']['args'],
    signal: AbortSignal,
  ): Promise<EngineCalls['tokenize']['result']> {
    if (!source) return { ids: this.model().tokenizer.encode(text) };
    const metadata =
      source.kind === 'cached'
        ? (await this.ensureCached(source, () => {}, signal)).metadata
        : (await openSource(source, signal)).metadata;
    return { ids: createTokenizer(metadata).encode(text) };
  }

  /** Raw logits after the last id, and the greedy continuation. @throws AppError bad-request, context-full */
  async logits(
    { ids, greedy = 0, all }: EngineCalls['logits']['args'],
    signal: AbortSignal,
  ): Promise<LogitsResult> {
    const { session, config } = this.model();
    const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= config.vocabSize);
    if (wrong !== undefined) {
      throw new AppError(
        'bad-request',
        `Token id ${wrong} is outside the vocabulary of ${config.vocabSize}.`,
        {
          field: 'ids',
          why: String(wrong),
        },
      );
    }
    await session.prefill(ids, { signal });
    const logits = await session.logits();
    const order = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
    const peak = logits[order[0]];
    const logSumExp = peak + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - peak), 0));
    const chosen: number[] = [];
    if (greedy > 0) {
      for await (const id of session.decode({ ...GREEDY, seed: 0 })) {
        chosen.push(id);
        if (chosen.length >= greedy) break;
      }
    }
    const top = order.slice(0, 20).map((id): [number, number] => [id, logits[id]]);
    return { top, logSumExp, greedy: chosen, all: all ? logits : undefined };
  }

  /** Times prefill and decode on random tokens. */
  async bench(args: EngineCalls['bench']['args'], signal: AbortSignal): Promise<BenchResult> {
    const { session, config, load } = this.model();
    const gpu = await this.openGpu();
    const times = await benchmark({ session, vocabSize: config.vocabSize, signal, ...args });
    return { adapter: gpu.adapter, load, ...times, gpuBytes: gpu.allocatedBytes };
  }

  /** For tests of recovery: the device goes away as after a driver reset. */
  loseDevice(): void {
    this.gpu?.destroy();
  }

  /** Models in the cache, newest first. @throws AppError storage-unavailable */
  async listModels(): Promise<CachedModel[]> {
    const manifests = await (await this.openCache()).list();
    return manifests
      .map(({ id, name, origin, packedBytes, sourceBytes, importedAt }) => ({
        id,
        name,
        origin,
        packedBytes,
        sourceBytes,
        importedAt,
      }))
      .sort((a, b) => b.importedAt - a.importedAt);
  }

  /** Deletes a model from the cache; the loaded one is unloaded first. */
  async deleteModel(id: string): Promise<void> {
    if (this.loaded?.info.id === id) await this.unload();
    await (await this.openCache()).deleteModel(id);
  }

  listPartial(): Promise<PartialImport[]> {
    return Promise.resolve([]);
  }

  deletePartial(_id: string): Promise<void> {
    return Promise.resolve();
  }

  verifyModel(id: string): Promise<EngineCalls['verifyModel']['result']> {
    throw new AppError('bug', `verifyModel is not built yet (${id})`);
  }

  exportModel(id: string): Promise<EngineCalls['exportModel']['result']> {
    throw new AppError('bug', `exportModel is not built yet (${id})`);
  }

  /** Measures the machine in a few seconds; a loaded model stays. @throws what probeDevice throws */
  async probe(onFraction?: (fraction: number) => void, signal?: AbortSignal): Promise<DeviceProbe> {
    return probeDevice(await this.openGpu(), onFraction, signal);
  }
}

/** A float file asks for exactness: rounding K and V to f16 moves its logits by 3e-3 of their RMS. */
function defaultKvFormat({ tensors }: ModelManifest): KvFormat {
  return tensors.some(({ kind, format }) => kind === 'matrix' && isQuantised(format)) ? 'f16' : 'f32';
}

/** Without the merge list when the ranks say the same: it is most of the header and would be read at every start. */
function withoutMerges(metadata: Metadata): Metadata {
  if (!mergesAreRedundant(metadata)) return metadata;
  const { 'tokenizer.ggml.merges': _, ...rest } = metadata;
  return rest;
}

const GREEDY = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1 };

function tensorMap(manifest: ModelManifest): ReadonlyMap<string, { shape: number[] }> {
  return new Map(manifest.tensors.map((tensor) => [tensor.name, tensor]));
}
