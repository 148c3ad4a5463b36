// Mutations of bytes, texts and JSON as data, so that fast-check can shrink a failing one to its smallest form.
import fc from 'fast-check';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface ByteChange {
  kind: 'flip' | 'set' | 'u32' | 'u64' | 'cut' | 'drop' | 'repeat' | 'insert';
  at: number;
  length: number;
  value: number;
}

/** Numbers at which counts, sizes and offsets go wrong. */
const EXTREMES = [0, 1, 7, 255, 256, 65_535, 65_536, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 4e9];
const WHERE = fc.oneof(fc.nat(400), fc.nat(), fc.nat()); // headers are at the start

const byteChange: fc.Arbitrary<ByteChange> = fc.record({
  kind: fc.constantFrom('flip', 'flip', 'set', 'u32', 'u64', 'cut', 'drop', 'repeat', 'insert'),
  at: WHERE,
  length: fc.oneof(fc.nat(8), fc.nat(300)),
  value: fc.oneof(fc.constantFrom(...EXTREMES), fc.nat()),
});

/** `seed` with one to three changes. */
export const mutatedBytes = (seed: Uint8Array): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc
    .array(byteChange, { minLength: 1, maxLength: 6 })
    .map((changes) => changes.reduce(changeBytes, Uint8Array.from(seed)));

function changeBytes(bytes: Uint8Array<ArrayBuffer>, change: ByteChange): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return bytes;
  const { kind, value } = change;
  const at = change.at % bytes.length;
  const end = Math.min(at + change.length, bytes.length);
  const view = new DataView(bytes.buffer);
  const joined = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
  switch (kind) {
    case 'flip':
      bytes[at] ^= 1 << (value % 8);
      return bytes;
    case 'set':
      bytes.fill(value & 255, at, end);
      return bytes;
    case 'u32':
      if (at + 4 <= bytes.length) view.setUint32(at, value, true);
      return bytes;
    case 'u64':
      if (at + 8 <= bytes.length) view.setBigUint64(at, (BigInt(value) << 32n) | 7n, true);
      return bytes;
    case 'cut':
      return bytes.slice(0, at);
    case 'drop':
      return joined(bytes.subarray(0, at), bytes.subarray(end));
    case 'repeat':
      return joined(bytes.subarray(0, end), bytes.subarray(at));
    case 'insert':
      return joined(
        bytes.subarray(0, at),
        new Uint8Array(change.length).fill(value & 255),
        bytes.subarray(at),
      );
  }
}

/** Values that readers do not expect. */
const hostile: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    '',
    'x',
    '__proto__',
    'constructor',
    '\ud83d',
    'NaN',
    [],
    {},
    [[]],
    [null],
  ),
  fc.constantFrom<Json>(-1, 0.5, 1e308, 2 ** 53, 4e9, -0, 2 ** 31),
  fc.constantFrom(3, 1000).map((length) => 'ab/\\<'.repeat(length)),
  fc.constantFrom(2, 400).map(nested),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

function nested(depth: number): Json {
  let value: Json = 1;
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { a: value };
  return value;
}

interface JsonChange {
  at: number;
  act: 'replace' | 'replace' | 'remove' | 'rename' | 'repeat' | 'move';
  value: Json;
}

const jsonChange: fc.Arbitrary<JsonChange> = fc.record({
  at: fc.nat(),
  act: fc.constantFrom('replace', 'replace', 'remove', 'rename', 'repeat', 'move'),
  value: hostile,
});

/** `seed` with one to four values replaced, removed, renamed, repeated or moved. */
export const mutatedJson = (seed: Json): fc.Arbitrary<Json> =>
  fc.array(jsonChange, { minLength: 1, maxLength: 4 }).map((changes) => changes.reduce(changeJson, seed));

/** Every place in a value: its holder and its key. */
function placesIn(value: Json): { holder: Json[] | { [key: string]: Json }; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => {
    const inner = (value as { [key: string]: Json })[key];
    return [{ holder: value, key }, ...placesIn(inner)];
  });
}

function changeJson(seed: Json, { at, act, value }: JsonChange): Json {
  const copy = structuredClone(seed);
  const places = placesIn(copy);
  if (places.length === 0) return value;
  const { holder, key } = places[at % places.length];
  const entries = holder as { [key: string]: Json };
  const put = (name: string, to: Json): void =>
    void Object.defineProperty(entries, name, {
      value: to,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  const other = places[(at * 7) % places.length];
  if (act === 'remove') delete entries[key];
  else if (act === 'rename')
    put(typeof value === 'string' ? value : `${key}2`, entries[key]); // also __proto__
  else if (act === 'repeat') put(`${key}0`, structuredClone(entries[key]));
  else if (act === 'move') put(key, structuredClone((other.holder as { [key: string]: Json })[other.key]));
  else put(key, value);
  return copy;
}

interface TextChange {
  at: number;
  length: number;
  text: string;
}

/** `seed` with pieces of `words` and of itself put in the place of others. */
export const mutatedText = (seed: string, words: readonly string[]): fc.Arbitrary<string> => {
  const piece = fc.oneof(
    fc.constantFrom(...words),
    fc.tuple(fc.constantFrom(...words), fc.constantFrom(2, 60)).map(([word, times]) => word.repeat(times)),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc
      .tuple(fc.nat(), fc.nat(40))
      .map(([at, length]) => seed.slice(at % seed.length, (at % seed.length) + length)),
  );
  const change: fc.Arbitrary<TextChange> = fc.record({
    at: fc.nat(),
    length: fc.constantFrom(0, 0, 1, 5, 60),
    text: piece,
  });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) =>
    changes.reduce((text, { at, length, text: put }) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + length);
    }, seed),
  );
};
