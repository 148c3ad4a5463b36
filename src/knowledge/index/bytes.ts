// An index as bytes, for storage and export: numbers as LEB128, texts of a term as gaps, a count only where it is above 1.
// Layout: "GLMI", version, number of texts, of terms; length of each text; postings per term; terms (UTF-8, line feeds between);
// postings: gap × 2 + (count above 1), then count - 2.
import { MAX_COUNT, type Bm25Index } from './bm25';

const MAGIC = 0x494d4c47;
/** Rises whenever the terms of a text (terms.ts) or this layout change: other versions are made again. */
const VERSION = 1;

class Writer {
  private bytes = new Uint8Array(1 << 16);
  private length = 0;

  private room(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  number(value: number): void {
    this.room(5);
    for (; value > 127; value >>>= 7) this.bytes[this.length++] = (value & 127) | 128;
    this.bytes[this.length++] = value;
  }

  text(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.number(encoded.length);
    this.room(encoded.length);
    this.bytes.set(encoded, this.length);
    this.length += encoded.length;
  }

  end = (): Uint8Array<ArrayBuffer> => this.bytes.slice(0, this.length);
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** A number of at most `max`. @throws RangeError */
  number(max: number): number {
    let [value, shift] = [0, 0];
    let byte: number;
    do {
      if (this.at >= this.bytes.length || shift > 28) throw new RangeError('the index is cut');
      byte = this.bytes[this.at++];
      value += (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte > 127);
    if (value > max) throw new RangeError('a number in the index is too large');
    return value;
  }

  left = (): number => this.bytes.length - this.at;

  /** Every item takes a byte or more, so that a number above the rest of the bytes cannot be true. */
  count = (): number => this.number(this.left());

  text(): string {
    const length = this.count();
    this.at += length;
    return new TextDecoder('utf-8', { fatal: true }).decode(this.bytes.subarray(this.at - length, this.at));
  }
}

export function indexToBytes({ lengths, terms, starts, postings }: Bm25Index): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  for (const value of [MAGIC, VERSION, lengths.length, terms.length]) writer.number(value);
  lengths.forEach((length) => writer.number(length));
  for (let term = 0; term < terms.length; term++) writer.number(starts[term + 1] - starts[term]);
  writer.text(terms.join('\n'));
  for (let term = 0; term < terms.length; term++) {
    let before = -1;
    for (let i = starts[term]; i < starts[term + 1]; i++) {
      const [id, count] = [postings[i] >>> 8, postings[i] & 255];
      writer.number((id - before - 1) * 2 + (count > 1 ? 1 : 0));
      if (count > 1) writer.number(count - 2);
      before = id;
    }
  }
  return writer.end();
}

/** @returns undefined for bytes of another version, or that are no index of so many texts: make it again. */
export function indexFromBytes(bytes: Uint8Array, numTexts: number): Bm25Index | undefined {
  try {
    return read(new Reader(bytes), numTexts);
  } catch {
    return undefined;
  }
}

function read(reader: Reader, numTexts: number): Bm25Index | undefined {
  if (reader.number(MAGIC) !== MAGIC || reader.number(1e6) !== VERSION) return undefined;
  if (reader.count() !== numTexts) return undefined;
  const numTerms = reader.count();
  const lengths = Uint32Array.from({ length: numTexts }, () => reader.number(2 ** 31));
  const starts = new Uint32Array(numTerms + 1);
  for (let term = 0; term < numTerms; term++) starts[term + 1] = starts[term] + reader.number(numTexts);
  const joined = reader.text();
  const terms = joined ? joined.split('\n') : [];
  if (terms.length !== numTerms || terms.some((term, i) => i > 0 && term <= terms[i - 1])) return undefined;
  const last = starts[numTerms];
  if (last > reader.left()) return undefined;
  const postings = new Uint32Array(last);
  for (let term = 0; term < numTerms; term++) {
    let id = -1;
    for (let i = starts[term]; i < starts[term + 1]; i++) {
      const coded = reader.number(numTexts * 2 + 1);
      id += (coded >>> 1) + 1;
      if (id >= numTexts) return undefined;
      postings[i] = id * 256 + (coded & 1 ? reader.number(MAX_COUNT - 2) + 2 : 1);
    }
  }
  return { lengths, terms, starts, postings };
}
