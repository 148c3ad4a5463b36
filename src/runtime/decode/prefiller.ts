// A prompt in chunks, a chunk in slices of its dispatches: large chunks are fast, short submits keep the page smooth.
import type { Gpu } from '../../gpu/device';
import type { Program } from '../../gpu/program';
import type { DecodeState } from '../../model/decodeState';
import type { Activations } from '../../model/architecture';
import { CHUNK_LAYER_MS, MAX_CHUNK_TOKENS, MIN_CHUNK_TOKENS } from '../../shared/passLimits';
import type { EmbeddedSpan } from '../kv/embeddedSpan';
import type { ForwardPrograms } from './forwardPrograms';
import type { Injection } from './injection';
import { loadOnce } from './injection';
import { whenAborted } from '../whenAborted';

/** Target duration of a submit: the longest that Stop and other users of the GPU wait. */
const SLICE_MS = 100;
const FIRST_CHUNK = { software: 8, hardware: 64 };
export type Speed = keyof typeof FIRST_CHUNK;

/**
 * Tokens of a chunk, a power of two: as many as a layer computes in its time. Twin: prefillSpeed in
 * src/catalogue/predict.ts.
 * @param msPerLayer of one token in one layer.
 */
export function chunkFor(speed: 'software' | 'hardware', msPerLayer: number): number {
  const size = 2 ** Math.floor(Math.log2(CHUNK_LAYER_MS[speed] / msPerLayer));
  return Math.max(MIN_CHUNK_TOKENS, Math.min(MAX_CHUNK_TOKENS[speed], size));
}

/** Decides how many tokens of a prompt one pass reads. */
export interface ChunkPolicy {
  /** Size of the next chunk, at most MAX_CHUNK_TOKENS of the device. */
  readonly tokens: number;
  /** A chunk of full size took that long. */
  took(numTokens: number, ms: number): void;
}

/** Doubles while a layer stays within its time. */
export class GrowingChunks implements ChunkPolicy {
  tokens: number;

  constructor(
    private readonly speed: Speed,
    private readonly numLayers: number,
  ) {
    this.tokens = FIRST_CHUNK[speed];
  }

  took(numTokens: number, ms: number): void {
    this.tokens = Math.min(this.tokens * 2, chunkFor(this.speed, ms / numTokens / this.numLayers));
  }
}

export interface PrefillerParts {
  gpu: Gpu;
  state: DecodeState;
  activations: Activations;
  programs: ForwardPrograms;
  injection: Injection;
  numLayers: number;
  chunks: ChunkPolicy;
}

export class Prefiller {
  /** From the last timed chunk; 0 until there is one. */
  private msPerToken = 0;
  private lastDone = 0;
  /** Slices not known to have run, oldest first. */
  private readonly running: Promise<void>[] = [];

  constructor(private readonly parts: PrefillerParts) {}

  /** Tokens of the next chunk. */
  get chunkTokens(): number {
    return this.parts.chunks.tokens;
  }

  /**
   * Computes ids from index `start` on and leaves the logits of the last one.
   * @param embedded rows that take the place of ids.
   * @param answerFrom ids from this index on are computed in passes of `likeDecoding(index)` tokens at most.
   * @param completionMs latency of results: the higher, the more slices run ahead.
   * @param onChunk called when a chunk is submitted: later submits find its rows in the cache.
   * @throws the signal's reason when stopped, at once; at most a few slices run on.
   */
  async run(
    ids: readonly number[],
    {
      start,
      embedded = [],
      answerFrom = ids.length,
      likeDecoding = () => 1,
      completionMs,
      signal,
      onChunk,
    }: {
      start: number;
      embedded?: readonly EmbeddedSpan[];
      answerFrom?: number;
      likeDecoding?: (from: number) => number;
      completionMs: number;
      signal?: AbortSignal;
      onChunk: (ids: number[]) => void;
    },
  ): Promise<void> {
    const { gpu, state, activations, programs, injection } = this.parts;
    const spans = loadOnce(embedded);
    const stopped = whenAborted(signal);
    const ahead = 1 + Math.ceil(completionMs / SLICE_MS);
    for (let from = start; from < ids.length;) {
      const room = from < answerFrom ? answerFrom - from : likeDecoding(from);
      const tokens = ids.slice(from, from + Math.min(this.chunkTokens, room));
      const length = from + tokens.length;
      const hasRows = await Promise.race([injection.place(spans, from, length), stopped]);
      const program = await programs.forward({
        numTokens: tokens.length,
        length,
        logitRows: Number(length === ids.length),
        hasRows,
      });
      const began = performance.now();
      state.setSlot(from);
      gpu.write(activations.tokens, Uint32Array.from(tokens));
      const slices = this.slices(program, tokens.length);
      for (const slice of slices) {
        while (this.running.length > ahead) await Promise.race([this.running.shift(), stopped]);
        signal?.throwIfAborted();
        gpu.submit([slice]);
        const done = gpu.idle();
        done.catch(() => undefined); // reported when its turn comes
        this.running.push(done);
      }
      this.time(tokens.length, began);
      onChunk(tokens);
      from = length;
    }
    while (this.running.length > 0) await Promise.race([this.running.shift(), stopped]);
  }

  /** Slices of about SLICE_MS each; one per layer until a chunk has been timed. */
  private slices(program: Program, numTokens: number) {
    const wanted = this.msPerToken === 0 ? this.parts.numLayers : (this.msPerToken * numTokens) / SLICE_MS;
    const count = Math.min(Math.max(1, Math.ceil(wanted)), program.length);
    const edge = (i: number) => Math.round((i * program.length) / count);
    const range = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i);
    return Array.from({ length: count }, (_, i) => program.pick(range(edge(i), edge(i + 1))));
  }

  /** Learns from a chunk, once it has run. */
  private time(numTokens: number, began: number): void {
    const wasFull = numTokens >= this.chunkTokens;
    void this.running.at(-1)?.then(
      () => {
        const now = performance.now();
        const ms = now - Math.max(began, this.lastDone);
        this.lastDone = now;
        if (!wasFull) return; // a short remainder says little
        this.msPerToken = ms / numTokens;
        this.parts.chunks.took(numTokens, ms);
      },
      () => undefined,
    );
  }
}
