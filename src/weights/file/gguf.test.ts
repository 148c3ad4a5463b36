import { expect, test } from 'vitest';
import { splitGguf, writeGguf } from '../../testing/gguf';
import { modelId, openGguf, splitUrls } from './gguf';
import { bytesSource } from './sources';
import { failureOf, openBytes } from '../testKit';

const tensors = ['a', 'b', 'c', 'd'].map((name, i) => ({
  ...{ name, type: 'F32' as const, shape: [8], data: new Uint8Array(32).fill(i) },
}));
const model = { metadata: { 'general.name': 'Tiny' }, tensors };
const parts = splitGguf(model, { prefix: 'tiny', parts: 3 }).map(({ name, bytes }) =>
  bytesSource(bytes, name),
);

test('a split set reads like one file, with parts in any order', async () => {
  const set = await openGguf([parts[2], parts[0], parts[1]]);
  expect(set.metadata['general.name']).toBe('Tiny');
  expect([...set.tensors.keys()]).toEqual(['a', 'b', 'c', 'd']);
  for (const [i, { name }] of tensors.entries()) {
    const tensor = set.tensors.get(name)!;
    expect(await tensor.source.read(tensor.offset, 1)).toEqual(new Uint8Array([i]));
  }
  const sizes = await Promise.all(parts.map((part) => part.byteLength()));
  expect(set.totalBytes).toBe(sizes.reduce((a, b) => a + b));
});

test('missing parts are listed by number', async () => {
  expect(await failureOf(() => openGguf([parts[1]]))).toMatchObject({
    code: 'split-incomplete',
    details: { missing: '1, 3', count: 3 },
  });
});

test('rejects a duplicate part and a part of another model', async () => {
  expect((await failureOf(() => openGguf([parts[0], parts[0], parts[1]]))).code).toBe('bad-metadata');
  const single = bytesSource(writeGguf(model));
  expect((await failureOf(() => openGguf([parts[0], parts[1], single]))).code).toBe('bad-metadata');
  expect((await failureOf(() => openGguf([single, single]))).code).toBe('bad-metadata');
  expect((await failureOf(() => openGguf([]))).code).toBe('bad-request');
});

test('derives the URLs of all parts', () => {
  expect(splitUrls('https://h/m-00001-of-00003.gguf?download=true')).toEqual([
    'https://h/m-00001-of-00003.gguf?download=true',
    'https://h/m-00002-of-00003.gguf?download=true',
    'https://h/m-00003-of-00003.gguf?download=true',
  ]);
  expect(splitUrls('https://h/m.gguf')).toEqual(['https://h/m.gguf']);
});

test('the model id depends on header, size and tail, not on the file’s location', async () => {
  const id = await modelId(await openBytes(writeGguf(model)));
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(await modelId(await openGguf([bytesSource(writeGguf(model), 'elsewhere')]))).toBe(id);
  const renamed = writeGguf({ ...model, metadata: { 'general.name': 'Tony' } });
  expect(await modelId(await openBytes(renamed))).not.toBe(id);
  const tuned = writeGguf(model);
  tuned[tuned.length - 1] ^= 1;
  expect(await modelId(await openBytes(tuned))).not.toBe(id);
  const longer = new Uint8Array([...writeGguf(model), 0]);
  expect(await modelId(await openBytes(longer))).not.toBe(id);
});
