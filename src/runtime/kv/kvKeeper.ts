// Between the KV cache on the GPU and blocks on disk: whole blocks out when nothing else is to do, and back in.
import type { Gpu } from '../../gpu/device';
import type { DecodeState } from '../../model/decodeState';
import { kvBytesPerToken, kvRows, reversed } from '../../model/kvRows';
import type { KvStore } from '../../library/kvStore';
import { BLOCK_TOKENS, blockDigests } from '../../library/kvStore';

/** A prefix is stored when computing it again would take this long. */
const WORTH_MS = 2000;
/** A block is read from disk and uploaded in about this time; where computing is faster, nothing is stored. */
const BLOCK_READ_MS = 100;

export interface KvKeeperParts {
  gpu: Gpu;
  state: DecodeState;
  store: KvStore;
  modelId: string;
  /** For tests: store whatever there is. */
  always?: boolean;
}

export class KvKeeper {
  private msPerToken = 0;
  private round = 0;

  constructor(private readonly parts: KvKeeperParts) {}

  /** A prefill has computed so many tokens. */
  measured(tokens: number, ms: number): void {
    const sample = ms / tokens;
    this.msPerToken = this.msPerToken === 0 ? sample : 0.7 * this.msPerToken + 0.3 * sample;
  }

  private key(digest: string) {
    const { state, modelId, gpu } = this.parts;
    const { vendor, architecture, description } = gpu.adapter; // other devices round differently
    const variant = [state.kv[0].format, vendor, architecture, description].join('/');
    return { modelId, variant, digest };
  }

  private isWorth(tokens: number): boolean {
    if (this.parts.always) return tokens >= BLOCK_TOKENS;
    return tokens * this.msPerToken >= WORTH_MS && BLOCK_TOKENS * this.msPerToken > 2 * BLOCK_READ_MS;
  }

  /**
   * Brings stored blocks of `ids` into the cache, which has room for them and holds the first `have`.
   * @returns how many it holds now.
   */
  async restore(ids: readonly number[], have: number): Promise<number> {
    this.stop();
    const { gpu, state, store } = this.parts;
    const first = Math.floor(have / BLOCK_TOKENS);
    const isFaster =
      this.msPerToken > 0 && BLOCK_TOKENS * this.msPerToken < BLOCK_READ_MS && !this.parts.always;
    if (isFaster || ids.length < (first + 1) * BLOCK_TOKENS) return have;
    const bytes = BLOCK_TOKENS * kvBytesPerToken(state.kv);
    let held = have;
    for (const [i, digest] of (await blockDigests(ids)).entries()) {
      if (i < first) continue;
      const data = await store.read(this.key(digest), bytes);
      if (!data) break;
      const start = i * BLOCK_TOKENS;
      const buffer = gpu.createBuffer('stored block', bytes);
      gpu.device.queue.writeBuffer(buffer, 0, data);
      held = start + BLOCK_TOKENS;
      gpu.copyBytes(reversed(kvRows(state.kv, { start, end: held }, buffer)));
      gpu.destroyBuffer(buffer); // after the copy, which is in the queue
    }
    return held;
  }

  /** Ends what {@link keep} is doing. */
  stop(): void {
    this.round++;
  }

  /** Stores the whole blocks of what the cache holds that are not stored yet; {@link stop} ends it early. */
  async keep(ids: readonly number[]): Promise<void> {
    if (!this.isWorth(ids.length)) return;
    const { gpu, state, store } = this.parts;
    const round = ++this.round;
    const digests = await blockDigests(ids);
    for (const [i, digest] of digests.entries()) {
      const key = this.key(digest);
      if (await store.has(key)) continue;
      if (round !== this.round) return; // the cache is somebody else's now
      const range = { start: i * BLOCK_TOKENS, end: (i + 1) * BLOCK_TOKENS };
      const bytes = BLOCK_TOKENS * kvBytesPerToken(state.kv);
      const staging = gpu.createBuffer(
        'block to store',
        bytes,
        GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      );
      gpu.copyBytes(kvRows(state.kv, range, staging));
      const data = await gpu.readStaging(staging, bytes).finally(() => gpu.destroyBuffer(staging));
      if (round !== this.round || !(await store.write(key, data))) return;
    }
  }
}
