import { describe, expect, test } from 'vitest';
import { writeGguf } from '../../testing/gguf';
import { seeded } from '../../testing/random';
import { randomBlocks } from '../../testing/randomWeights';
import { digestHex } from '../digest';
import { memoryCache } from '../stored/cache';
import { exportModel } from './exportModel';
import { importPack, openPack } from './importPack';
import { PACK_HEADER_BYTES } from './packHeader';
import { LAYOUT_VERSION } from '../stored/layoutVersion';
import { bytesSource, fileSource } from '../file/sources';
import { failureOf, importBytes, readImage } from '../testKit';
import type { ModelCache, ModelManifest, WeightProgress, WeightSource } from '../types';

const data = randomBlocks('Q8_0', (2000 * 512) / 32, 0.02, seeded(8));
const file = writeGguf({
  metadata: { 'general.name': 'Köln 9B / chat', 'tokenizer.ggml.tokens': ['你', '\u0000', '"'] },
  tensors: [{ name: 'w', type: 'Q8_0', shape: [2000, 512], data }],
});
const url = 'https://h/m.gguf';
const imported = importBytes(file, [{ name: 'w', kind: 'matrix', shape: [2000, 512] }], {
  ...{ id: 'packed', name: 'Köln 9B / chat', origin: url, source: { kind: 'url', url }, shardBytes: 1 << 16 },
});

async function exported(change: (manifest: ModelManifest) => Partial<ModelManifest> = () => ({})) {
  const { manifest, cache } = await imported;
  return exportModel(cache, { ...manifest, ...change(manifest) });
}

/** The exported file with another manifest, whose digest is right. */
async function forged(change: (manifest: ModelManifest) => object): Promise<WeightSource> {
  const { manifest } = await imported;
  const whole = new Uint8Array(await (await exported()).blob.arrayBuffer());
  const image = whole.subarray(whole.length - manifest.packedBytes);
  const json = new TextEncoder().encode(JSON.stringify({ ...manifest, ...change(manifest) }));
  const header = whole.slice(0, PACK_HEADER_BYTES);
  new DataView(header.buffer).setUint32(12, json.length, true);
  header.set(new TextEncoder().encode(await digestHex(json)), 16);
  return bytesSource(Buffer.concat([header, json, image]), 'm.glmpack');
}

async function open(source: WeightSource) {
  const pack = await openPack(source);
  if (!pack) throw new Error('not recognised');
  return pack;
}

const request = { origin: 'x.glmpack', source: null };

describe('an exported model', () => {
  test('imports unchanged on another device', async () => {
    const { manifest, image } = await imported;
    const { blob, fileName } = await exported();
    expect(fileName).toBe('Köln-9B-chat.glmpack');
    const cache = memoryCache();
    const progress: WeightProgress[] = [];
    const pack = await open(fileSource(new File([blob], fileName)));
    const back = await importPack({ ...request, pack, cache, onProgress: (report) => progress.push(report) });
    const { tensors, metadata, shardDigests, shardBytes, packedBytes, name } = manifest;
    expect(back).toMatchObject({ tensors, metadata, shardDigests, shardBytes, packedBytes, name });
    expect(Buffer.compare(await readImage(back, cache), image)).toBe(0);
    expect(progress.at(-1)).toEqual({ phase: 'import', doneBytes: image.length, totalBytes: image.length });
    // an id and an origin of its own: it never stands in for the model that was downloaded
    expect(back).toMatchObject({ origin: 'x.glmpack', source: null, fromPack: true });
    expect(back).not.toHaveProperty('recipe');
    expect(back.id).toMatch(/^pack-[\da-f]{32}$/);
    expect([await cache.idOfOrigin('x.glmpack'), await cache.idOfOrigin(url)]).toEqual([back.id, undefined]);
    expect(await cache.journals()).toEqual([]);
  });

  test('contains no key from a URL', async () => {
    const secret = 'https://h/m.gguf?key=s3cret';
    const { blob } = await exported(() => ({ origin: secret, source: { kind: 'url', url: secret } }));
    expect(await blob.slice(0, 4096).text()).not.toContain('s3cret');
    expect(await blob.slice(0, 4096).text()).toContain('"origin":"https://h/m.gguf"');
  });

  test('is distinguished from a GGUF and from a very short file', async () => {
    expect(await openPack(bytesSource(file))).toBeUndefined();
    expect(await openPack(bytesSource(new Uint8Array(3)))).toBeUndefined();
  });

  test('is rejected with a specific error if of another version, truncated or changed', async () => {
    const whole = new Uint8Array(await (await exported()).blob.arrayBuffer());
    const changed = (at: number, value: number): WeightSource => {
      const copy = whole.slice();
      copy[at] = value;
      return bytesSource(copy, 'm.glmpack');
    };
    const failure = (source: WeightSource) => failureOf(() => openPack(source));
    expect(await failure(changed(8, 9))).toMatchObject({
      code: 'pack-version',
      details: { name: 'm.glmpack', found: 9, supported: 1 },
    });
    expect(await failure(changed(PACK_HEADER_BYTES + 20, 0))).toMatchObject({
      code: 'pack-damaged',
      details: { name: 'm.glmpack', part: 0 },
    });
    const other = await exported(() => ({ layoutVersion: LAYOUT_VERSION + 1 }));
    expect(await failure(fileSource(other.blob))).toMatchObject({
      code: 'pack-version',
      details: { found: LAYOUT_VERSION + 1 },
    });
    for (const end of [200, whole.length - 1]) {
      expect(await failure(bytesSource(whole.slice(0, end)))).toMatchObject({
        code: 'file-truncated',
        details: { availableBytes: end },
      });
    }
  });

  test('keeps its id through another export, and has another one with other weights or metadata', async () => {
    const idOf = async (change: (manifest: ModelManifest) => object) =>
      (await open(await forged(change))).manifest.id;
    const id = await idOf(() => ({}));
    expect(await idOf(() => ({ id: 'x', name: 'Other', importedAt: 1, origin: 'y', source: null }))).toBe(id);
    const digests = (m: ModelManifest) => [...m.shardDigests.slice(1), 'a'.repeat(64)];
    expect(await idOf((m) => ({ shardDigests: digests(m) }))).not.toBe(id);
    expect(await idOf((m) => ({ metadata: { ...m.metadata, eos: 1 } }))).not.toBe(id);
  });

  const tensor = (change: object) => (m: ModelManifest) => ({ tensors: [{ ...m.tensors[0], ...change }] });
  test.each<[key: string, change: (m: ModelManifest) => object]>([
    ['shardBytes', () => ({ shardBytes: 0 })],
    ['shardBytes', () => ({ shardBytes: 2 ** 40 })],
    ['shardBytes', () => ({ shardBytes: 'x' })],
    ['packedBytes', () => ({ packedBytes: -1 })],
    ['packedBytes', (m) => ({ packedBytes: m.packedBytes - 256 })],
    ['shardDigests', (m) => ({ shardDigests: m.shardDigests.slice(1) })],
    ['shardDigests', () => ({ shardDigests: null })],
    ['shardDigests', (m) => ({ shardDigests: m.shardDigests.map(() => 'x') })],
    ['tensors', () => ({ tensors: [] })],
    ['tensor 0', () => ({ tensors: [null] })],
    ['w', tensor({ shape: [4e9, 512] })],
    ['w', tensor({ shape: [2000, 511] })],
    ['w', tensor({ shape: [2000] })],
    ['w', tensor({ kind: 'vector' })],
    ['w', tensor({ format: 'q3' })],
    ['w', tensor({ offset: 256 })],
    ['w', tensor({ byteLength: 1 })],
    ['w', (m) => ({ tensors: [m.tensors[0], m.tensors[0]] })],
    ['name', () => ({ name: 'x'.repeat(1000) })],
    ['metadata', () => ({ metadata: [] })],
    ['metadata k', () => ({ metadata: { k: { a: 1 } } })],
  ])('with an impossible %s is refused by that key', async (key, change) => {
    const source = await forged(change);
    expect(await failureOf(() => openPack(source))).toMatchObject({
      code: 'pack-invalid',
      details: { name: 'm.glmpack', key },
    });
  });

  test('with a flipped byte stops at its part, and an intact copy resumes there', async () => {
    const whole = new Uint8Array(await (await exported()).blob.arrayBuffer());
    const copy = whole.slice();
    const { manifest, image } = await imported;
    copy[whole.length - manifest.packedBytes + 3 * manifest.shardBytes] ^= 1; // in the fourth part
    const cache = memoryCache();
    const damaged = await open(bytesSource(copy, 'm.glmpack'));
    expect(await failureOf(() => importPack({ ...request, pack: damaged, cache }))).toMatchObject({
      code: 'pack-damaged',
      details: { name: 'm.glmpack', part: 4 },
    });
    const writes: number[] = [];
    const writeShard: ModelCache['writeShard'] = (id, index, shard) => {
      writes.push(index);
      return cache.writeShard(id, index, shard);
    };
    const pack = await open(bytesSource(whole));
    const back = await importPack({ ...request, pack, cache: { ...cache, writeShard } });
    expect(writes[0]).toBe(3);
    expect(Buffer.compare(await readImage(back, cache), image)).toBe(0);
  });
});
