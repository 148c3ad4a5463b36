// SHA-256 of a whole file, computed chunk by chunk across the sessions of its download.
import type { IHasher } from 'hash-wasm';
import { fetchPart } from '../../shared/missingPart';

/** An incremental SHA-256. SubtleCrypto only hashes whole buffers. */
export class FileHash {
  private constructor(
    private readonly hasher: IHasher,
    /** Number of chunks hashed so far, from the start of the file. */
    public chunks: number,
  ) {}

  /** Resumes from a saved state. Starts over without one, or if another version of the hasher wrote it. */
  static async create(saved?: { chunks: number; state: Uint8Array }): Promise<FileHash> {
    // The package's own file for this hash, in a chunk of its own: most visits download nothing.
    const { createSHA256 } = await fetchPart(() => import('hash-wasm/dist/sha256.umd.min.js'));
    const hasher = await createSHA256();
    hasher.init();
    if (!saved) return new FileHash(hasher, 0);
    try {
      hasher.load(saved.state);
      return new FileHash(hasher, saved.chunks);
    } catch {
      hasher.init();
      return new FileHash(hasher, 0);
    }
  }

  /** Hashes the next chunk of the file. About 190 MB/s in Node on two shared cores: 45 ms for 8 MiB. */
  append(chunk: Uint8Array): void {
    this.hasher.update(chunk);
    this.chunks++;
  }

  /** 116 bytes; contains up to 63 bytes of the file. */
  save(): { chunks: number; state: Uint8Array } {
    return { chunks: this.chunks, state: this.hasher.save() };
  }

  /** Hex digest of the chunks so far; hashing can continue afterwards. */
  digest(): string {
    const state = this.hasher.save();
    const hex = this.hasher.digest('hex');
    this.hasher.load(state);
    return hex;
  }
}
