// A model on the GPU with its KV cache: prefill, decode, and what of the cache can be used again.
import type { Gpu } from '../gpu/device';
import { Program } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import type { DecodeStateOptions } from '../model/decodeState';
import { DecodeState } from '../model/decodeState';
import type { Activations, GlmWeights } from '../model/glm4';
import { createActivations, recordForward } from '../model/glm4';
import type { GlmConfig } from '../model/glm4Config';
import type { SamplingParams } from '../protocol/engine';
import { AppError } from '../shared/errors';
import { firstRows } from '../shared/shape';

/** A chunk should take about this long, so that Stop works in the middle of a prompt and the page stays smooth. */
export const CHUNK_MS = 80;
const FIRST_CHUNK = { software: 8, hardware: 64 };
const MAX_CHUNK = { software: 64, hardware: 256 };
/** Programs kept: a few chunk sizes and cache lengths. */
const MAX_PROGRAMS = 12;
/** The attention grid covers this many positions at least; it doubles as the chat grows. */
const MIN_GRID_LENGTH = 256;
/** Decode steps submitted ahead of the one being read; a slow adapter would only run late ones in vain. */
const STEPS_AHEAD = { software: 0, hardware: 1 };

export interface PrefillResult {
  reusedTokens: number;
  ms: number;
}

/** One loaded model. Calls must not overlap. */
export class Session {
  /** Ids whose K and V are in the cache, from position 0. */
  private cachedIds: number[] = [];
  private readonly programs = new Map<string, Program>();
  private readonly staging: GPUBuffer[];
  private readonly speed: 'software' | 'hardware';
  private chunkTokens: number;
  /** Settles when a decode that its consumer left has read back its step in flight. */
  private draining: Promise<void> = Promise.resolve();

  private constructor(
    private readonly gpu: Gpu,
    private readonly config: GlmConfig,
    private readonly weights: GlmWeights,
    private readonly options: DecodeStateOptions,
    private readonly activations: Activations,
    private readonly state: DecodeState,
  ) {
    this.speed = gpu.adapter.software ? 'software' : 'hardware';
    this.chunkTokens = FIRST_CHUNK[this.speed];
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    this.staging = Array.from({ length: 2 }, (_, i) => gpu.createBuffer(`token staging ${i}`, 4, usage));
  }

  /** Allocates cache and activations and compiles the decode step. @throws AppError out-of-gpu-memory */
  static async create(
    gpu: Gpu,
    config: GlmConfig,
    weights: GlmWeights,
    options: DecodeStateOptions,
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
    await this.draining;
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
      const program = await this.forwardProgram(chunk.length, start + chunk.length, isLast);
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
   * Yields sampled ids, one at a time, after a prefill; ends when the cache is full. The consumer stops it by
   * leaving the loop. A yielded id is in the cache once the next one is asked for.
   */
  async *decode(sampling: SamplingParams): AsyncGenerator<number, void> {
    const { gpu, activations } = this;
    let drained = () => {};
    this.draining = new Promise((resolve) => (drained = resolve));
    this.state.setPosition(this.length);
    const greedy = sampling.temperature === 0 && sampling.repetitionPenalty === 1;
    if (!greedy) this.state.setSampler(sampling, this.cachedIds, this.config.vocabSize);
    const ahead = STEPS_AHEAD[this.speed];
    const next: Tensor = { ...activations.tokens, byteLength: 4, shape: [1] };
    const start = this.length;
    let submitted = 0; // step n feeds token n − 1 and samples token n; step 0 only samples
    const submit = async () => {
      const programs = submitted === 0 ? [] : [await this.forwardProgram(1, start + submitted, true)];
      programs.push(await this.sampleProgram(submitted === 0 ? 0 : 1, greedy));
      gpu.submit(programs, [{ from: next, to: this.staging[submitted % 2] }]);
      submitted++;
    };
    try {
      for (let read = 0; start + read <= this.contextTokens; read++) {
        while (submitted <= Math.min(read + ahead, this.contextTokens - start)) await submit();
        const [id] = new Uint32Array(await gpu.readStaging(this.staging[read % 2], 4));
        yield id;
        if (this.length < this.contextTokens) this.cachedIds.push(id);
      }
    } finally {
      drained();
    }
  }

  /** Compiles and runs every pipeline of a decode step and of a small chunk, so that no first token pays for it. */
  private async warmUp(): Promise<void> {
    this.state.setPosition(0);
    const chunk = Math.min(this.chunkTokens, this.contextTokens);
    const programs = await Promise.all([
      this.forwardProgram(1, 1, true),
      this.forwardProgram(chunk, chunk, true),
      this.sampleProgram(1, true),
      this.sampleProgram(1, false),
    ]);
    this.gpu.submit(programs);
    await this.gpu.idle();
  }

  private forwardProgram(numTokens: number, length: number, withLogits: boolean): Promise<Program> {
    const grid = 2 ** Math.ceil(Math.log2(Math.max(length, MIN_GRID_LENGTH)));
    const maxLength = Math.min(this.contextTokens, grid);
    return this.program(`forward ${numTokens} ${maxLength} ${withLogits}`, (label) =>
      Program.record(this.gpu, label, (pass) => {
        const { config, weights, activations } = this;
        const { kv, ropeTable, state } = this.state;
        recordForward(pass, {
          config,
          weights,
          activations,
          kv,
          ropeTable,
          state,
          numTokens,
          maxLength,
          withLogits,
        });
      }),
    );
  }

  /** @param numTokens tokens of the forward pass before it, which the position moves by. */
  private sampleProgram(numTokens: number, greedy: boolean): Promise<Program> {
    return this.program(`sample ${numTokens} ${greedy}`, (label) =>
      Program.record(this.gpu, label, (pass) =>
        this.state.recordSample(pass, this.activations, { numTokens, greedy }),
      ),
    );
  }

  private program(key: string, record: (label: string) => Program): Promise<Program> {
    const program = this.programs.get(key) ?? record(key);
    this.programs.delete(key); // the last used is kept the longest
    this.programs.set(key, program);
    if (this.programs.size > MAX_PROGRAMS) {
      const [oldest, evicted] = this.programs.entries().next().value as [string, Program];
      this.programs.delete(oldest);
      evicted.destroy();
    }
    return program.prepare();
  }

  /** Frees cache, activations and programs; the weights belong to the loader. */
  destroy(): void {
    for (const program of this.programs.values()) program.destroy();
    const { attnScratch, ...others } = this.activations;
    for (const tensor of [attnScratch, ...Object.values(others)])
      if (tensor) this.gpu.destroyBuffer(tensor.buffer);
    this.state.destroy();
    for (const buffer of this.staging) this.gpu.destroyBuffer(buffer);
  }
}
