// The engine: one GPU, one loaded model, one answer at a time. The worker and the command line call nothing else.
import type { Gpu } from '../gpu/device';
import { openGpu } from '../gpu/device';
import type { BoundModel } from '../model/architecture';
import { architectureOf, countParameters } from '../model/architecture';
import type { KernelTuning, KeptTuning, TuningStore } from '../model/tuneDevice';
import { describeTuning, tuneDevice } from '../model/tuneDevice';
import type { BenchPass, BenchStream, BenchTurn, LogitsResult } from '../protocol/bench';
import type { EngineCalls } from '../protocol/calls';
import type { GenerateEvent, GenerateRequest, GenerateSummary, SentTurn } from '../protocol/chat';
import type { DeviceProbe, DeviceSummary } from '../protocol/device';
import type { LoadOptions, LoadProgress, ModelInfo, ModelSource } from '../protocol/models';
import { AppError } from '../shared/errors';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { databaseStore } from '../weights/stored/storage';
import type { Metadata } from '../weights/types';
import type { LoadedWeights } from '../weights/upload/uploader';
import { uploadModel } from '../weights/upload/uploader';
import { benchmarkKernels } from './measure/benchKernels';
import { benchmarkTurn } from './measure/benchmark';
import { benchmarkStreaming } from './measure/benchStreaming';
import { ChatPrompts } from './prompt/chatPrompt';
import { contextFor } from './kv/contextBudget';
import type { Constraint } from './decode/constraint';
import { generateAnswer } from './decode/generate';
import { inspectLogits } from './measure/inspectLogits';
import { bytesOf, defaultKvFormat, modelInfo, tensorMap } from './modelInfo';
import { holdModelLock } from '../library/modelLock';
import { ModelStore, type StoreEnvironment } from '../library/modelStore';
import { openSource } from '../library/openSource';
import { probeDevice } from './measure/probe';
import { progressMeter } from '../library/progressMeter';
import { Session } from './decode/session';
import type { Policies } from './policies';
import { STANDARD_POLICIES } from './policies';

export interface EngineEnvironment extends StoreEnvironment {
  /** navigator.gpu, or Dawn's object in Node. */
  gpuApi: GPU | undefined;
  /** Keeps a model to one tab; without it (Node) nothing is locked. */
  locks?: LockManager;
  onDeviceLost?: (error: AppError) => void;
  /** Keeps which kernels are the fastest on a device. Default: beside the cache; with a given cache, nothing is tried. */
  tunings?: TuningStore;
  /** For tests: kernel variants, whatever the device. */
  kernels?: Partial<KernelTuning>;
  /** Decisions that would follow from measured times, fixed. */
  policies?: Partial<Policies>;
}

interface Loaded {
  info: ModelInfo;
  model: BoundModel;
  prompts: ChatPrompts;
  tokenizer: Tokenizer;
  stops: ReadonlySet<number>;
  weights: LoadedWeights;
  session: Session;
  releaseLock: () => void;
}

export class Engine {
  private gpu: Gpu | undefined;
  /** A device that is being opened: an import asks for one while a load may do so too. */
  private opening: Promise<Gpu> | undefined;
  /** Settles when the device's kernel variants are chosen. */
  private tuned: Promise<void> | undefined;
  private loaded: Loaded | undefined;
  /** What the GPU holds, once it has been probed. */
  private allocatableBytes: number | undefined;
  /** Models on this machine, loaded or not. */
  readonly store: ModelStore;

  constructor(private readonly environment: EngineEnvironment) {
    this.store = new ModelStore(environment);
  }

  private async openGpu(): Promise<Gpu> {
    if (this.gpu) return this.gpu;
    this.opening ??= this.openNewGpu().finally(() => (this.opening = undefined));
    return this.opening;
  }

  private async openNewGpu(): Promise<Gpu> {
    const gpu = await openGpu(this.environment.gpuApi);
    this.gpu = gpu;
    this.tuned = undefined;
    void gpu.lost.then((error) => {
      if (this.gpu !== gpu) return; // destroyed by us
      this.gpu = undefined;
      this.loaded?.releaseLock();
      this.loaded = undefined; // its buffers went with the device
      this.environment.onDeviceLost?.(error);
    });
    return gpu;
  }

  /** The device with its kernel variants chosen, which takes a second at the first start: before anything is recorded. */
  private async openTunedGpu(): Promise<Gpu> {
    const gpu = await this.openGpu();
    const { cache, kernels: fixed } = this.environment;
    const { tunings = cache ? undefined : databaseStore<string, KeptTuning>('glm-tunings') } =
      this.environment;
    await (this.tuned ??= tuneDevice(gpu, { store: tunings, fixed }));
    return gpu;
  }

  /** @throws AppError no-webgpu, no-adapter, limits-too-small */
  async describeDevice(): Promise<DeviceSummary> {
    return { ...(await this.openGpu()).adapter, kernels: this.tuned && describeTuning() };
  }

  /**
   * Brings a model into the cache, or finds it there. The loaded one goes on answering meanwhile.
   * @throws AppError of nearly every code; an abort throws the signal's reason and keeps what is stored.
   */
  async import(
    source: ModelSource,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<{ id: string; name: string }> {
    const meter = progressMeter(onProgress);
    meter.at('header', 0, 1);
    await this.openGpu(); // no GPU is known before gigabytes are moved
    const { id, name } = await this.store.ensureCached(source, meter, signal);
    return { id, name };
  }

  /**
   * Loads a model: from the cache when it is there (no request leaves the machine unless a stored part is damaged),
   * else imported first; 'disk' files are read on the way. The model loaded before stays until the new one is at hand.
   * @throws AppError of nearly every code; an abort throws the signal's reason.
   */
  async load(
    source: ModelSource,
    options: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<ModelInfo> {
    const meter = progressMeter(onProgress);
    meter.at('header', 0, 1);
    const gpu = await this.openTunedGpu(); // no GPU is known before gigabytes are moved
    const { manifest, shards, keep } = await this.store.ready(source, meter, signal);
    const repairer = await this.store.repairer(manifest, source, signal, meter);
    const { metadata } = manifest;
    const architecture = architectureOf(metadata);
    const config = architecture.readConfig(metadata, tensorMap(manifest));
    const tokenizer = architecture.createTokenizer(metadata);
    const family = architecture.family(metadata);
    await this.unload();
    const releaseLock = await holdModelLock(this.environment.locks, manifest.id);
    let weights: LoadedWeights | undefined;
    let model: BoundModel | undefined;
    let creating: Promise<Session> | undefined;
    try {
      const kvFormat = options.kvFormat ?? defaultKvFormat(manifest);
      const contextTokens = contextFor({
        ...{ config, kvFormat, wantedTokens: options.contextTokens, allocatableBytes: this.allocatableBytes },
        maxBindingBytes: gpu.device.limits.maxStorageBufferBindingSize,
        weightBytes: manifest.packedBytes,
      });
      weights = await uploadModel({
        gpu,
        manifest,
        cache: await this.store.cache(),
        shards: shards?.read,
        signal,
        onProgress: ({ doneBytes, totalBytes }) => meter.at('upload', doneBytes, totalBytes),
        repair: (index) => repairer.repairOrCount(index),
        onPlaced: (placed) => {
          // Compiles while the weights arrive.
          model = architecture.bind(config, placed);
          creating = Session.create(gpu, model, {
            policies: { ...STANDARD_POLICIES, ...this.environment.policies },
            contextTokens,
            kvFormat,
            numRealTokens: Math.min(tokenizer.numRealTokens, config.vocabSize),
            kvStore: this.environment.kvStore,
            modelId: manifest.id,
          });
          creating.catch(() => undefined); // reported below
        },
      });
      await keep?.();
      meter.at('compile', 0, 1);
      if (!creating || !model) throw new AppError('bug', 'The weights were uploaded without being placed.');
      const session = await (creating as Promise<Session>);
      await session.warmUp();
      meter.at('compile', 1, 1);
      signal.throwIfAborted();
      const parameters = countParameters(architecture.planTensors(config, tensorMap(manifest)));
      const gpuBytes = gpu.allocatedBytes;
      const info = modelInfo({ manifest, config, family, parameters, contextTokens, gpuBytes });
      const stops = new Set(architecture.stopIds(tokenizer, metadata));
      const prompts = new ChatPrompts(tokenizer, family);
      this.loaded = { info, model, prompts, tokenizer, stops, weights, session, releaseLock };
      return info;
    } catch (error) {
      await creating?.then(
        (session) => session.destroy(),
        () => undefined,
      );
      weights?.destroy();
      releaseLock();
      throw error;
    }
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

  /**
   * Answers a chat; text comes as events. A stop is an outcome ('aborted'), not an error.
   * @param constraint restricts the answer's tokens as it goes.
   */
  async generate(
    request: GenerateRequest,
    onEvent: (event: GenerateEvent) => void,
    signal: AbortSignal,
    constraint?: Constraint,
  ): Promise<GenerateSummary> {
    const { session, tokenizer, stops, prompts } = this.model();
    const answer = { session, tokenizer, stops, prompts, request, onEvent, signal, constraint };
    const summary = await generateAnswer(answer);
    void session.rest();
    return { ...summary, gpuBytes: this.gpu?.allocatedBytes, kvBytes: session.kvBytes };
  }

  /** Deletes what is stored of chats' KV; what is being stored now is given up. */
  async forgetKept(): Promise<void> {
    this.loaded?.session.stopKeeping();
    await this.environment.kvStore?.clear();
  }

  /** Resolves once the KV of a long prefix in the cache is stored; begun by itself after every answer. */
  rest(): Promise<void> {
    return this.model().session.rest();
  }

  /** Pipelines compiled or being compiled. */
  get pipelineCount(): number {
    return this.gpu?.pipelineCount ?? 0;
  }

  /** Tokens that prefills of the loaded model have reused and computed so far. */
  get prefillTotals(): { reusedTokens: number; prefilledTokens: number } {
    return this.model().session.totals;
  }

  /** How often the loaded model's KV cache grew ahead of need, and how often a prompt or a token waited for it. */
  get cacheGrowths(): { ahead: number; waited: number } {
    return { ...this.model().session.growths };
  }

  /** Tokens of the prompt that these messages make. */
  countTokens(messages: SentTurn[]): number {
    return this.model().prompts.encode(messages).ids.length;
  }

  /** Ids of a text; special tokens in it stay text. Of a `source` only the header is read. */
  async tokenize(
    { text, source }: EngineCalls['tokenize']['args'],
    signal: AbortSignal,
  ): Promise<EngineCalls['tokenize']['result']> {
    if (!source) return { ids: this.model().tokenizer.encode(text) };
    const metadata = await this.metadataOf(source, signal);
    return { ids: architectureOf(metadata).createTokenizer(metadata).encode(text) };
  }

  private async metadataOf(source: ModelSource, signal: AbortSignal): Promise<Metadata> {
    if (source.kind === 'cached')
      return (
        await this.store.ensureCached(
          source,
          progressMeter(() => undefined),
          signal,
        )
      ).metadata;
    const opening = source.kind === 'disk' ? { kind: 'files' as const, files: source.files } : source;
    const { model, close } = await openSource(opening, { signal });
    close();
    return model.kind === 'pack' ? model.pack.manifest.metadata : model.gguf.metadata;
  }

  /** Raw logits after the last id, and the greedy continuation. @throws AppError bad-request, context-full */
  async logits(args: EngineCalls['logits']['args'], signal: AbortSignal): Promise<LogitsResult> {
    const { session, model } = this.model();
    return inspectLogits({ session, vocabSize: model.config.vocabSize, signal, ...args });
  }

  /** Times one turn. @throws what benchmarkTurn throws */
  async benchTurn(args: EngineCalls['benchTurn']['args'], signal: AbortSignal): Promise<BenchTurn> {
    const { session, model } = this.model();
    return benchmarkTurn({ session, vocabSize: model.config.vocabSize, signal, ...args });
  }

  /** @throws what benchmarkStreaming throws */
  async benchStream(signal: AbortSignal): Promise<BenchStream> {
    return benchmarkStreaming(await this.openGpu(), signal);
  }

  /** Times the kernels of one pass. @throws AppError context-full; an abort throws its reason. */
  async benchPass(
    { numTokens, length }: EngineCalls['benchPass']['args'],
    onFraction: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<BenchPass> {
    const { session, model } = this.model();
    const gpu = await this.openGpu();
    if (length > session.contextTokens) {
      throw new AppError(
        'context-full',
        `A pass at ${length} does not fit the context of ${session.contextTokens}.`,
        {
          promptTokens: length,
          contextTokens: session.contextTokens,
        },
      );
    }
    const tokens = Math.max(1, Math.min(numTokens, length, session.maxPassTokens));
    const [forward, choose] = await session.passToTime({ numTokens: tokens, length });
    const kernels = await benchmarkKernels(gpu, [forward, choose], { signal, onFraction });
    const dispatches = forward.length + choose.length;
    const weightBytes = bytesOf(model.matrices());
    return { numTokens: tokens, length, dispatches, weightBytes, gpuBytes: gpu.allocatedBytes, kernels };
  }

  /** For tests of recovery: the device goes away as after a driver reset. */
  loseDevice(): void {
    this.gpu?.destroy();
  }

  /** Deletes a model from the cache; the loaded one is unloaded first. */
  async deleteModel(id: string): Promise<void> {
    if (this.loaded?.info.id === id) await this.unload();
    await this.store.delete(id);
    await this.environment.kvStore?.clear(id);
  }

  /** Measures the machine in a few seconds; a loaded model stays. @throws what probeDevice throws */
  async probe(onFraction?: (fraction: number) => void, signal?: AbortSignal): Promise<DeviceProbe> {
    const probe = await probeDevice(await this.openTunedGpu(), onFraction, signal);
    if (!probe.allocationCapped && !this.loaded) this.allocatableBytes = probe.allocatableBytes;
    return probe;
  }
}
