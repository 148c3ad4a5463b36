// Parks ends of sequences, which would be overwritten in the KV cache, in buffers of their own, to restore them later.
import type { Gpu } from '../../gpu/device';
import type { Tensor } from '../../gpu/tensor';
import type { DecodeState } from '../../model/decodeState';
import { kvBytesPerToken, kvRows, reversed } from '../../model/kvRows';
import { AppError } from '../../shared/errors';

/** GPU memory for parked rows: 6500 tokens of GLM-4-9B at f16. One buffer may have as much by WebGPU's default limits. */
const BUDGET_BYTES = 256 * 1024 * 1024;
/** Shorter ends are not parked: computing them again is cheaper. */
const MIN_TOKENS = 4;
/** Prompts whose logits are kept, so that another answer to one of them computes nothing. */
const MAX_LOGITS = 8;

/** Cache rows [start, ids.length) of a sequence. The rows before are in the cache, or parked as well. */
interface Parked {
  ids: number[];
  start: number;
  buffer: GPUBuffer;
}

/** Length of the longest common prefix. */
export function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}

/**
 * A tree of sequences without nodes: each parked end knows the ids of its whole sequence, and a sequence is put
 * together from the cache and as many ends as it takes. The least recently used go first.
 */
export class PrefixCache {
  private parked: Parked[] = []; // the last used is last
  private logits: { ids: number[]; tensor: Tensor }[] = []; // likewise

  constructor(
    private readonly gpu: Gpu,
    private readonly state: DecodeState,
    private readonly budgetBytes = BUDGET_BYTES,
  ) {}

  /** Parks the rows from `start` on of the sequence `ids`, which the cache holds. */
  async park(ids: readonly number[], start: number): Promise<void> {
    const bytesPerToken = kvBytesPerToken(this.state.kv);
    const most = Math.floor(Math.min(this.budgetBytes, this.gpu.device.limits.maxBufferSize) / bytesPerToken);
    const kept = ids.slice(0, Math.min(ids.length, start + most));
    if (kept.length - start < MIN_TOKENS) return;
    const known = this.parked.find((other) => other.start <= start && startsWith(other.ids, kept));
    if (known) return this.touch(known);
    this.drop(this.parked.filter((other) => other.start >= start && startsWith(kept, other.ids)));
    const bytes = (kept.length - start) * bytesPerToken;
    while (this.parkedBytes + bytes > this.budgetBytes && this.parked.length > 0) this.drop([this.parked[0]]);
    const buffer = await this.allocate(bytes);
    if (!buffer) return;
    this.gpu.copyBytes(kvRows(this.state.kv, { start, end: kept.length }, buffer));
    this.parked.push({ ids: kept, start, buffer });
  }

  /** A buffer; undefined when the GPU is full, and then all parked ends are dropped. */
  private async allocate(bytes: number): Promise<GPUBuffer | undefined> {
    try {
      return await this.gpu.allocate('kept chats', bytes, () => this.gpu.createBuffer('kept chat', bytes));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'out-of-gpu-memory') throw error;
      this.drop(this.parked);
      return undefined;
    }
  }

  /**
   * Copies parked rows back, as far as they continue the prefix of `ids` in the cache.
   * @param have tokens of ids in the cache; it must have room for all of them.
   * @returns tokens of ids in the cache now.
   */
  restore(ids: readonly number[], have: number): number {
    for (;;) {
      let [best, end] = [undefined as Parked | undefined, have];
      for (const candidate of this.parked) {
        const common = commonPrefix(candidate.ids, ids);
        if (candidate.start <= have && common > end) [best, end] = [candidate, common];
      }
      if (!best) return have;
      const held = { start: best.start, end: best.ids.length };
      this.gpu.copyBytes(reversed(kvRows(this.state.kv, held, best.buffer, { start: have, end })));
      this.touch(best);
      have = end;
    }
  }

  /** Keeps a copy of the logits [1, V] after these ids. */
  keepLogits(ids: readonly number[], from: Tensor): void {
    const known = this.logits.findIndex((kept) => sameIds(kept.ids, ids));
    const reused = known >= 0 ? known : this.logits.length >= MAX_LOGITS ? 0 : -1;
    const [old] = reused >= 0 ? this.logits.splice(reused, 1) : [];
    const tensor = old?.tensor ?? this.gpu.createTensor('kept logits', from.shape);
    this.gpu.copyBytes([logitsCopy(from, tensor)]);
    this.logits.push({ ids: [...ids], tensor });
  }

  /** Copies the kept logits after these ids. @returns whether there were any. */
  restoreLogits(ids: readonly number[], to: Tensor): boolean {
    const found = this.logits.find((kept) => sameIds(kept.ids, ids));
    if (!found) return false;
    this.logits = [...this.logits.filter((kept) => kept !== found), found];
    this.gpu.copyBytes([logitsCopy(found.tensor, to)]);
    return true;
  }

  /** Forgets everything. */
  clear(): void {
    this.drop(this.parked);
    for (const { tensor } of this.logits.splice(0)) this.gpu.destroyBuffer(tensor.buffer);
  }

  private get parkedBytes(): number {
    return this.parked.reduce((sum, { buffer }) => sum + buffer.size, 0);
  }

  private touch(used: Parked): void {
    this.parked = [...this.parked.filter((other) => other !== used), used];
  }

  private drop(unwanted: Parked[]): void {
    this.parked = this.parked.filter((other) => !unwanted.includes(other));
    for (const { buffer } of unwanted) this.gpu.destroyBuffer(buffer);
  }
}

function startsWith(ids: readonly number[], prefix: readonly number[]): boolean {
  return commonPrefix(ids, prefix) === prefix.length;
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && commonPrefix(a, b) === a.length;
}

function logitsCopy(from: Tensor, to: Tensor) {
  const { byteLength } = from;
  return { from: from.buffer, fromOffset: from.offset, to: to.buffer, toOffset: to.offset, byteLength };
}
