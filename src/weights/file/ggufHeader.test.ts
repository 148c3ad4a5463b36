import { describe, expect, test } from 'vitest';
import { writeGguf, type GgufMetadata } from '../../testing/gguf';
import { readHeader } from './ggufHeader';
import { bytesSource } from './sources';
import { failureOf } from '../testKit';

const metadata: GgufMetadata = {
  'general.architecture': 'chatglm',
  ...Object.fromEntries(
    (['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'u64', 'i64'] as const).map((type) => [
      type,
      { type, value: type[0] === 'i' ? -7 : 7 },
    ]),
  ),
  f32: { type: 'f32', value: 0.5 },
  f64: { type: 'f64', value: 0.1 },
  flag: true,
  text: 'ÄÖ 智谱 \0 end',
  list: [1, -2, 3],
  tokens: ['Ġa', '', '智', 'x'.repeat(300), '\ufeffbom'],
  nul: ['a\0b', 'c'],
  none: { type: 'string', value: [] },
};
const tensors = [
  { name: 'a', type: 'Q4_0' as const, shape: [2, 64], data: new Uint8Array(72).fill(1) },
  { name: 'b', type: 'F32' as const, shape: [3], data: new Uint8Array(12).fill(2) },
];
const file = writeGguf({ metadata, tensors });

describe('a valid header', () => {
  test('parses all value types, and every integer as a number', async () => {
    const header = await readHeader(bytesSource(file));
    expect(header.version).toBe(3);
    expect(header.metadata).toEqual({
      ...{
        'general.architecture': 'chatglm',
        u8: 7,
        i8: -7,
        u16: 7,
        i16: -7,
        u32: 7,
        i32: -7,
        u64: 7,
        i64: -7,
      },
      ...{
        f32: 0.5,
        f64: 0.1,
        flag: true,
        text: 'ÄÖ 智谱 \0 end',
        list: [1, -2, 3],
        nul: ['a\0b', 'c'],
        none: [],
      },
      tokens: ['Ġa', '', '智', 'x'.repeat(300), '\ufeffbom'],
    });
  });

  test('gives shapes in PyTorch order and absolute offsets', async () => {
    const [a, b] = (await readHeader(bytesSource(file))).tensors;
    expect(a).toMatchObject({ name: 'a', type: 'Q4_0', shape: [2, 64], byteLength: 72 });
    expect(b).toMatchObject({ name: 'b', type: 'F32', shape: [3], byteLength: 12 });
    expect([file[a.offset], file[b.offset], file[b.offset - 1]]).toEqual([1, 2, 0]);
    expect(a.offset % 32).toBe(0);
  });

  test('may have version 2 and another alignment', async () => {
    const aligned = writeGguf({ metadata, tensors, alignment: 256 });
    aligned[4] = 2;
    const header = await readHeader(bytesSource(aligned));
    expect(header.version).toBe(2);
    expect(header.tensors.map(({ offset }) => offset % 256)).toEqual([0, 0]);
  });

  test('of GLM-4’s length is read in doubling ranges, without re-reading', async () => {
    const tokens = Array.from({ length: 151_552 }, (_, i) => `Ġtoken${i}`);
    const merges = Array.from({ length: 318_088 }, (_, i) => `Ġto ken${i}`);
    const long = writeGguf({ metadata: { tokens, merges }, tensors });
    const source = bytesSource(long);
    const reads: [number, number][] = [];
    const header = await readHeader({
      ...source,
      read: (at, n) => (reads.push([at, n]), source.read(at, n)),
    });
    expect(header.metadata.tokens).toEqual(tokens);
    expect((header.metadata.merges as string[]).at(-1)).toBe('Ġto ken318087');
    expect(reads[0]).toEqual([0, 2 ** 20]);
    expect(reads[1]).toEqual([2 ** 20, 2 ** 20]); // only the new bytes
    expect(reads.length).toBeLessThan(7);
  });
});

describe('truncation is reported with its section', () => {
  test('magic', async () =>
    expect(await cutAt(3)).toMatchObject({ section: 'magic', neededBytes: 4, availableBytes: 3 }));
  test('an empty file', async () =>
    expect(await cutAt(0)).toMatchObject({ section: 'magic', availableBytes: 0 }));
  test('counts', async () => expect(await cutAt(20)).toMatchObject({ section: 'counts', neededBytes: 24 }));
  test('metadata', async () => expect(await cutAt(400)).toMatchObject({ section: 'metadata' }));
  test('tensor infos', async () => {
    const { bytes } = await readHeader(bytesSource(file));
    expect(await cutAt(bytes.length - 1)).toMatchObject({
      section: 'tensor infos',
      neededBytes: bytes.length,
    });
  });
  test('tensor data', async () => {
    const last = (await readHeader(bytesSource(file))).tensors[1];
    const end = last.offset + 12;
    expect(await cutAt(end - 1)).toMatchObject({
      section: 'tensor data',
      neededBytes: end,
      availableBytes: end - 1,
    });
  });
  test('every length is reported as truncated or parsed whole', async () => {
    const end = (await readHeader(bytesSource(file))).tensors[1].offset + 12;
    for (let length = 0; length < end; length++) await cutAt(length);
    await readHeader(bytesSource(file.subarray(0, end))); // the padding after the last tensor may be missing
  });

  async function cutAt(length: number): Promise<unknown> {
    const { code, details } = await failureOf(() => readHeader(bytesSource(file.slice(0, length))));
    expect(code).toBe('file-truncated');
    return details;
  }
});

describe('other formats are recognised', () => {
  test.each([
    ['<!DOCTYPE html><html>', 'HTML'],
    ['\x10\x00\x00\x00\x00\x00\x00\x00{"a":1}', 'safetensors'],
    ['PK\x03\x04', 'zip'],
    ['\x80\x02}q', 'pickle'],
    ['version https://git-lfs.github.com/spec/v1', 'LFS'],
    ['what?', ''],
  ])('a file that begins with %j', async (text, guess) => {
    const { code, details } = await failureOf(() => readHeader(bytesSource(latin1(text))));
    expect(code).toBe('not-gguf');
    expect(details?.found).toMatch(/^([0-9a-f]{2} ?)+$/);
    expect(details?.guess).toContain(guess);
  });

  test.each([
    [1, 1],
    [4, 4],
    [0x03000000, 0x03000000],
  ])('rejects version %i', async (version) => {
    const { code, details } = await failureOf(() => readHeader(bytesSource(patched(4, 'u32', version))));
    expect([code, details]).toEqual(['gguf-version', { version }]);
  });
});

describe('malicious and damaged headers fail quickly', () => {
  const first = 24; // the length of the first key
  test.each([
    ['tensor count', 8],
    ['metadata count', 16],
    ['key length', first],
  ])('a %s of 2^60', async (_, at) => {
    const { code } = await failureOf(() => readHeader(bytesSource(patched(at, 'u64', 2 ** 60))));
    expect(['file-truncated', 'bad-metadata']).toContain(code);
  });

  test.each([
    ['string', 8],
    ['u8 array', 9, 0],
    ['string array', 9, 8],
    ['array array', 9, 9],
  ])('a %s of 2^60 elements', async (_, type, element?: number) => {
    const head = [...latin1('GGUF'), ...u32(3), ...u64(0), ...u64(1), ...u64(1), 0x6b, ...u32(type)];
    const value = [...(element === undefined ? [] : u32(element)), ...u64(2 ** 60), 1, 2, 3];
    const { code, details } = await failureOf(() =>
      readHeader(bytesSource(new Uint8Array([...head, ...value]))),
    );
    expect([code, details?.section]).toEqual(['file-truncated', 'metadata']);
  });

  test('an unknown value type and deep nesting', async () => {
    const head = [...latin1('GGUF'), ...u32(3), ...u64(0), ...u64(1), ...u64(1), 0x6b];
    const unknown = new Uint8Array([...head, ...u32(13), ...u64(0)]);
    expect(await failureOf(() => readHeader(bytesSource(unknown)))).toMatchObject({
      code: 'bad-metadata',
      details: { key: 'k' },
    });
    const nested = new Uint8Array([
      ...head,
      ...u32(9),
      ...Array.from({ length: 99 }, () => [...u32(9), ...u64(1)]).flat(),
    ]);
    expect(await failureOf(() => readHeader(bytesSource(nested)))).toMatchObject({
      code: 'bad-metadata',
      details: { key: 'k' },
    });
  });

  test('counts are compared with the size of the file, and limited', async () => {
    const code = async (at: number, count: number) =>
      (await failureOf(() => readHeader(bytesSource(patched(at, 'u64', count))))).message;
    expect(await code(8, 1000)).toMatch(
      /ends in its counts: at least 3\d{4} bytes are needed, \d{4} are there/,
    );
    expect(await code(16, 4e9)).toContain('metadata keys are 4000000000, more than 65536');
  });

  test('an array that the file holds, but no model needs', async () => {
    const head = [...latin1('GGUF'), ...u32(3), ...u64(0), ...u64(1), ...u64(1), 0x6b, ...u32(9), ...u32(0)];
    const long = new Uint8Array(9e6);
    long.set([...head, ...u64(8.9e6)]);
    const { details } = await failureOf(() => readHeader(bytesSource(long)));
    expect(details).toEqual({ key: 'k', why: 'is an array of 8900000 elements, more than 8388608' });
  });

  test('__proto__ is an ordinary key', async () => {
    const odd = writeGguf({ metadata: Object.fromEntries([['__proto__', 'x']]), tensors });
    expect(Object.keys((await readHeader(bytesSource(odd))).metadata)).toEqual(['__proto__']);
  });

  test('tensor infos: dimensions, rows of whole blocks, alignment, overlap, unknown type', async () => {
    const { bytes } = await readHeader(bytesSource(file));
    // name 'b' (9), n_dims (4), dim (8), type (4), offset (8) are the last 33 bytes; 'a' has one dim more: 41 before
    const b = bytes.length - 33;
    const a = b - 41;
    const cases: [string, number, 'u32' | 'u64', number, string][] = [
      ['5 dimensions', b + 9, 'u32', 5, 'bad-metadata'],
      ['0 dimensions', b + 9, 'u32', 0, 'bad-metadata'],
      ['whole blocks', a + 13, 'u64', 33, 'bad-metadata'],
      ['shape', a + 13, 'u64', 0, 'bad-metadata'],
      ['not a multiple', b + 25, 'u64', 97, 'bad-metadata'],
      ['overlaps', b + 25, 'u64', 64, 'bad-metadata'],
      ['tensor data', b + 25, 'u64', 1 << 20, 'file-truncated'],
      ['id 99', b + 21, 'u32', 99, 'unsupported-tensor-type'],
      ['Q4_0_4_4', b + 21, 'u32', 31, 'unsupported-tensor-type'],
      ['two tensors', b + 8, 'u32', 0x0161, 'bad-metadata'], // renames b to a
    ];
    for (const [word, at, kind, value, code] of cases) {
      const damaged = word === 'two tensors' ? with8(at, 0x61) : patched(at, kind, value);
      const failure = await failureOf(() => readHeader(bytesSource(damaged)));
      expect([failure.code, failure.message]).toEqual([code, expect.stringContaining(word)]);
    }
  });

  test('a duplicate key and an alignment that is not a power of two', async () => {
    const twice = writeGguf({ metadata: { kk: 1, kl: 2 }, tensors: [] });
    twice[indexOf(twice, 'kl', 24) + 1] = 0x6b;
    expect(await failureOf(() => readHeader(bytesSource(twice)))).toMatchObject({
      code: 'bad-metadata',
      details: { key: 'kk' },
    });
    const odd = writeGguf({ metadata: { 'general.alignment': 48 }, tensors: [] });
    expect(await failureOf(() => readHeader(bytesSource(odd)))).toMatchObject({
      details: { key: 'general.alignment' },
    });
  });
});

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
function u32(value: number): number[] {
  return [...new Uint8Array(new Uint32Array([value]).buffer)];
}
function u64(value: number): number[] {
  return [...new Uint8Array(new BigUint64Array([BigInt(value)]).buffer)];
}
function patched(at: number, kind: 'u32' | 'u64', value: number): Uint8Array {
  const copy = file.slice();
  copy.set(kind === 'u32' ? u32(value) : u64(value), at);
  return copy;
}
function with8(at: number, value: number): Uint8Array {
  const copy = file.slice();
  copy[at] = value;
  return copy;
}
function indexOf(bytes: Uint8Array, text: string, from: number): number {
  return String.fromCharCode(...bytes.subarray(0, 2000)).indexOf(text, from);
}
