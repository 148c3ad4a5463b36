// Appends the packed image piece by piece and stores it shard by shard.
import { digestHex } from '../digest';
import type { ModelCache } from '../types';

/** Bytes of every shard but the last: large enough for efficient disk access, small enough for a phone's memory. */
export const SHARD_BYTES = 16 * 1024 * 1024;

export interface ShardWriterOptions {
  cache: Pick<ModelCache, 'writeShard'>;
  id: string;
  shardBytes: number;
  /** SHA-256 of the shards already stored; the writer appends to this list. */
  digests: string[];
  /** Called after each stored shard and awaited before the next one is stored. */
  onStored?: () => Promise<void>;
}

/** Double-buffered: one buffer is filled while the other is hashed and written. */
export class ShardWriter {
  private readonly buffers: Uint8Array<ArrayBuffer>[];
  private filled = 0;
  private pending: Promise<void> = Promise.resolve();
  private index: number;
  private at: number;

  constructor(private readonly options: ShardWriterOptions) {
    const { shardBytes, digests } = options;
    this.buffers = [new Uint8Array(shardBytes), new Uint8Array(shardBytes)];
    this.index = digests.length;
    this.at = this.index * shardBytes;
  }

  /** Image offset of the next byte. Initially the end of the stored shards. */
  get position(): number {
    return this.at;
  }

  /** Continues at `position`, the start of a tile before the first missing shard; bytes already stored are skipped. */
  rewindTo(position: number): void {
    this.at = position;
  }

  /** @throws the cache's errors, possibly for an earlier shard. */
  async append(bytes: Uint8Array): Promise<void> {
    const { shardBytes } = this.options;
    const skipped = Math.min(bytes.length, this.index * shardBytes + this.filled - this.at);
    this.at += bytes.length;
    for (let from = skipped; from < bytes.length;) {
      const piece = bytes.subarray(from, from + shardBytes - this.filled);
      this.buffers[0].set(piece, this.filled);
      this.filled += piece.length;
      from += piece.length;
      if (this.filled === shardBytes) await this.flush();
    }
  }

  /** Appends zeros up to `position`. */
  async padTo(position: number): Promise<void> {
    await this.append(new Uint8Array(position - this.at));
  }

  /** Stores the last, partial shard. @returns the digests of all shards. */
  async finish(): Promise<string[]> {
    if (this.filled > 0) await this.flush();
    await this.pending;
    return this.options.digests;
  }

  /** Waits for a pending write, ignoring its result, so that no shard is stored during cleanup. */
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
    const { cache, id, digests, onStored } = this.options;
    const digest = await digestHex(shard);
    await cache.writeShard(id, index, new Blob([shard]));
    digests.push(digest);
    await onStored?.();
  }
}
