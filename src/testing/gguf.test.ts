import { expect, test } from 'vitest';
import { f32, ggufHeader, splitGguf, tensorBytes, writeGguf, type GgufTensorData } from './gguf';

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const tensors: GgufTensorData[] = [
  { name: 'a', shape: [2, 3], type: 'F32', data: new Uint8Array(24).fill(1) },
  { name: 'b', shape: [32], type: 'Q8_0', data: new Uint8Array(34).fill(2) },
  { name: 'c', shape: [5], type: 'F16', data: new Uint8Array(10).fill(3) },
];

test('writes a file byte for byte', () => {
  const bytes = writeGguf({ metadata: { k: 7 }, tensors: tensors.slice(0, 1) });
  const view = new DataView(bytes.buffer);
  expect(text(bytes.subarray(0, 4))).toBe('GGUF');
  expect([4, 8, 16].map((at) => view.getUint32(at, true))).toEqual([3, 1, 1]); // version, tensors, keys
  expect([24, 33, 37].map((at) => view.getUint32(at, true))).toEqual([1, 4, 7]); // key length, u32, 7
  expect([41, 50, 54, 62, 70, 74].map((at) => view.getUint32(at, true))).toEqual([1, 2, 3, 2, 0, 0]); // dims reversed
  expect(bytes.length).toBe(96 + 32);
  expect([...bytes.subarray(96, 121)]).toEqual([...tensors[0].data, 0]);
});

test('infers value types and takes explicit ones', () => {
  const typeOf = (value: Parameters<typeof ggufHeader>[0][string]): number[] => {
    const view = new DataView(ggufHeader({ k: value }, []).bytes.buffer);
    const type = view.getUint32(33, true);
    return type === 9 ? [9, view.getUint32(37, true)] : [type];
  };
  expect([1, -1, 0.5, true, 'x'].map((value) => typeOf(value)[0])).toEqual([4, 5, 6, 7, 8]);
  expect(typeOf(f32(1))).toEqual([6]);
  expect(typeOf({ type: 'u64', value: 1 })).toEqual([10]);
  expect(typeOf([1, -2])).toEqual([9, 5]);
  expect(typeOf(['x'])).toEqual([9, 8]);
  expect(typeOf({ type: 'string', value: [] })).toEqual([9, 8]);
});

test.for([32, 8, 256])('tensors start at multiples of %i', (alignment) => {
  const { bytes, placements, totalBytes } = ggufHeader({ k: 'x'.repeat(70_000) }, tensors, alignment);
  expect(bytes.length % alignment).toBe(0);
  expect(placements[0].offset).toBe(bytes.length);
  for (const { offset } of placements) expect(offset % alignment).toBe(0);
  const file = writeGguf({ metadata: { k: 'x'.repeat(70_000) }, tensors, alignment });
  expect(file.length).toBe(totalBytes);
  placements.forEach(({ offset, byteLength }, i) => {
    expect([...file.subarray(offset, offset + byteLength)]).toEqual([...tensors[i].data]);
  });
});

test('a split set has every tensor once and the metadata in its first part', () => {
  const parts = splitGguf(
    { metadata: { 'general.architecture': 'glm4' }, tensors },
    { prefix: 'm', parts: 2 },
  );
  expect(parts.map(({ name }) => name)).toEqual(['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf']);
  expect(parts.map(({ bytes }) => new DataView(bytes.buffer).getUint32(8, true))).toEqual([1, 2]);
  expect(parts.map(({ bytes }) => text(bytes).includes('general.architecture'))).toEqual([true, false]);
  expect(parts.every(({ bytes }) => text(bytes).includes('split.tensors.count'))).toBe(true);
});

test('rejects data of the wrong size and rows that are not whole blocks', () => {
  const wrong = [{ ...tensors[0], data: new Uint8Array(23) }];
  expect(() => writeGguf({ metadata: {}, tensors: wrong })).toThrow('a: got 23 bytes, want 24');
  expect(() => tensorBytes('Q4_K', [2, 96])).toThrow('not a multiple of 256');
});
