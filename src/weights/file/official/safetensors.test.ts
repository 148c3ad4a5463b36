import { describe, expect, test } from 'vitest';
import { withHeader, writeSafetensors } from '../../../testing/safetensors';
import { bytesSource } from '../sources';
import { failureOf } from '../../testKit';
import { readSafetensors, type SafetensorsHeader } from './safetensors';

const read = (bytes: Uint8Array): Promise<SafetensorsHeader> =>
  readSafetensors(bytesSource(bytes, 'x.safetensors'));

/** A file: JSON header, then so many bytes of data. */
function broken(header: unknown, dataBytes: number): Uint8Array {
  return withHeader(typeof header === 'string' ? header : JSON.stringify(header), dataBytes);
}

const w = (begin: number, end: number, shape = [(end - begin) / 4]): unknown => {
  return { dtype: 'F32', shape, data_offsets: [begin, end] };
};

describe('a header', () => {
  test('lists tensors with absolute offsets', async () => {
    const file = writeSafetensors([
      { name: 'a', dtype: 'BF16', shape: [3, 5], data: new Uint8Array(30).fill(1) },
      { name: 'b', dtype: 'F32', shape: [2], data: new Uint8Array(8).fill(2) },
      { name: 'none', dtype: 'I64', shape: [0], data: new Uint8Array(0) },
    ]);
    const { tensors, bytes, fileBytes } = await read(file);
    expect(tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual([
      { name: 'a', dtype: 'BF16', shape: [3, 5] },
      { name: 'b', dtype: 'F32', shape: [2] },
      { name: 'none', dtype: 'I64', shape: [0] },
    ]);
    expect(file[tensors[1].offset]).toBe(2);
    expect(fileBytes).toBe(file.length);
    expect(bytes).toEqual(file.slice(0, file.length - 38));
  });

  test('may be longer than the first read', async () => {
    const names = Array.from({ length: 3000 }, (_, i) => `model.layers.${i}.a_rather_long_name.weight`);
    const file = writeSafetensors(
      names.map((name) => ({ name, dtype: 'F16', shape: [2], data: new Uint8Array(4) })),
    );
    expect((await read(file)).tensors.map(({ name }) => name)).toEqual(names);
  });
});

describe('rejects', () => {
  test.each([
    ['overlapping tensors', broken({ a: w(0, 8), b: w(4, 12) }, 12), /b overlaps a/],
    ['a hole', broken({ a: w(0, 8), b: w(12, 16) }, 16), /4 bytes between a and b/],
    ['bytes after the last tensor', broken({ a: w(0, 8) }, 12), /4 bytes after a/],
    ['a name given twice', broken('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2), /unused/], // prettier-ignore
    ['shape and bytes that disagree', broken({ a: w(0, 8, [3]) }, 8), /a takes 8 bytes, but F32 \[3\] is 12/],
    ['offsets backwards', broken({ a: w(8, 0, [2]) }, 8), /takes -8 bytes/],
    ['a negative shape', broken({ a: w(0, 4, [-1]) }, 4), /incomplete/],
    ['an entry of nothing', broken({ a: null }, 0), /incomplete/],
    [
      'an unknown type',
      broken({ a: { dtype: 'Q9', shape: [1], data_offsets: [0, 4] } }, 4),
      /unknown type Q9/,
    ],
    ['a header that is not JSON', broken('{"a":', 0), /not JSON/],
    ['a login page', new TextEncoder().encode('<!DOCTYPE html><html>Log in</html>'), /HTML/],
    ['a Git LFS pointer', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid'), /LFS/],
    ['a GGUF', new TextEncoder().encode('GGUF\u0003\0\0\0\0\0\0\0'), /GGUF/],
  ])('refuses %s and names the reason', async (_, file, why) => {
    const { code, message, details } = await failureOf(() => read(file));
    expect(code).toBe('bad-safetensors');
    expect(details?.name).toBe('x.safetensors');
    expect(message).toMatch(why);
  });

  test.each([[4], [40], [150]])('a file cut at %i bytes', async (length) => {
    const file = writeSafetensors([{ name: 'a', dtype: 'F32', shape: [32], data: new Uint8Array(128) }]);
    const { code, details } = await failureOf(() => read(file.slice(0, length)));
    expect(code).toBe('file-truncated');
    expect(details?.availableBytes).toBe(length);
  });
});
