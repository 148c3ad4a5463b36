// A model on the GPU with its KV cache: prefill, decode, and what of the cache can be used again.
import type { Gpu } from '../gpu/device';
import type { Program } from '../gpu/program';
import type { DecodeStateOptions, TokenMask } from '../model/decodeState';
import { DecodeState, newIds } from '../model/decodeState';
import type { Activations, GlmWeights } from '../model/glm4';
import { createActivations } from '../model/glm4';
import type { GlmConfig } from '../model/glm4Config';
import type { SamplingParams } from '../protocol/engine';
import { AppError } from '../shared/errors';
import { firstRows } from '../shared/shape';
import { ForwardPrograms } from './forwardPrograms';
import { FlightDepth, Readback } from './inFlight';

/** A chunk should take about this long, so that Stop works in the middle of a prompt and the page stays smooth. */
export const CHUNK_MS = 80;
const FIRST_CHUNK = { software: 8, hardware: 64 };
const MAX_CHUNK = { software: 64, hardware: 256 };

export interface SessionOptions extends DecodeStateOptions {
  /** Decode steps in flight; default: as many as the device needs. */
  stepsInFlight?: number;
}

export interface PrefillResult {
  reusedTokens: number;
  ms: number;
}

export interface DecodeOptions {
  /** Tokens the answer may have; default all. */
  mask?: TokenMask;
  signal?: AbortSignal;
}

/** One loaded model. Calls must not overlap. */
export class Session {
  /** Ids whose K and V are in the cache, from position 0. */
  private cachedIds: number[] = [];
  private readonly programs: ForwardPrograms;
  private readonly reports: Readback;
  private flight = new FlightDepth(0);
  private readonly speed: 'software' | 'hardware';
  private chunkTokens: number;

  private constructor(
    private readonly gpu: Gpu,
    config: GlmConfig,
    weights: GlmWeights,
    private readonly options: SessionOptions,
    private readonly activations: Activations,
    private readonly state: DecodeState,
  ) {
    this.speed = gpu.adapter.software ? 'software' : 'hardware';
    this.chunkTokens = FIRST_CHUNK[this.speed];
    this.programs = new ForwardPrograms({ gpu, config, weights, activations, state });
    this.reports = new Readback(gpu, state.report.byteLength);
  }

  /** Allocates cache and activations and compiles the decode step. @throws AppError out-of-gpu-memory */
  static async create(
    gpu: Gpu,
    config: GlmConfig,
    weights: GlmWeights,
    options: SessionOptions,
  ): Promise<Session> {
    const maxTokens = MAX_CHUNK[gpu.adapter.software ? 'software' : 'hardware'];
    const { contextTokens, kvFormat } = options;
    const kvBytes =
      2 *
      config.numLayers *
      config.numKvHeads *
      contextTokens *
      config.headDim *
      (kvFormat === 'f16' ? 2 : 4);
    const [activations, state] = await gpu.allocate(
      `the context of ${contextTokens} tokens`,
      kvBytes,
      (): [Activations, DecodeState] => [
        createActivations(gpu, config, { maxTokens, maxLength: contextTokens }),
        new DecodeState(gpu, config, options),
      ],
    );
    const session = new Session(gpu, config, weights, options, activations, state);
    await session.warmUp();
    return session;
  }

  get contextTokens(): number {
    return this.options.contextTokens;
  }

  /** Tokens in the cache. */
  get length(): number {
    return this.cachedIds.length;
  }

  /** Decode steps kept in flight at present. */
  get stepsInFlight(): number {
    return this.options.stepsInFlight ?? this.flight.depth;
  }

  /** Forgets everything from this position on; the next prefill overwrites it. */
  truncate(length: number): void {
    this.cachedIds.length = Math.min(length, this.cachedIds.length);
  }

  /**
   * Brings the cache to hold exactly `ids` and leaves the logits of the last one. The longest common prefix with
   * what the cache holds is not computed again, but at least the last token is.
   * @throws AppError context-full when ids do not fit, the signal's reason when stopped (the chunks so far stay).
   */
  async prefill(
    ids: readonly number[],
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (doneTokens: number) => void } = {},
  ): Promise<PrefillResult> {
    const max = this.contextTokens;
    if (ids.length === 0)
      throw new AppError('bad-request', 'There is nothing to read: the prompt has no tokens.', {
        field: 'ids',
      });
    if (ids.length > max) {
      throw new AppError(
        'context-full',
        `The prompt is ${ids.length} tokens, the context holds ${max}. Shorten the chat or start a new one.`,
        { promptTokens: ids.length, contextTokens: max },
      );
    }
    const started = performance.now();
    let reusedTokens = 0;
    while (
      reusedTokens < Math.min(ids.length - 1, this.cachedIds.length) &&
      this.cachedIds[reusedTokens] === ids[reusedTokens]
    ) {
      reusedTokens++;
    }
    this.truncate(reusedTokens);
    for (let start = reusedTokens; start < ids.length;) {
      signal?.throwIfAborted();
      const chunk = ids.slice(start, start + this.chunkTokens);
      const isLast = start + chunk.length === ids.length;
      const chunkStarted = performance.now();
      const program = await this.programs.forward({
        numTokens: chunk.length,
        length: start + chunk.length,
        logitRows: Number(isLast),
      });
      const compiled = performance.now();
      this.state.setPosition(start);
      this.gpu.write(this.activations.tokens, Uint32Array.from(chunk));
      this.gpu.submit([program]);
      await this.gpu.idle();
      this.cachedIds.push(...chunk);
      start += chunk.length;
      if (compiled - chunkStarted < CHUNK_MS) this.adaptChunk(chunk.length, performance.now() - compiled);
      onProgress?.(start);
    }
    return { reusedTokens, ms: performance.now() - started };
  }

  /** Aims the next chunk at CHUNK_MS, by powers of two. */
  private adaptChunk(numTokens: number, ms: number): void {
    if (numTokens < this.chunkTokens / 2) return; // a short remainder says little
    const aim = (CHUNK_MS / ms) * numTokens;
    const size = 2 ** Math.floor(Math.log2(Math.max(1, aim)));
    this.chunkTokens = Math.min(MAX_CHUNK[this.speed], this.chunkTokens * 2, size);
  }

  /** The logits [V] of the last token, after {@link prefill}. */
  async logits(): Promise<Float32Array> {
    return new Float32Array(await this.gpu.read(firstRows(this.activations.logits, 1)));
  }

  /**
   * Yields sampled ids, one at a time, after a prefill; ends when the cache is full. The consumer stops it by leaving
   * the loop. Steps run ahead of what is read: token, position and random numbers stay on the GPU.
   * @throws the signal's reason when stopped, at once; what was computed stays in the cache.
   */
  async *decode(
    sampling: SamplingParams,
    { mask, signal }: DecodeOptions = {},
  ): AsyncGenerator<number, void> {
    const { state, reports, flight } = this;
    const start = this.length;
    const greedy = !mask && isPlainGreedy(sampling);
    state.setPosition(start);
    if (!greedy) state.setSampler(sampling, this.cachedIds, mask);
    flight.restart();
    const stopped = whenAborted(signal);
    const ids: number[] = [];
    let submitted = 0; // step n feeds token n − 1 and chooses token n; step 0 only chooses
    try {
      while (start + ids.length <= this.contextTokens) {
        signal?.throwIfAborted();
        while (reports.pending < this.stepsInFlight && start + submitted <= this.contextTokens) {
          const began = performance.now();
          await this.submitStep(start + submitted, { isFirst: submitted === 0, greedy });
          flight.encoded(performance.now() - began);
          submitted++;
        }
        const report = await Promise.race([reports.next(), stopped]);
        flight.arrived();
        for (const id of newIds(new Uint32Array(report as ArrayBuffer), ids.length)) {
          ids.push(id);
          yield id;
        }
      }
    } finally {
      this.cachedIds.push(...ids.slice(0, Math.max(0, submitted - 1))); // also where nobody reads the result any more
      reports.abandon();
    }
  }

  private async submitStep(length: number, { isFirst, greedy }: { isFirst: boolean; greedy: boolean }) {
    const choose = this.programs.choose({ numTokens: isFirst ? 0 : 1, greedy, rows: 1 });
    const programs = isFirst
      ? [choose]
      : [this.programs.forward({ numTokens: 1, length, logitRows: 1 }), choose];
    this.reports.submit(await Promise.all(programs), this.state.report);
  }

  /** The pass over `numTokens` tokens that end at `length`, and the choice after it, to be timed: the cache is forgotten. */
  async passToTime({
    numTokens,
    length,
  }: {
    numTokens: number;
    length: number;
  }): Promise<[Program, Program]> {
    this.truncate(0);
    this.state.setPosition(length - numTokens);
    return Promise.all([
      this.programs.forward({ numTokens, length, logitRows: 1 }),
      this.programs.choose({ numTokens: 1, greedy: true, rows: 1 }),
    ]);
  }

  /** Tokens that one pass can take at most. */
  get maxPassTokens(): number {
    return MAX_CHUNK[this.speed];
  }

  /** Compiles and runs every pipeline of a decode step and of a small chunk, so that no first token pays for it. */
  private async warmUp(): Promise<void> {
    this.state.setPosition(0);
    const chunk = Math.min(this.chunkTokens, this.contextTokens);
    const programs = await Promise.all([
      this.programs.forward({ numTokens: 1, length: 1, logitRows: 1 }),
      this.programs.forward({ numTokens: chunk, length: chunk, logitRows: 1 }),
      this.programs.choose({ numTokens: 1, greedy: true, rows: 1 }),
      this.programs.choose({ numTokens: 1, greedy: false, rows: 1 }),
    ]);
    this.gpu.submit(programs);
    await this.gpu.idle();
    this.flight = new FlightDepth(await this.completionMs());
  }

  /** How long after the end of work its result is here: the median of three on an idle GPU. */
  private async completionMs(): Promise<number> {
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const started = performance.now();
      this.reports.submit([], this.state.report);
      await this.reports.next();
      times.push(performance.now() - started);
    }
    return times.sort((a, b) => a - b)[1];
  }

  /** Frees cache, activations and programs; the weights belong to the loader. */
  destroy(): void {
    this.programs.clear();
    const { attnScratch, ...others } = this.activations;
    for (const tensor of [attnScratch, ...Object.values(others)])
      if (tensor) this.gpu.destroyBuffer(tensor.buffer);
    this.state.destroy();
    this.reports.destroy();
  }
}

function isPlainGreedy(sampling: SamplingParams): boolean {
  const { temperature, repetitionPenalty, frequencyPenalty = 0, presencePenalty = 0 } = sampling;
  return temperature === 0 && repetitionPenalty === 1 && frequencyPenalty === 0 && presencePenalty === 0;
}

/** Rejects with the signal's reason once it fires. */
function whenAborted(signal?: AbortSignal): Promise<never> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(signal?.reason as Error);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
  stopped.catch(() => undefined); // nobody may be waiting any more
  return stopped;
}
