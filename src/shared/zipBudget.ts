// How much of a zip may be unpacked. Sizes in a zip are claims: a few kilobytes can claim, or become, gigabytes.

/** An entry in the directory of a zip: its stored bytes, and the bytes that it claims to become. */
export interface ZipEntry {
  name: string;
  size: number;
  originalSize: number;
}

/** Text packs to a fiftieth, repetitive JSON to a hundredth of its size. */
const MAX_RATIO = 200;
/** Any zip may unpack to this much. */
const ALWAYS_BYTES = 16e6;
/** DEFLATE never enlarges data by more than its block headers: an entry above this claims too few bytes. */
const MAX_GROWTH = 1.01;
const GROWTH_BYTES = 1024;
const MAX_ENTRIES = 65_536;

/** Why a zip is refused: more bytes than allowed, or a directory that cannot be true. */
export type ZipRefusal = { kind: 'too-large'; bytes: number; maxBytes: number } | { kind: 'impossible' };

/** The bytes that one zip may still unpack to. */
export class ZipBudget {
  /** Limit of all entries together. */
  readonly maxBytes: number;
  private used = 0;
  private entries = 0;
  private packed = 0;

  /**
   * @param packedBytes of the zip; the limit grows with it.
   * @param limitBytes the most that any zip may unpack to.
   */
  constructor(
    private readonly packedBytes: number,
    limitBytes: number,
  ) {
    this.maxBytes = Math.min(limitBytes, Math.max(ALWAYS_BYTES, packedBytes * MAX_RATIO));
  }

  /** Looks at one entry of the directory, unpacked or not. @returns why the zip is refused, or undefined. */
  see({ size, originalSize }: ZipEntry): ZipRefusal | undefined {
    this.packed += size;
    const isPossible =
      ++this.entries <= MAX_ENTRIES &&
      this.packed <= this.packedBytes && // entries that share their data
      size <= originalSize * MAX_GROWTH + GROWTH_BYTES;
    return isPossible ? undefined : { kind: 'impossible' };
  }

  /** Takes the bytes of an entry that is about to be unpacked. @returns why it is refused, or undefined. */
  take(bytes: number): ZipRefusal | undefined {
    if (this.used + bytes > this.maxBytes)
      return { kind: 'too-large', bytes: this.used + bytes, maxBytes: this.maxBytes };
    this.used += bytes;
    return undefined;
  }
}
