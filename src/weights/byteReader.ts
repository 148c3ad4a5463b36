// Reads a GGUF header out of its first bytes. The header's length is unknown until it has been parsed, so a read
// past the bytes at hand says how many more it wants, and the caller fetches them and starts again.
import { truncated } from './truncation';

/** Parts of a file, as named in 'file-truncated'. */
export type Section = 'magic' | 'counts' | 'metadata' | 'tensor infos' | 'tensor data';

/** Not a failure yet: the header goes on beyond the bytes at hand. */
export class NeedBytes extends Error {
  constructor(readonly untilByte: number) {
    super(`header continues to byte ${untilByte}`);
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true }); // a token may begin with U+FEFF
const TWO_32 = 2 ** 32;

/** A cursor over the first bytes of a file of `fileBytes` bytes. Every read may throw NeedBytes or 'file-truncated'. */
export class ByteReader {
  position = 0;
  section: Section = 'magic';
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly fileBytes: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Makes sure that `length` bytes follow. A hostile length fails here, before anything is allocated. */
  need(length: number): void {
    const until = this.position + length;
    if (until <= this.bytes.length) return;
    if (until > this.fileBytes) throw truncated(this.section, until, this.fileBytes);
    throw new NeedBytes(until);
  }

  u32(): number {
    this.need(4);
    this.position += 4;
    return this.view.getUint32(this.position - 4, true);
  }

  /** An unsigned 64-bit integer as a number: exact below 2^53, and beyond that only ever compared with a limit. */
  u64(): number {
    this.need(8);
    const low = this.view.getUint32(this.position, true);
    const high = this.view.getUint32(this.position + 4, true);
    this.position += 8;
    return high * TWO_32 + low;
  }

  /** A fixed-size value of GGUF type `type` (8 string and 9 array are not). */
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
   * `count` strings. A vocabulary is half a million short ones, and a decoder call costs more than such a string:
   * so they are joined with NUL, decoded at once and split again.
   */
  strings(count: number): string[] {
    this.need(count * 8); // each has at least its length; ends a hostile count
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
      to++; // the NUL
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
