// The engine: one GPU, a model per role on it, one answer at a time. The worker and the command line call nothing else.
import type { Gpu } from '../gpu/device';
import { openGpu } from '../gpu/device';
import { architectureOf } from '../model/architecture';
import { CheckedKernels } from '../model/checkedKernels';
import type { KeptTuning, TuningStore } from '../model/tuningStore';
import type { KernelTuning } from '../model/tuneDevice';
import { describeTuning, tuneDevice } from '../model/tuneDevice';
import type { BenchPass, BenchStream, BenchTurn, LogitsResult } from '../protocol/bench';
import type { EngineCalls } from '../protocol/calls';
import type { GenerateEvent, GenerateRequest, GenerateSummary } from '../protocol/chat';
import type { DeviceCheck, DeviceProbe, DeviceSummary } from '../protocol/device';
import type {
  EyesInfo,
  LoadOptions,
  LoadProgress,
  ModelInfo,
  ModelRole,
  ModelSource,
} from '../protocol/models';
import { AppError } from '../shared/errors';
import { databaseStore } from '../weights/stored/storage';
import type { Metadata } from '../weights/types';
import type { Constraint } from './decode/constraint';
import { formattedAnswer } from './decode/formattedAnswer';
import { generateAnswer } from './decode/generate';
import { toolAnswer } from './decode/toolAnswer';
import type { LoadedModel } from './loadedModel';
import { checkKernels } from './checkKernels';
import { hostVersion } from './hostVersion';
import { loadModel, prepareModel } from './loadedModel';
import { bytesOf } from './modelInfo';
import { ModelLocks } from '../library/modelLock';
import { ModelStore, type StoreEnvironment } from '../library/modelStore';
import { openSource } from '../library/openSource';
import { progressMeter } from '../library/progressMeter';
import type { Policies } from './policies';
import { STANDARD_POLICIES } from './policies';
import { Eyes, eyesInfo } from './eyes/eyes';
import type { EngineResidents } from './roles';
import type { RoleAccount } from './residents';
import { Residents } from './residents';
import { fetchPart } from '../shared/missingPart';

export interface EngineEnvironment extends StoreEnvironment {
  /** navigator.gpu, or Dawn's object in Node. */
  gpuApi: GPU | undefined;
  /** Keeps a model to one tab; without it (Node) nothing is locked. */
  locks?: LockManager;
  onDeviceLost?: (error: AppError) => void;
  /** Stores which kernels are fastest on a device. Default: beside the cache; with a given cache, nothing is tried. */
  tunings?: TuningStore;
  /** For tests: kernel variants, whatever the device. */
  kernels?: Partial<KernelTuning>;
  /** Decisions that would follow from measured times, fixed. */
  policies?: Partial<Policies>;
}

export class Engine {
  private gpu: Gpu | undefined;
  /** The device while it is being opened: an import and a load may both ask for it. */
  private opening: Promise<Gpu> | undefined;
  /** Settles when the device's kernel variants are chosen. */
  private tuned: Promise<void> | undefined;
  /** What is known of the device's kernels; undefined where nothing is stored. */
  private checks: CheckedKernels | undefined;
  /** The models on the GPU, by role. */
  readonly residents: EngineResidents = new Residents();
  private readonly locks: ModelLocks;
  private readonly eyes: Eyes;
  /** Memory of the GPU, once it has been probed. */
  private allocatableBytes: number | undefined;
  /** Models on this machine, loaded or not. */
  readonly store: ModelStore;

  constructor(private readonly environment: EngineEnvironment) {
    this.store = new ModelStore(environment);
    this.locks = new ModelLocks(environment.locks);
    const { store, residents, locks } = this;
    this.eyes = new Eyes({ store, residents, locks, openGpu: () => this.openTunedGpu() });
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
    this.checks = undefined;
    void gpu.lost.then((error) => {
      if (this.gpu !== gpu) return; // the engine destroyed it
      this.gpu = undefined;
      for (const { releaseLock } of this.residents.forget()) releaseLock();
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
    if (tunings) this.checks ??= new CheckedKernels(gpu, tunings, hostVersion());
    return gpu;
  }

  /** @throws AppError no-webgpu, no-adapter, limits-too-small */
  async describeDevice(): Promise<DeviceSummary> {
    const { adapter, tuning } = await this.openGpu();
    return { ...adapter, kernels: this.tuned && describeTuning(tuning) };
  }

  /**
   * Brings a model into the cache, or finds it there. Loaded models keep answering meanwhile.
   * @throws AppError of nearly every code, eyes-unfit among them; an abort throws the signal's reason and keeps what is stored.
   */
  async import(
    { source, eyes }: EngineCalls['import']['args'],
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<{ id: string; name: string }> {
    const meter = progressMeter(onProgress);
    meter.at('header', 0, 1);
    await this.openGpu(); // fails on a missing GPU before anything is downloaded
    const manifest = await this.store.ensureCached(source, meter, signal);
    if (eyes) await this.eyes.store(manifest, { source: eyes, meter, signal });
    const { id, name } = manifest;
    return { id, name };
  }

  /**
   * Loads a model: from the cache when it is there (no request leaves the machine unless a stored part is damaged),
   * else imported first; 'disk' files are read on the way. The model that has the role now stays until the new one's
   * files are at hand; models of other roles stay throughout.
   * @throws AppError of nearly every code; an abort throws the signal's reason.
   */
  async load(
    source: ModelSource,
    options: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<ModelInfo> {
    const { role = 'chat', keep } = options;
    const resident = this.residents.get(role);
    const isKept = keep && resident && (keep.id ?? resident.info.id) === resident.info.id;
    if (isKept && 'session' in resident) return resident.info;
    const meter = progressMeter(onProgress);
    meter.at('header', 0, 1);
    const gpu = await this.openTunedGpu(); // fails on a missing GPU before anything is downloaded
    const policies = { ...STANDARD_POLICIES, ...this.environment.policies };
    const makeRoom = () => this.eyes.makeRoom();
    const session = { policies, kvStore: this.environment.kvStore, makeRoom };
    const args = { store: this.store, source, options, session, meter, signal };
    const prepared = await prepareModel(args);
    const checks = this.checks && (await checkKernels(this.checks, prepared, args));
    const eyes = await this.eyes.find(prepared);
    if (role === 'chat') await this.eyes.makeRoom(eyes?.id); // eyes of the model before are of no use
    const { id, name } = prepared.manifest;
    const loaded = await this.residents.place(gpu, { role, name }, async (share) => {
      const releaseLock = await this.locks.hold(id);
      const allocatableBytes =
        this.allocatableBytes &&
        this.allocatableBytes - this.residents.bytesBeside(role) - this.eyes.roomFor(eyes);
      return loadModel(prepared, { ...args, ...checks }, { gpu: share, allocatableBytes, releaseLock });
    });
    loaded.eyes = eyes ?? undefined;
    if (eyes !== undefined) loaded.info.eyes = eyes && eyesInfo(eyes);
    if (options.eyes) await this.eyes.add(loaded, { source: options.eyes, meter, signal });
    return loaded.info;
  }

  /** Gives the loaded model its eyes. @throws AppError text-only, eyes-unfit and those of an import */
  addEyes(
    source: ModelSource,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<EyesInfo> {
    return this.eyes.add(this.model(), { source, meter: progressMeter(onProgress), signal });
  }

  /** Frees the GPU memory of the model in a role; the cache keeps it. @returns the bytes that came free. */
  unload(role: ModelRole = 'chat'): Promise<number> {
    return this.residents.evict(role);
  }

  /** The model that answers chats. @throws AppError no-model */
  private model(): LoadedModel {
    const chat = this.residents.get('chat');
    if (chat) return chat;
    throw new AppError('no-model', 'No model is loaded. Choose one first.');
  }

  /**
   * Answers a chat; text comes as events. A stop is an outcome ('aborted'), not an error.
   * @param constraint restricts the answer's tokens as it goes; a request with a format has its own.
   * @throws AppError bad-schema for a format that cannot be used
   */
  async generate(
    request: GenerateRequest,
    onEvent: (event: GenerateEvent) => void,
    signal: AbortSignal,
    constraint?: Constraint,
  ): Promise<GenerateSummary> {
    const loaded = this.model();
    const { info, session } = loaded;
    const { resume, format } = request;
    if (resume && resume.modelId !== info.id)
      throw new AppError('no-model', `The answer was begun by ${resume.modelId}; ${info.id} is loaded.`);
    const onFraction = (fraction: number) => onEvent({ kind: 'seeing', fraction });
    const pictures = await this.eyes.look(loaded, request, { signal, onFraction });
    const seen = pictures && this.eyes.count();
    const answer = { ...loaded, modelId: info.id, request, pictures, onEvent, signal, constraint };
    const { prompts } = loaded;
    const tools = constraint ? undefined : prompts.toolsOf(request);
    const answering = format
      ? formattedAnswer(answer, format)
      : tools
        ? toolAnswer(answer, tools)
        : generateAnswer(answer);
    const summary = await answering.catch(async (error: unknown) => {
      if (error instanceof AppError && error.code === 'logits-not-finite') await this.checks?.forget();
      throw error;
    });
    void session.rest();
    const seeing = seen?.();
    const memory = { gpuBytes: this.gpu?.allocatedBytes, kvBytes: session.kvBytes };
    return { ...summary, ...(seeing && { seeing }), ...memory };
  }

  /** Deletes the stored KV of all chats, and stops storing what is not stored yet. */
  async forgetKept(): Promise<void> {
    for (const [, resident] of this.residents.all())
      if ('session' in resident) resident.session.stopKeeping();
    await this.environment.kvStore?.clear();
  }

  /** Resolves once the KV of a long prefix in the cache is stored, which begins after every answer by itself. */
  rest(): Promise<void> {
    return this.model().session.rest();
  }

  /** GPU memory: all of it, and what each role holds of it. */
  get memory(): { bytes: number; residents: RoleAccount[] } {
    return { bytes: this.gpu?.allocatedBytes ?? 0, residents: this.residents.account };
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

  /** Tokens of the prompt that these messages make, with these tools in it. */
  async countTokens({ messages, tools, pictureTokens }: EngineCalls['countTokens']['args']): Promise<number> {
    const loaded = this.model();
    const pictures = await this.eyes.look(loaded, { messages, pictureTokens });
    return loaded.prompts.encode({ messages, tools }, pictures).ids.length;
  }

  /** Vectors of texts by a stored embedding model. @throws AppError no-model; the signal's reason */
  async embed(
    args: EngineCalls['embed']['args'],
    options: { signal: AbortSignal; onFraction?: (fraction: number) => void },
  ): Promise<EngineCalls['embed']['result']> {
    const { embedTexts } = await fetchPart(() => import('./embedder/embedder'));
    const { store, residents, locks } = this;
    return embedTexts({ store, residents, locks, openGpu: () => this.openTunedGpu() }, args, options);
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
    const loaded = this.model();
    const { session, model, tokenizer } = loaded;
    const { pictures = [], pictureTokens, ...rest } = args;
    const rows =
      pictures.length > 0 ? await this.eyes.lookAt(loaded, pictures, { pictureTokens, signal }) : undefined;
    const { inspectLogits, withPictures } = await fetchPart(() => import('./measure/inspectLogits'));
    const prompt = rows
      ? withPictures(args.ids, { pictures, rows, tokenizer })
      : { ids: args.ids, embedded: [] };
    return inspectLogits({ session, vocabSize: model.config.vocabSize, signal, ...rest, ...prompt });
  }

  /** Times one turn. @throws what benchmarkTurn throws */
  async benchTurn(args: EngineCalls['benchTurn']['args'], signal: AbortSignal): Promise<BenchTurn> {
    const { session, model } = this.model();
    const { benchmarkTurn } = await fetchPart(() => import('./measure/benchmark'));
    return benchmarkTurn({ session, vocabSize: model.config.vocabSize, signal, ...args });
  }

  /** @throws what benchmarkStreaming throws */
  async benchStream(signal: AbortSignal): Promise<BenchStream> {
    const { benchmarkStreaming } = await fetchPart(() => import('./measure/benchStreaming'));
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
    const { benchmarkKernels } = await fetchPart(() => import('./measure/benchKernels'));
    const kernels = await benchmarkKernels(gpu, [forward, choose], { signal, onFraction });
    const dispatches = forward.length + choose.length;
    const weightBytes = bytesOf(model.matrices());
    return { numTokens: tokens, length, dispatches, weightBytes, gpuBytes: gpu.allocatedBytes, kernels };
  }

  /** Destroys the device, as a driver reset would: for tests of recovery. */
  loseDevice(): void {
    this.gpu?.destroy();
  }

  /** Deletes a model from the cache; where it is loaded, it is unloaded first. */
  async deleteModel(id: string): Promise<void> {
    for (const [role, { info }] of this.residents.all()) if (info.id === id) await this.unload(role);
    await this.store.delete(id);
    await this.environment.kvStore?.clear(id);
  }

  /** Checks all kernels that this device may run; verdicts are kept. @throws AppError device-lost; an abort its reason. */
  async checkDevice(
    onEvent: (event: EngineCalls['checkDevice']['event']) => void,
    signal: AbortSignal,
  ): Promise<DeviceCheck> {
    const gpu = await this.openTunedGpu();
    const { checkDevice } = await fetchPart(() => import('./measure/checkDevice'));
    return checkDevice(gpu, { device: await this.describeDevice(), checks: this.checks, onEvent, signal });
  }

  /** Measures the machine in a few seconds; a loaded model stays. @throws what probeDevice throws */
  async probe(onFraction?: (fraction: number) => void, signal?: AbortSignal): Promise<DeviceProbe> {
    const { probeDevice } = await fetchPart(() => import('./measure/probe'));
    const probe = await probeDevice(await this.openTunedGpu(), onFraction, signal);
    if (!probe.allocationCapped && this.residents.all().length === 0)
      this.allocatableBytes = probe.allocatableBytes;
    return probe;
  }
}
