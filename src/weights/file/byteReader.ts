// Reads a GGUF header from the start of a file. The header's length is unknown until it has been parsed, so an entry
// that extends past the loaded bytes loads more and is parsed again.
import { AppError } from '../../shared/errors';
import { truncated } from './truncation';

/** Sections of a file, as named in 'file-truncated'. */
export type Section = 'magic' | 'counts' | 'metadata' | 'tensor infos' | 'tensor data';

/** Control flow, not a failure: the header extends past the loaded bytes. */
class NeedBytes extends Error {
  constructor(readonly untilByte: number) {
    super(`header continues to byte ${untilByte}`);
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true }); // a token may begin with U+FEFF
const TWO_32 = 2 ** 32;
const FIRST_READ_BYTES = 1024 * 1024;
const MAX_HEADER_BYTES = 128 * 1024 * 1024; // GLM-4's is 10 MB; a longer one is rejected
/** Elements of one array: GLM-4's longest, the merges, has 318,088. */
const MAX_ARRAY_LENGTH = 2 ** 23;

/** Bytes [fromByte, untilByte) of the file. */
export type Fetch = (fromByte: number, untilByte: number) => Promise<Uint8Array<ArrayBuffer>>;

/** A cursor over a file of `fileBytes` bytes. Inside {@link entry}, every read may throw 'file-truncated'. */
export class ByteReader {
  position = 0;
  section: Section = 'magic';
  bytes = new Uint8Array(0);
  private view = new DataView(this.bytes.buffer);

  constructor(
    private readonly fileBytes: number,
    private readonly fetch: Fetch,
  ) {}

  /** Runs `read`, loading more bytes and restarting as needed: `read` must change nothing but the cursor. */
  async entry<T>(read: () => T): Promise<T> {
    const start = this.position;
    for (;;) {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof NeedBytes)) throw error;
        this.position = start;
        await this.extend(error.untilByte);
      }
    }
  }

  private async extend(untilByte: number): Promise<void> {
    const doubled = Math.max(untilByte, FIRST_READ_BYTES, this.bytes.length * 2);
    const longer = new Uint8Array(Math.min(this.fileBytes, doubled));
    longer.set(this.bytes);
    longer.set(await this.fetch(this.bytes.length, longer.length), this.bytes.length);
    this.bytes = longer;
    this.view = new DataView(longer.buffer);
  }

  /** Ensures that `length` bytes follow. A malicious length fails here, before any allocation. */
  need(length: number): void {
    const until = this.position + length;
    if (until <= this.bytes.length) return;
    if (until > this.fileBytes) throw truncated(this.section, until, this.fileBytes);
    if (until > MAX_HEADER_BYTES)
      throw badMetadata(this.section, `runs on to byte ${until}: no header is that long`);
    throw new NeedBytes(until);
  }

  /** Ensures that an array of `count` elements, each at least `elementBytes` long, follows and is not too long. */
  needArray(count: number, elementBytes: number, key: string): void {
    this.need(count * elementBytes);
    if (count > MAX_ARRAY_LENGTH)
      throw badMetadata(key, `is an array of ${count} elements, more than ${MAX_ARRAY_LENGTH}`);
  }

  u32(): number {
    this.need(4);
    this.position += 4;
    return this.view.getUint32(this.position - 4, true);
  }

  /** An unsigned 64-bit integer as a number: exact below 2^53; larger values are only compared with limits. */
  u64(): number {
    this.need(8);
    const low = this.view.getUint32(this.position, true);
    const high = this.view.getUint32(this.position + 4, true);
    this.position += 8;
    return high * TWO_32 + low;
  }

  /** A fixed-size value of GGUF type `type` (all but 8, string, and 9, array). */
  scalar(type: number): number | boolean {
    const size = SCALAR_BYTES[type];
    this.need(size);
    const at = this.position;
    this.position += size;
    switch (type) {
      case 0: return this.view.getUint8(at); // prettier-ignore
      case 1: return this.view.getInt8(at); // prettier-ignore
      case 2: return this.view.getUint16(at, true); // prettier-ignore
      case 3: return this.view.getInt16(at, true); // prettier-ignore
      case 4: return this.view.getUint32(at, true); // prettier-ignore
      case 5: return this.view.getInt32(at, true); // prettier-ignore
      case 6: return this.view.getFloat32(at, true); // prettier-ignore
      case 7: return this.view.getUint8(at) !== 0; // prettier-ignore
      case 10: return Number(this.view.getBigUint64(at, true)); // prettier-ignore
      case 11: return Number(this.view.getBigInt64(at, true)); // prettier-ignore
      default: return this.view.getFloat64(at, true); // prettier-ignore
    }
  }

  string(): string {
    const length = this.u64();
    this.need(length);
    this.position += length;
    return utf8.decode(this.bytes.subarray(this.position - length, this.position));
  }

  /**
   * `count` strings. A vocabulary has half a million short strings, and a TextDecoder call costs more than such a
   * string: they are joined with NUL, decoded in one call and split again.
   */
  strings(count: number, key: string): string[] {
    this.needArray(count, 8, key); // each string has at least a length field; rejects a malicious count
    if (count === 0) return [];
    const start = this.position;
    let textBytes = 0;
    for (let i = 0; i < count; i++) {
      const length = this.u64();
      this.need(length);
      this.position += length;
      textBytes += length;
    }
    const end = this.position;
    const joined = new Uint8Array(textBytes + count - 1);
    let hasNul = false;
    for (let from = start, to = 0; from < end;) {
      const length = this.view.getUint32(from, true);
      const stop = from + 8 + length;
      for (from += 8; from < stop; from++) {
        const byte = this.bytes[from];
        if (byte === 0) hasNul = true;
        joined[to++] = byte;
      }
      to++; // skip the NUL
    }
    if (!hasNul) return utf8.decode(joined).split('\0');
    this.position = start;
    return Array.from({ length: count }, () => this.string());
  }
}

/** Bytes of a value by GGUF type; string and array have no fixed size. */
export const SCALAR_BYTES: Record<number, number> = {
  0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8,
}; // prettier-ignore

/** AppError 'bad-metadata': `key` is a metadata key, a tensor or a section. */
export function badMetadata(key: string, why: string): AppError {
  return new AppError('bad-metadata', `The GGUF header is damaged: ${key} ${why}.`, { key, why });
}
