// A model on the GPU with its KV cache: prefill, decode and the reuse of cached prefixes.
import type { Gpu } from '../../gpu/device';
import type { Program } from '../../gpu/program';
import type { Activations, BoundModel } from '../../model/architecture';
import type { DecodeStateOptions } from '../../model/decodeState';
import { DecodeState } from '../../model/decodeState';
import { kvBytesPerToken } from '../../model/kvRows';
import type { SamplingParams } from '../../protocol/chat';
import { AppError } from '../../shared/errors';
import { MAX_CHUNK_TOKENS } from '../../shared/passLimits';
import { firstRows } from '../../shared/shape';
import { CacheGrowth } from '../kv/cacheGrowth';
import type { StepCounts } from './constraint';
import type { DecodeOptions } from './decoder';
import { Decoder } from './decoder';
import type { ChooseShape } from './forwardPrograms';
import { ForwardPrograms } from './forwardPrograms';
import type { EmbeddedSpan } from '../kv/embeddedSpan';
import { layoutOf } from '../kv/embeddedSpan';
import { KvKeeper } from '../kv/kvKeeper';
import { Injection } from './injection';
import type { KvStore } from '../../library/kvStore';
import type { Speed } from './prefiller';
import { Prefiller } from './prefiller';
import { commonPrefix, PrefixCache } from '../kv/prefixCache';
import type { Policies } from '../policies';
import type { SpeculationStats } from './speculation';
import { DRAFT_PASSES } from './speculation';

export interface SessionOptions extends DecodeStateOptions {
  policies: Policies;
  /** Where KV of long prefixes is stored; without it nothing is. */
  kvStore?: KvStore;
  modelId: string;
  /** Frees GPU memory for the cache; see CacheGrowth. */
  makeRoom?: () => Promise<number>;
}

export interface PrefillResult {
  /** Tokens whose K and V were cached. */
  reusedTokens: number;
  /** Tokens computed: 0 when the logits were kept too. */
  prefilledTokens: number;
  ms: number;
}

export interface PrefillOptions {
  /** Embedded rows in the prompt; each id of 2³¹ or more belongs to one of them. */
  embedded?: readonly EmbeddedSpan[];
  /** Ids from here on were sampled: they are computed as decoding computed them, so that the next one is the same. */
  answerFrom?: number;
  signal?: AbortSignal;
  /** Called once, with the number of reused tokens. */
  onReused?: (tokens: number) => void;
  onProgress?: (doneTokens: number) => void;
}

/** One loaded model. Calls must not overlap. */
export class Session {
  /** Ids whose K and V are in the cache, from position 0. */
  private cachedIds: number[] = [];
  private readonly programs: ForwardPrograms;
  private readonly injection: Injection;
  private readonly decoder: Decoder;
  private readonly prefixes: PrefixCache;
  private readonly keeper: KvKeeper | undefined;
  private readonly prefiller: Prefiller;
  /** Tokens reused and computed by all prefills so far. */
  readonly totals = { reusedTokens: 0, prefilledTokens: 0 };
  private readonly growth: CacheGrowth;

  private constructor(
    private readonly gpu: Gpu,
    private readonly model: BoundModel,
    options: SessionOptions,
    private readonly activations: Activations,
    private readonly state: DecodeState,
  ) {
    const { policies, contextTokens, kvStore: store, modelId, makeRoom } = options;
    const { numLayers, hiddenSize } = model.config;
    const injection = new Injection({ gpu, hiddenSize, maxTokens: MAX_CHUNK_TOKENS[speedOf(gpu)] });
    const programs = new ForwardPrograms({ gpu, model, activations, state, injection });
    this.injection = injection;
    this.programs = programs;
    this.growth = new CacheGrowth({ gpu, state, programs, maxTokens: contextTokens, makeRoom });
    this.decoder = new Decoder({ gpu, state, activations, programs, policies });
    const chunks = policies.chunks(speedOf(gpu), numLayers);
    this.prefiller = new Prefiller({ gpu, state, activations, programs, injection, numLayers, chunks });
    this.prefixes = new PrefixCache(gpu, state);
    this.keeper = store && new KvKeeper({ gpu, state, store, modelId, policy: policies.keeping() });
  }

  /**
   * Allocates cache and activations and compiles every pipeline. Nothing runs: the weights may still be on their way.
   * Once they are there, {@link warmUp} comes before anything else.
   * @throws AppError out-of-gpu-memory
   */
  static async create(gpu: Gpu, model: BoundModel, options: SessionOptions): Promise<Session> {
    const maxTokens = MAX_CHUNK_TOKENS[speedOf(gpu)];
    const { contextTokens, policies } = options;
    const capacity = Math.min(contextTokens, policies.firstCapacity);
    const [activations, state] = await gpu.allocate(
      `a context of ${capacity} tokens`,
      DecodeState.bytes(model.config, options.kvFormat, capacity),
      (): [Activations, DecodeState] => [
        model.createActivations(gpu, { maxTokens, maxLength: contextTokens }),
        new DecodeState(gpu, model.config, { ...options, contextTokens: capacity }),
      ],
    );
    const session = new Session(gpu, model, options, activations, state);
    try {
      await session.compile(maxTokens);
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  /** The context: what was asked for, or less once the GPU refused to hold more. */
  get contextTokens(): number {
    return this.growth.maxTokens;
  }

  /** Bytes of the KV cache at its present capacity. */
  get kvBytes(): number {
    return this.state.capacity * kvBytesPerToken(this.state.kv);
  }

  /** Tokens in the cache. */
  get length(): number {
    return this.cachedIds.length;
  }

  /** Decode steps kept in flight at present. */
  get stepsInFlight(): number {
    return this.decoder.stepsInFlight;
  }

  /** How often the cache grew ahead of need, and how often a prompt or a token waited for it. */
  get growths(): Readonly<CacheGrowth['counts']> {
    return this.growth.counts;
  }

  /** How the steps of the last answer ran. */
  get steps(): StepCounts {
    return this.decoder.steps;
  }

  /** Drafts of the last answer, and how many were right. */
  get speculation(): SpeculationStats {
    return this.decoder.stats;
  }

  /** Forgets everything from this slot on, and all parked ends and logits. */
  truncate(length: number): void {
    this.cachedIds.length = Math.min(length, this.cachedIds.length);
    this.prefixes.clear();
  }

  /**
   * Fills the cache with exactly `ids` and leaves the logits of the last one. The longest common prefix with any kept
   * sequence is reused; where the logits after `ids` are kept too, nothing is computed.
   * @throws AppError context-full when ids do not fit, 'bug' when ids and embedded rows disagree, the signal's reason
   *   when stopped (the chunks so far stay), and what the loading of embedded rows throws.
   */
  async prefill(
    ids: readonly number[],
    { embedded = [], answerFrom, signal, onReused, onProgress }: PrefillOptions = {},
  ): Promise<PrefillResult> {
    if (ids.length === 0)
      throw new AppError('bad-request', 'There is nothing to read: the prompt has no tokens.', {
        field: 'ids',
      });
    const layout = layoutOf(ids, embedded);
    if (!(await this.growth.ensure(ids.length))) throw contextFull(ids.length, this.contextTokens);
    const started = performance.now();
    const logits = firstRows(this.activations.logits, 1);
    let reusedTokens = await this.reuse(ids);
    if (reusedTokens === ids.length && !this.prefixes.restoreLogits(ids, logits)) reusedTokens--;
    this.cachedIds = ids.slice(0, reusedTokens);
    onReused?.(reusedTokens);
    this.state.setLayout(layout);
    await this.prefiller.run(ids, {
      start: reusedTokens,
      embedded,
      answerFrom,
      likeDecoding: (from) => this.likeDecoding(from),
      completionMs: this.decoder.completionMs,
      signal,
      onChunk: (chunk) => {
        this.cachedIds.push(...chunk);
        onProgress?.(this.length);
      },
    });
    const prefilledTokens = ids.length - reusedTokens;
    const ms = performance.now() - started;
    if (prefilledTokens > 0) this.keeper?.measured(prefilledTokens, ms);
    if (prefilledTokens > 0) this.prefixes.keepLogits(ids, logits);
    this.totals.reusedTokens += reusedTokens;
    this.totals.prefilledTokens += prefilledTokens;
    return { reusedTokens, prefilledTokens, ms };
  }

  /** Tokens after slot `from` that one pass computes with the same bits as one pass each. */
  private likeDecoding(from: number): number {
    const most = DRAFT_PASSES[1];
    const isSafe =
      this.model.roundsAlike(this.gpu.tuning) && this.programs.roundsAlike(from + 1, from + most);
    return isSafe ? most : 1;
  }

  /** Copies kept rows of `ids` into the cache and parks the rows they replace. @returns tokens in the cache now. */
  private async reuse(ids: readonly number[]): Promise<number> {
    const have = commonPrefix(this.cachedIds, ids);
    await this.prefixes.park(this.cachedIds, have);
    const held = this.prefixes.restore(ids, have);
    return this.keeper ? this.keeper.restore(ids, held) : held;
  }

  /** To be called between answers: stores long prefixes on disk. Resolves when they are stored. */
  async rest(): Promise<void> {
    await this.keeper?.keep([...this.cachedIds]).catch(() => undefined); // the device may be gone by then
  }

  /** Ends a running {@link rest}. */
  stopKeeping(): void {
    this.keeper?.stop();
  }

  /** The logits [V] of the last token, after {@link prefill}. */
  async logits(): Promise<Float32Array> {
    return new Float32Array(await this.gpu.read(firstRows(this.activations.logits, 1)));
  }

  /**
   * Yields sampled ids, one at a time, after a prefill; ends when the context is full. The consumer stops it by leaving
   * the loop. Steps run ahead of what is read, and drafts are checked where that is faster: neither changes a token.
   * @throws the signal's reason when stopped, at once; what was computed stays in the cache.
   */
  decode(sampling: SamplingParams, options: DecodeOptions = {}): AsyncGenerator<number, void> {
    const { contextTokens, cachedIds } = this;
    return this.decoder.run({
      ...options,
      speculation: options.speculation ?? this.model.roundsAlike(this.gpu.tuning),
      sampling,
      contextTokens,
      promptIds: cachedIds,
      ensureRoom: (length) => this.growth.ensure(length),
      onCached: (ids) => (this.cachedIds = [...cachedIds, ...ids]),
    });
  }

  /** Compiles every pipeline of chunks of up to maxTokens, decode steps and passes that check drafts. */
  private async compile(maxTokens: number): Promise<void> {
    const sizes = Array.from({ length: maxTokens }, (_, i) => i + 1).filter(
      (size) => size <= 17 || size % 16 < 2,
    );
    const forward = sizes.map((numTokens) => ({ numTokens, length: numTokens, logitRows: 1 }));
    const drafts = DRAFT_PASSES.map((pass) => ({ numTokens: pass, length: pass, logitRows: pass }));
    await this.programs.compile([...forward, ...drafts], chooseShapes());
  }

  /** Programs to be timed: the pass over `numTokens` tokens that end at `length`, and the choice after it. Empties the cache. */
  async passToTime({
    numTokens,
    length,
  }: {
    numTokens: number;
    length: number;
  }): Promise<[Program, Program]> {
    this.truncate(0);
    if (!(await this.growth.ensure(length))) throw contextFull(length, this.contextTokens);
    this.state.setSlot(length - numTokens);
    return Promise.all([
      this.programs.forward({ numTokens, length, logitRows: 1 }),
      this.programs.choose({ numTokens: 0, greedy: true, rows: 1 }), // 0: repeated runs stay in place
    ]);
  }

  /** Largest number of tokens in one pass. */
  get maxPassTokens(): number {
    return MAX_CHUNK_TOKENS[speedOf(this.gpu)];
  }

  /** Runs every kind of pass once: some drivers compile at the first dispatch, which would delay the first token. */
  async warmUp(): Promise<void> {
    const { programs, contextTokens } = this;
    const { chunkTokens } = this.prefiller;
    const largest = this.gpu.adapter.software ? [] : [MAX_CHUNK_TOKENS.hardware]; // too much for a CPU
    const sizes = [1, chunkTokens, ...largest];
    const forward = [
      ...sizes.map((numTokens) => ({ numTokens, length: numTokens, logitRows: 1 })),
      ...DRAFT_PASSES.map((pass) => ({ numTokens: pass, length: pass, logitRows: pass })),
    ].filter(({ length }) => length <= contextTokens);
    this.state.setSlot(0);
    const warming = [
      ...forward.map((shape) => programs.forward(shape)),
      ...chooseShapes().map((shape) => programs.choose(shape)),
    ];
    this.gpu.submit(await Promise.all(warming));
    await this.gpu.idle();
    await this.decoder.calibrate();
  }

  /** Frees cache, activations and programs; the weights belong to the loader. */
  destroy(): void {
    this.keeper?.stop();
    this.growth.destroy();
    this.programs.clear();
    this.prefixes.clear();
    for (const { buffer } of this.activations.tensors) this.gpu.destroyBuffer(buffer);
    this.injection.destroy();
    this.state.destroy();
    this.decoder.destroy();
  }
}

function speedOf(gpu: Gpu): Speed {
  return gpu.adapter.software ? 'software' : 'hardware';
}

function chooseShapes(): ChooseShape[] {
  return [true, false].flatMap((greedy) =>
    [1, ...DRAFT_PASSES].map((rows) => ({ numTokens: 1 as const, greedy, rows })),
  );
}

function contextFull(promptTokens: number, contextTokens: number): AppError {
  const message = `The prompt is ${promptTokens} tokens, the context holds ${contextTokens}. Shorten the chat or start a new one.`;
  return new AppError('context-full', message, { promptTokens, contextTokens });
}
