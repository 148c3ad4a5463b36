// Grows the KV cache ahead of need: allocated and copied in parts between decode steps, so that no token waits.
import type { DecodeState, LargerLayers } from '../../model/decodeState';
import { kvBuffers } from '../../model/kvRows';
import type { Gpu } from '../../gpu/device';
import { AppError } from '../../shared/errors';
import type { ForwardPrograms } from '../decode/forwardPrograms';

/** The cache doubles up to here, then grows by as much. */
const LARGEST_STEP = 4096;
/** Growth begins when fewer free slots than this are left. */
const AHEAD_TOKENS = 128;
/** Growth takes this many parts; a part holds old and new rows of its layers in memory at once. */
const PARTS = 8;

export interface GrowthParts {
  gpu: Gpu;
  state: DecodeState;
  programs: ForwardPrograms;
  /** The context, in tokens. */
  maxTokens: number;
  /** Frees what can come back later, such as idle eyes. @returns the bytes that came free */
  makeRoom?: () => Promise<number>;
}

export class CacheGrowth {
  /** Growths ahead of the tokens that use the room, and growths that a prompt or token waited for. */
  readonly counts = { ahead: 0, waited: 0 };
  /** Largest capacity, in tokens: the context, or less once the GPU refused to hold more. */
  maxTokens: number;
  private target = 0;
  private allocating: Promise<LargerLayers> | undefined;
  private allocated: LargerLayers | undefined;
  private isRefused = false;
  private isEnded = false;

  constructor(private readonly parts: GrowthParts) {
    this.maxTokens = parts.maxTokens;
  }

  /**
   * To be called before recording a pass that fills the cache up to `length`. Resolves at once while there is room;
   * near the end of the cache it starts to grow it. @returns false beyond the context, or when the GPU has no room.
   */
  async ensure(length: number): Promise<boolean> {
    if (length > this.maxTokens) return false;
    if (length <= this.parts.state.capacity) {
      if (length > this.parts.state.capacity - AHEAD_TOKENS) this.goOn(length);
      if (length <= this.parts.state.capacity) return true;
    }
    return this.growNow(length);
  }

  /** Puts the allocated part into use and starts to allocate the next one, without waiting. */
  private goOn(length: number): void {
    const { state } = this.parts;
    if (this.isRefused || state.capacity >= this.maxTokens) return;
    if (this.target <= state.capacity) this.target = this.sizeFor(state.capacity + 1);
    if (this.allocated) {
      this.adopt(this.allocated);
      if (state.capacity >= this.target) {
        this.counts.ahead++;
        return;
      }
    }
    if (this.allocating) return;
    const parts = state.capacity - length < 4 * PARTS ? 1 : PARTS; // in parts it would come too late
    this.allocating = state.largerLayers(this.target, Math.ceil(state.kv.length / parts));
    this.allocating.then(
      (larger) => {
        this.allocating = undefined;
        this.allocated = larger;
        if (this.isEnded) this.drop();
      },
      () => {
        this.allocating = undefined;
        this.isRefused = true; // growNow() tries again when the room is needed, and reports the error
      },
    );
  }

  /** Grows layer by layer, so that at most one layer is in memory twice. */
  private async growNow(length: number): Promise<boolean> {
    const { state } = this.parts;
    await this.allocating?.catch(() => undefined);
    if (this.allocated) this.adopt(this.allocated);
    if (length <= state.capacity) return true;
    const { capacity } = state;
    this.counts.waited++;
    const size = this.sizeFor(Math.min(this.maxTokens, length + AHEAD_TOKENS));
    for (;;) {
      try {
        while (state.capacity < size) this.adopt(await state.largerLayers(size, 1));
        return true;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'out-of-gpu-memory') throw error;
        if (await this.parts.makeRoom?.()) continue;
        this.maxTokens = capacity; // the chat goes on in what there is
        return false;
      }
    }
  }

  private adopt(larger: LargerLayers): void {
    this.allocated = undefined;
    this.parts.state.adopt(larger);
    this.parts.programs.clear(); // they are bound to the old buffers
  }

  /** The next size that holds `length`, in tokens. */
  private sizeFor(length: number): number {
    const { capacity } = this.parts.state;
    const rounded =
      length > LARGEST_STEP
        ? Math.ceil(length / LARGEST_STEP) * LARGEST_STEP
        : 2 ** Math.ceil(Math.log2(length));
    return Math.min(this.maxTokens, Math.max(capacity + Math.min(capacity, LARGEST_STEP), rounded));
  }

  private drop(): void {
    for (const buffer of kvBuffers([...(this.allocated?.values() ?? [])]))
      this.parts.gpu.destroyBuffer(buffer);
    this.allocated = undefined;
  }

  /** Frees layers that were allocated and not adopted; the cache belongs to the decode state. */
  destroy(): void {
    this.isEnded = true;
    this.drop();
  }
}
