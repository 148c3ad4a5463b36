// KV of long prefixes on disk: blocks of 256 tokens in IndexedDB, keyed by a digest of all ids up to their end, so that
// chats with the same beginning share blocks. A best-effort cache: any block may be lost at any time.
import { AppError } from '../shared/errors';
import type { ModelCache } from '../weights/types';
import type { KeyValueStore } from '../weights/stored/storage';
import { memoryStore, quotaBytes } from '../weights/stored/storage';
import { weightsStore } from '../weights/stored/weightsStore';

/** 10 MiB of GLM-4-9B at f16. */
export const BLOCK_TOKENS = 256;
const BUDGET_BYTES = 1024 ** 3;
/** Stored KV takes at most a tenth of what the browser grants the origin. */
const QUOTA_SHARE = 0.1;
/** What has not been of use for so long is deleted. */
const UNUSED_MS = 30 * 24 * 3600_000;
/** Another engine of this browser may store blocks too: the list is read again after so long. */
const LIST_MS = 60_000;

interface Entry {
  bytes: number;
  usedAt: number; // ms since 1970
}

interface Stores {
  blocks: KeyValueStore<string, Blob>;
  /** Metadata of the blocks, readable without loading them. */
  entries: KeyValueStore<string, Entry>;
}

/** Identifies a block of K and V uniquely. */
export interface BlockKey {
  modelId: string;
  /** Everything else that determines the bytes: KV format, adapter. */
  variant: string;
  digest: string;
}

export class KvStore {
  private known: { entries: Map<string, Entry>; readAt: number } | undefined;
  private quotaBytes: Promise<number> | undefined;

  constructor(
    private readonly stores: Stores,
    private readonly budgetBytes = BUDGET_BYTES,
  ) {}

  /** Opens the store of this browser profile. */
  static open(): KvStore {
    return new KvStore({ blocks: weightsStore('glm-kv'), entries: weightsStore('glm-kv-entries') });
  }

  /** A store in memory, lost with the page: for Node and tests. */
  static inMemory(budgetBytes?: number): KvStore {
    return new KvStore({ blocks: memoryStore(), entries: memoryStore() }, budgetBytes);
  }

  async has(key: BlockKey): Promise<boolean> {
    return (await quietly(() => this.stores.entries.get(nameOf(key)))) !== undefined;
  }

  /** A block of exactly this size; undefined if missing or damaged. */
  async read(key: BlockKey, bytes: number): Promise<ArrayBuffer | undefined> {
    const name = nameOf(key);
    return quietly(async () => {
      const blob = await this.stores.blocks.get(name);
      const data = await blob?.arrayBuffer();
      if (data?.byteLength !== bytes) return undefined;
      await this.note(name, bytes);
      return data;
    });
  }

  /** Stores a block and evicts the least recently used ones. @returns false if the browser has no room for it. */
  async write(key: BlockKey, data: ArrayBuffer): Promise<boolean> {
    const name = nameOf(key);
    const written = await quietly(async () => {
      await this.evictTo((await this.budget()) - data.byteLength, Date.now() - UNUSED_MS);
      await this.stores.blocks.set(name, new Blob([data]));
      await this.note(name, data.byteLength);
      return true;
    });
    return written ?? false;
  }

  /** Frees space for weights, which take precedence. */
  async release(bytes: number): Promise<void> {
    await quietly(async () => {
      this.known = undefined;
      await this.evictTo(totalOf(await this.entries()) - bytes);
    });
  }

  /** Deletes the blocks of one model, or of all. */
  async clear(modelId?: string): Promise<void> {
    await quietly(async () => {
      const names = await this.stores.blocks.keys();
      await this.remove(names.filter((name) => modelId === undefined || name.startsWith(`${modelId}|`)));
      this.known = undefined;
    });
  }

  /** Bytes that all blocks together may take. */
  private async budget(): Promise<number> {
    this.quotaBytes ??= quotaBytes();
    return Math.min(this.budgetBytes, QUOTA_SHARE * (await this.quotaBytes));
  }

  private async note(name: string, bytes: number): Promise<void> {
    const entry = { bytes, usedAt: Date.now() };
    await this.stores.entries.set(name, entry);
    this.known?.entries.set(name, entry);
  }

  /** All blocks. Thousands may be stored, so that not every write reads the list. */
  private async entries(): Promise<Map<string, Entry>> {
    if (this.known && Date.now() - this.known.readAt < LIST_MS) return this.known.entries;
    const names = await this.stores.entries.keys();
    const read = async (name: string): Promise<[string, Entry]> => {
      return [name, (await this.stores.entries.get(name)) ?? { bytes: 0, usedAt: 0 }];
    };
    const entries = new Map(await Promise.all(names.map(read)));
    this.known = { entries, readAt: Date.now() };
    return entries;
  }

  /** Deletes what was used last before `unusedSince`, and the least recently used blocks above `targetBytes`. */
  private async evictTo(targetBytes: number, unusedSince = 0): Promise<void> {
    const entries = await this.entries();
    let left = totalOf(entries);
    const unwanted: string[] = [];
    for (const [name, { bytes, usedAt }] of [...entries].sort((a, b) => a[1].usedAt - b[1].usedAt)) {
      if (left <= Math.max(0, targetBytes) && usedAt >= unusedSince) break;
      unwanted.push(name);
      left -= bytes;
    }
    await this.remove(unwanted);
  }

  private async remove(names: string[]): Promise<void> {
    if (names.length === 0) return;
    await this.stores.blocks.delMany(names);
    await this.stores.entries.delMany(names);
    for (const name of names) this.known?.entries.delete(name);
  }
}

const totalOf = (entries: Map<string, Entry>): number =>
  [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);

/** A model cache whose imports may evict stored KV. */
export function cacheBefore(kv: KvStore, cache: ModelCache): ModelCache {
  return {
    ...cache,
    async ensureRoom(neededBytes) {
      try {
        await cache.ensureRoom(neededBytes);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'storage-quota') throw error;
        await kv.release(neededBytes - Number(error.details.availableBytes));
        await cache.ensureRoom(neededBytes);
      }
    },
  };
}

/** Digests at the ends of whole blocks; each covers all ids before it. */
export async function blockDigests(ids: readonly number[]): Promise<string[]> {
  const digests: string[] = [];
  let previous = new Uint8Array(32);
  for (let end = BLOCK_TOKENS; end <= ids.length; end += BLOCK_TOKENS) {
    const block = new Uint8Array(Uint32Array.from(ids.slice(end - BLOCK_TOKENS, end)).buffer);
    const data = new Uint8Array(previous.length + block.length);
    data.set(previous);
    data.set(block, previous.length);
    previous = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
    digests.push([...previous].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
  }
  return digests;
}

function nameOf({ modelId, variant, digest }: BlockKey): string {
  return `${modelId}|${variant}|${digest}`;
}

/** Treats a storage failure as a cache miss: the KV is recomputed. */
async function quietly<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof AppError || error instanceof DOMException) return undefined;
    throw error;
  }
}
