// The packed image, appended piece by piece and stored shard by shard.
import { digestHex } from './digest';
import type { ModelCache } from './types';

/** Bytes of every shard but the last: large enough for a disk, small enough for a phone's memory. */
export const SHARD_BYTES = 16 * 1024 * 1024;

/** Two buffers take turns: one is filled while the other is hashed and written. */
export class ShardWriter {
  /** SHA-256 of the shards stored so far. */
  readonly digests: string[] = [];
  private buffers = [new Uint8Array(SHARD_BYTES), new Uint8Array(SHARD_BYTES)];
  private filled = 0;
  private pending: Promise<void> = Promise.resolve();
  private index = 0;

  constructor(
    private readonly cache: ModelCache,
    private readonly id: string,
  ) {}

  /** Bytes appended so far. */
  get position(): number {
    return this.index * SHARD_BYTES + this.filled;
  }

  /** @throws what the cache throws, perhaps for an earlier shard. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      const piece = bytes.subarray(from, from + SHARD_BYTES - this.filled);
      this.buffers[0].set(piece, this.filled);
      this.filled += piece.length;
      from += piece.length;
      if (this.filled === SHARD_BYTES) await this.flush();
    }
  }

  /** Zeros up to `position`. */
  async padTo(position: number): Promise<void> {
    await this.append(new Uint8Array(position - this.position));
  }

  /** Stores what is left. @returns digests of all shards. */
  async finish(): Promise<string[]> {
    if (this.filled > 0) await this.flush();
    await this.pending;
    return this.digests;
  }

  /** Waits for a write under way, whatever comes of it, so that nothing is stored after a failure was cleaned up. */
  async settle(): Promise<void> {
    await this.pending.catch(() => undefined);
  }

  private async flush(): Promise<void> {
    await this.pending;
    const shard = this.buffers[0].subarray(0, this.filled);
    this.pending = this.store(this.index, shard);
    this.pending.catch(() => undefined); // reported by the next flush
    this.buffers.reverse();
    this.index++;
    this.filled = 0;
  }

  private async store(index: number, shard: Uint8Array<ArrayBuffer>): Promise<void> {
    this.digests[index] = await digestHex(shard);
    await this.cache.writeShard(this.id, index, new Blob([shard]));
  }
}
