// Shared by the downloads of one model: connections, a few chunks in memory, and the prefetch limit.

const CONNECTIONS = 4;
const AHEAD_BYTES = 256 * 1024 * 1024;
const RECENT_CHUNKS = 3; // an 8 MiB read touches two chunks, and the next read begins in the second

/** A download, as seen by its pool. */
export interface PoolMember {
  /** The chunk to prefetch, at most `limitBytes` ahead of the latest read. */
  nextAhead(limitBytes: number): number | undefined;
  /** Bytes on disk and not yet read. */
  aheadBytes(): number;
  /** Fetches a chunk and stores it. Never throws: a failure rejects the waiting reads instead. */
  fetchChunk(index: number): Promise<void>;
}

/**
 * At most `connections` chunks are in flight. Chunks that a read waits for come first, then chunks ahead of the latest
 * read, then chunks of the other files in order, while at most `aheadBytes` are staged unread. The most recently read
 * chunks stay in memory, so that a small read does not load 8 MiB from disk.
 */
export class DownloadPool {
  private active = 0;
  private readonly urgent: { member: PoolMember; index: number }[] = [];
  /** Most recently read first. */
  private members: PoolMember[] = [];
  private readonly recent = new Map<string, Uint8Array<ArrayBuffer>>();

  constructor(
    readonly connections: number,
    readonly aheadBytes: number,
  ) {}

  join(member: PoolMember): void {
    if (!this.members.includes(member)) this.members.push(member);
  }

  /** Removes a download: stops fetching for it and drops its chunks from memory. */
  leave(member: PoolMember, keyPrefix: string): void {
    this.members = this.members.filter((other) => other !== member);
    const rest = this.urgent.filter((job) => job.member !== member);
    this.urgent.splice(0, this.urgent.length, ...rest);
    for (const key of this.recent.keys()) if (key.startsWith(keyPrefix)) this.recent.delete(key);
  }

  /** Moves `member` to the front after a read. */
  touch(member: PoolMember): void {
    if (this.members[0] === member || !this.members.includes(member)) return;
    this.members = [member, ...this.members.filter((other) => other !== member)];
  }

  /** Queues a chunk that a read waits for. */
  request(member: PoolMember, index: number): void {
    this.urgent.push({ member, index });
    this.pump();
  }

  /** Fills free connections. Called after every change that may allow another request. */
  pump(): void {
    while (this.active < this.connections) {
      const job = this.urgent.shift() ?? this.ahead();
      if (!job) return;
      this.active++;
      void job.member.fetchChunk(job.index).finally(() => {
        this.active--;
        this.pump();
      });
    }
  }

  /** Keeps the chunk in memory and evicts the least recently used one. */
  remember(key: string, bytes: Uint8Array<ArrayBuffer>): void {
    this.recent.delete(key);
    this.recent.set(key, bytes);
    for (const oldest of this.recent.keys()) {
      if (this.recent.size <= RECENT_CHUNKS) break;
      this.recent.delete(oldest);
    }
  }

  recall(key: string): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.recent.get(key);
    if (bytes) this.remember(key, bytes);
    return bytes;
  }

  private ahead(): { member: PoolMember; index: number } | undefined {
    for (const [order, member] of this.members.entries()) {
      const index = member.nextAhead(order === 0 ? this.aheadBytes : this.aheadBytes - this.totalAhead());
      if (index !== undefined) return { member, index };
    }
    return undefined;
  }

  private totalAhead(): number {
    return this.members.reduce((sum, member) => sum + member.aheadBytes(), 0);
  }
}

/** One pool for all files of a model: they share its limits. */
export function downloadPool({ connections = CONNECTIONS, aheadBytes = AHEAD_BYTES } = {}): DownloadPool {
  return new DownloadPool(connections, aheadBytes);
}
