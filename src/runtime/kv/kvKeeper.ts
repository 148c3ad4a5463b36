// Moves K and V between the cache on the GPU and blocks on disk: whole blocks out while the engine rests, and back in.
import type { Gpu } from '../../gpu/device';
import type { DecodeState } from '../../model/decodeState';
import { kvBytesPerToken, kvRows, reversed } from '../../model/kvRows';
import { AppError } from '../../shared/errors';
import type { KvStore } from '../../library/kvStore';
import { BLOCK_TOKENS, blockDigests } from '../../library/kvStore';

/** A prefix is stored when computing it again would take at least this long. */
const WORTH_MS = 2000;
/** Time to read a block from disk and upload it, roughly; where computing it is faster, nothing is stored. */
const BLOCK_READ_MS = 100;

export interface KvKeeperParts {
  gpu: Gpu;
  state: DecodeState;
  store: KvStore;
  modelId: string;
  policy: KeepPolicy;
}

/** Decides which prefixes go to disk and come back. */
export interface KeepPolicy {
  /** A prefill has computed that many tokens in that time. */
  measured(tokens: number, ms: number): void;
  /** Whether to store a prefix of that many tokens. */
  isWorthKeeping(tokens: number): boolean;
  /** Whether reading a stored block beats computing it. */
  isWorthReading(): boolean;
}

/** Keeps prefixes that take long to compute. */
export class KeepWhatIsSlow implements KeepPolicy {
  private msPerToken = 0;

  measured(tokens: number, ms: number): void {
    const sample = ms / tokens;
    this.msPerToken = this.msPerToken === 0 ? sample : 0.7 * this.msPerToken + 0.3 * sample;
  }

  isWorthKeeping(tokens: number): boolean {
    return tokens * this.msPerToken >= WORTH_MS && BLOCK_TOKENS * this.msPerToken > 2 * BLOCK_READ_MS;
  }

  isWorthReading(): boolean {
    return this.msPerToken === 0 || BLOCK_TOKENS * this.msPerToken >= BLOCK_READ_MS;
  }
}

export class KvKeeper {
  private round = 0;

  constructor(private readonly parts: KvKeeperParts) {}

  /** See {@link KeepPolicy.measured}. */
  measured(tokens: number, ms: number): void {
    this.parts.policy.measured(tokens, ms);
  }

  private key(digest: string) {
    const { state, modelId, gpu } = this.parts;
    const { vendor, architecture, description } = gpu.adapter; // other devices round differently
    const variant = [state.kv[0].format, vendor, architecture, description].join('/');
    return { modelId, variant, digest };
  }

  /**
   * Brings stored blocks of `ids` into the cache, which has room for them and holds the first `have`.
   * @returns tokens of ids in the cache now.
   */
  async restore(ids: readonly number[], have: number): Promise<number> {
    this.stop();
    const { gpu, state, store, policy } = this.parts;
    const first = Math.floor(have / BLOCK_TOKENS);
    if (!policy.isWorthReading() || ids.length < (first + 1) * BLOCK_TOKENS) return have;
    const bytes = BLOCK_TOKENS * kvBytesPerToken(state.kv);
    let held = have;
    for (const [i, digest] of (await blockDigests(ids)).entries()) {
      if (i < first) continue;
      const data = await store.read(this.key(digest), bytes);
      if (!data) break;
      const start = i * BLOCK_TOKENS;
      const buffer = await this.allocate('stored block', bytes);
      if (!buffer) break;
      gpu.device.queue.writeBuffer(buffer, 0, data);
      held = start + BLOCK_TOKENS;
      gpu.copyBytes(reversed(kvRows(state.kv, { start, end: held }, buffer)));
      gpu.destroyBuffer(buffer); // after the copy, which is in the queue
    }
    return held;
  }

  /** A buffer for one block; undefined when the GPU is full: then nothing is kept. */
  private async allocate(
    label: string,
    bytes: number,
    usage?: GPUBufferUsageFlags,
  ): Promise<GPUBuffer | undefined> {
    const { gpu } = this.parts;
    try {
      return await gpu.allocate(label, bytes, () => gpu.createBuffer(label, bytes, usage));
    } catch (error) {
      if (error instanceof AppError && error.code === 'out-of-gpu-memory') return undefined;
      throw error;
    }
  }

  /** Ends a running {@link keep}. */
  stop(): void {
    this.round++;
  }

  /** Stores the whole blocks of the cache, which holds `ids`, that are not stored yet; {@link stop} ends it early. */
  async keep(ids: readonly number[]): Promise<void> {
    const { gpu, state, store, policy } = this.parts;
    if (ids.length < BLOCK_TOKENS || !policy.isWorthKeeping(ids.length)) return;
    const round = ++this.round;
    const digests = await blockDigests(ids);
    for (const [i, digest] of digests.entries()) {
      const key = this.key(digest);
      if (await store.has(key)) continue;
      if (round !== this.round) return; // stopped: the cache may hold another sequence by now
      const range = { start: i * BLOCK_TOKENS, end: (i + 1) * BLOCK_TOKENS };
      const bytes = BLOCK_TOKENS * kvBytesPerToken(state.kv);
      const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
      const staging = await this.allocate('block to store', bytes, usage);
      if (!staging) return;
      if (round !== this.round) return gpu.destroyBuffer(staging);
      gpu.copyBytes(kvRows(state.kv, range, staging));
      const data = await gpu.readStaging(staging, bytes).finally(() => gpu.destroyBuffer(staging));
      if (round !== this.round || !(await store.write(key, data))) return;
    }
  }
}
