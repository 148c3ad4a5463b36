// Damage in the cache is detected and repaired by fetching only the required bytes.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tensorBytes, writeGguf, type GgmlType } from '../../testing/gguf';
import { seeded } from '../../testing/random';
import { randomBlocks } from '../../testing/randomWeights';
import { memoryCache } from './cache';
import { openGguf } from '../file/gguf';
import { importModel } from '../pack/importer';
import { repairShard, shardPacker, tensorsOf } from './repair';
import { httpSource } from '../file/sources';
import { failureOf, readImage } from '../testKit';
import type { ByteRange, ModelCache, ModelManifest, TensorPlan } from '../types';
import { findDamage, shardCount } from './verify';

const SHARD = 1 << 16;
const random = seeded(9);

function tensor(name: string, type: GgmlType, shape: number[]) {
  const count = tensorBytes(type, shape) / tensorBytes(type, [32]);
  return {
    name,
    type,
    shape,
    data: randomBlocks(type, type.startsWith('F') ? count * 32 : count, 0.02, random),
  };
}

const file = writeGguf({
  metadata: {},
  tensors: [
    tensor('norm', 'F32', [96]),
    tensor('q', 'Q4_0', [1000, 512]),
    tensor('k', 'Q8_0', [200, 512]),
    tensor('up', 'Q4_0', [1000, 512]),
  ],
});
const plan: TensorPlan[] = [
  { name: 'qk', kind: 'matrix', shape: [1200, 512], parts: ['q', 'k'] },
  { name: 'up', kind: 'matrix', shape: [1000, 512], interleaved: true },
  { name: 'norm', kind: 'vector', shape: [96] },
];

let served = file;
let requests: ByteRange[] = [];
const server = createServer((request, response) => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  const [from, to] = [Number(first), Math.min(Number(last), served.length - 1)];
  requests.push({ offset: from, length: to - from + 1 });
  response.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/${served.length}` });
  response.end(served.subarray(from, to + 1));
});
server.keepAliveTimeout = 0; // a connection closed at the moment of its reuse would fail a test
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/m.gguf`;
});
afterAll(() => void server.close());

let cache: ModelCache;
let manifest: ModelManifest;
let image: Uint8Array;
beforeEach(async () => {
  served = file;
  cache = memoryCache();
  const source = httpSource(url);
  const gguf = await openGguf([source]);
  manifest = await importModel({
    ...{ id: 'm', name: 'M', origin: url, gguf, plan, cache, shardBytes: SHARD },
    ...{ source: { kind: 'url', url }, sources: [source] },
  });
  image = await readImage(manifest, cache);
  requests = [];
});

function packer() {
  // a manifest as read from IndexedDB
  const stored = structuredClone(manifest);
  const make = shardPacker(stored, tensorsOf(stored.recipe!, [httpSource(url)]));
  if (!make) throw new Error('no recipe');
  return make;
}

async function flip(index: number): Promise<void> {
  const bytes = new Uint8Array(await (await cache.readShard('m', index)).arrayBuffer());
  bytes[1234] ^= 1;
  await cache.writeShard('m', index, new Blob([bytes]));
}

describe('a damaged shard', () => {
  test('is found among the others, whether changed, truncated or missing', async () => {
    expect(await findDamage(cache, manifest)).toEqual([]);
    await flip(2);
    await cache.writeShard('m', 5, new Blob(['short']));
    const gone: ModelCache = {
      ...cache,
      readShard: (id, index) =>
        index === 7 ? memoryCache().readShard(id, index) : cache.readShard(id, index),
    };
    const done: number[] = [];
    expect(await findDamage(gone, manifest, { onProgress: (bytes) => done.push(bytes) })).toEqual([2, 5, 7]);
    expect(done).toHaveLength(shardCount(manifest));
    expect(done.at(-1)).toBe(manifest.packedBytes);
  });

  test('is packed again from its rows, at any position, with no other request', async () => {
    const headerBytes = Math.min(...manifest.recipe!.tensors.map(({ offset }) => offset));
    for (let index = 0; index < shardCount(manifest); index++) {
      await flip(index);
      requests = [];
      await repairShard(cache, manifest, index, packer());
      const bytes = requests.reduce((sum, { length }) => sum + length, 0);
      // rows of whole tiles, at most two tensors per shard: never more than the shard and a tile at each end
      expect(bytes).toBeLessThan(SHARD + 4 * 64 * 544 + 400);
      expect(bytes).toBeGreaterThan(0);
      for (const { offset } of requests.filter(({ length }) => length > 1))
        expect(offset).toBeGreaterThanOrEqual(headerBytes);
    }
    expect(await findDamage(cache, manifest)).toEqual([]);
    expect(Buffer.compare(await readImage(manifest, cache), image)).toBe(0);
  });

  test('of a file that was replaced is source-changed, and stays damaged', async () => {
    await flip(1);
    served = file.slice();
    served.fill(0, 1000);
    expect(await failureOf(() => repairShard(cache, manifest, 1, packer()))).toMatchObject({
      code: 'source-changed',
      details: { url, shard: 1 },
    });
    expect(await findDamage(cache, manifest)).toEqual([1]);
  });

  test('is not stored again for a model that was deleted meanwhile', async () => {
    await flip(1);
    const make = packer();
    await repairShard(cache, manifest, 1, async (index) => {
      await cache.deleteModel('m');
      return make(index);
    });
    expect((await cache.storedShards('m')).size).toBe(0);
  });

  test('cannot be repaired by a version with another tensor layout', async () => {
    const other = structuredClone(manifest);
    other.tensors[1].offset += 256;
    expect(shardPacker(other, tensorsOf(other.recipe!, [httpSource(url)]))).toBeUndefined();
    expect(shardPacker({ ...manifest, recipe: undefined }, new Map())).toBeUndefined();
  });
});
