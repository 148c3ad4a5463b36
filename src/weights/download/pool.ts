// What the downloads of one model share: connections, a few chunks in memory, and how far ahead they fetch.

const CONNECTIONS = 4;
const AHEAD_BYTES = 256 * 1024 * 1024;
const RECENT_CHUNKS = 3; // an 8 MiB read touches two, the next begins in the second

/** A download, as its pool sees it. */
export interface PoolMember {
  /** The chunk to fetch while nobody waits; `limitBytes` ahead of the latest read. */
  nextAhead(limitBytes: number): number | undefined;
  /** On disk and not read yet. */
  aheadBytes(): number;
  /** Fetches a chunk and keeps it. Never throws: whoever waits hears of a failure otherwise. */
  fetchChunk(index: number): Promise<void>;
}

/**
 * At most `connections` chunks are in flight, those that a reader waits for first. Then come chunks ahead of the latest
 * read, then of the other files in their order, as long as no more than `aheadBytes` wait for a reader. The chunks read
 * last stay in memory: a small read does not fetch 8 MiB from disk.
 */
export class DownloadPool {
  private active = 0;
  private readonly urgent: { member: PoolMember; index: number }[] = [];
  /** The one read most recently first. */
  private members: PoolMember[] = [];
  private readonly recent = new Map<string, Uint8Array<ArrayBuffer>>();

  constructor(
    readonly connections: number,
    readonly aheadBytes: number,
  ) {}

  join(member: PoolMember): void {
    if (!this.members.includes(member)) this.members.push(member);
  }

  /** Nothing more is fetched for it, and nothing of it kept in memory. */
  leave(member: PoolMember, keyPrefix: string): void {
    this.members = this.members.filter((other) => other !== member);
    const rest = this.urgent.filter((job) => job.member !== member);
    this.urgent.splice(0, this.urgent.length, ...rest);
    for (const key of this.recent.keys()) if (key.startsWith(keyPrefix)) this.recent.delete(key);
  }

  /** `member` was read from: it is served first. */
  touch(member: PoolMember): void {
    if (this.members[0] === member || !this.members.includes(member)) return;
    this.members = [member, ...this.members.filter((other) => other !== member)];
  }

  /** A reader waits for this chunk. */
  request(member: PoolMember, index: number): void {
    this.urgent.push({ member, index });
    this.pump();
  }

  /** Fills free connections. Called whenever something may have become possible. */
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

  /** Keeps the chunk in memory, instead of the one not used for longest. */
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

/** One for all files of a model: together they keep within its limits. */
export function downloadPool({ connections = CONNECTIONS, aheadBytes = AHEAD_BYTES } = {}): DownloadPool {
  return new DownloadPool(connections, aheadBytes);
}
