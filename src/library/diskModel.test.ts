// A model read from its own file: the same bytes as an imported copy, nothing stored, and no other file mistaken for it.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ModelSource } from '../protocol/models';
import { splitGguf } from '../testing/gguf';
import { tinyModel } from '../testing/tinyModel';
import { memoryCache } from '../weights/stored/cache';
import { failureOf, readImage } from '../weights/testKit';
import type { ModelCache } from '../weights/types';
import { shardCount } from '../weights/stored/verify';
import type { DiskModel } from './diskModel';
import { ModelStore } from './modelStore';
import { progressMeter } from './progressMeter';

// three shards, the last one short; the second is cut inside a tile
const shape = { architecture: 'glm4' as const, numLayers: 1, hiddenSize: 1024, ffnSize: 4800 };
const model = tinyModel({ ...shape, type: 'F16' });
const bytes = model.bytes as Uint8Array<ArrayBuffer>;
const MODIFIED = 1_700_000_000_000;

vi.setConfig({ testTimeout: 60_000 });

const fileOf = (content: Uint8Array<ArrayBuffer>, name = 'm.gguf', lastModified = MODIFIED): File =>
  new File([content], name, { lastModified });
const notAborted = new AbortController().signal;

let cache: ModelCache;
let store: ModelStore;
beforeEach(() => {
  cache = memoryCache();
  store = new ModelStore({ cache });
});

const open = async (files: File[], id?: string): Promise<DiskModel> =>
  (await store.ready(
    { kind: 'disk', files, id },
    progressMeter(() => undefined),
    notAborted,
  )) as DiskModel;
const imported = (source: ModelSource) =>
  store.ensureCached(
    source,
    progressMeter(() => undefined),
    notAborted,
  );

/** As a load does: every shard in order. */
async function readAll({ manifest, shards }: DiskModel): Promise<Uint8Array> {
  const image = new Uint8Array(manifest.packedBytes);
  for (let index = 0; index < shardCount(manifest); index++)
    image.set(await shards.read(index), index * manifest.shardBytes);
  return image;
}

/** expect's own comparison takes minutes and gigabytes for images of this size. */
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

/** The first load, kept. */
async function loadOnce(files = [fileOf(bytes)]): Promise<string> {
  const model = await open(files);
  await readAll(model);
  await model.keep();
  return model.manifest.id;
}

/** One byte of the tensors is another one, and neither size nor date tell. */
function tampered(at = bytes.length >> 1): Uint8Array<ArrayBuffer> {
  const other = bytes.slice();
  other[at] ^= 1;
  return other;
}

describe('a model read in place', () => {
  test('is byte for byte the imported copy, and nothing but a manifest is stored', async () => {
    const id = await loadOnce();
    expect(await cache.storedShards(id)).toEqual(new Set());
    const again = await open([fileOf(bytes)], id);
    const copy = await imported({ kind: 'files', files: [fileOf(bytes)] });
    expect(again.manifest.shardDigests).toEqual(copy.shardDigests);
    expect(sameBytes(await readAll(again), await readImage(copy, cache))).toBe(true);
    expect((await store.list()).map(({ disk }) => disk)).toEqual(
      expect.arrayContaining([undefined, [{ name: 'm.gguf', bytes: bytes.length }]]),
    );
  });

  test('may come in parts, given in any order', async () => {
    const parts = splitGguf(model.file, { prefix: 'm', parts: 2 }).map((part) =>
      fileOf(part.bytes as Uint8Array<ArrayBuffer>, part.name),
    );
    const id = await loadOnce([parts[1], parts[0]]);
    const again = await open(parts, id);
    const copy = await imported({ kind: 'files', files: parts });
    expect(sameBytes(await readAll(again), await readImage(copy, cache))).toBe(true);
  });

  test('may be an exported model, whose shards are taken as they are', async () => {
    const copy = await imported({ kind: 'files', files: [fileOf(bytes)] });
    const { blob } = await store.export(copy.id);
    const pack = fileOf(new Uint8Array(await blob.arrayBuffer()), 'm.glmpack');
    expect(
      sameBytes(await readAll(await open([pack], await loadOnce([pack]))), await readImage(copy, cache)),
    ).toBe(true);
  });

  test('is opened by its manifest: the second load reads no header', async () => {
    const id = await loadOnce();
    const file = fileOf(bytes);
    const slice = vi.spyOn(file, 'slice');
    await open([file], id);
    expect(slice).not.toHaveBeenCalled();
  });

  test('goes on when its file was only moved or touched', async () => {
    const id = await loadOnce();
    const moved = await open([fileOf(bytes, 'renamed.gguf', MODIFIED + 1000)], id);
    expect(moved.manifest.shardDigests).toHaveLength(3); // what it was is still compared
    await readAll(moved);
    await moved.keep();
    expect((await cache.manifest(id))?.disk).toEqual([
      { name: 'renamed.gguf', bytes: bytes.length, modified: MODIFIED + 1000 },
    ]);
  });

  test('is verified against the digests of its first load', async () => {
    const id = await loadOnce();
    const check = (file: File) => store.verify({ id, files: [file] }, () => undefined, notAborted);
    expect(await check(fileOf(bytes))).toEqual({ damagedShards: [], repairedShards: [] });
    expect(await check(fileOf(tampered()))).toEqual({
      damagedShards: [expect.any(Number)],
      repairedShards: [],
    });
    expect((await failureOf(() => store.verify({ id }, () => undefined, notAborted))).code).toBe(
      'file-permission',
    );
  });

  test('is forgotten without the file being touched, and an import beside it stays', async () => {
    const id = await loadOnce();
    const copy = await imported({ kind: 'files', files: [fileOf(bytes)] });
    await store.delete(id);
    expect((await store.list()).map((model) => model.id)).toEqual([copy.id]);
    expect((await cache.storedShards(copy.id)).size).toBe(3);
  });
});

describe('a file that is not what it was', () => {
  test('is noticed by its digests when size and date are the same; nothing is kept of it', async () => {
    const id = await loadOnce();
    const before = await cache.manifest(id);
    const changed = await open([fileOf(tampered())], id);
    const { code, details } = await failureOf(() => readAll(changed));
    expect([code, details]).toEqual(['file-changed', { name: 'm.gguf', id }]);
    expect(await cache.manifest(id)).toEqual(before);
  });

  test('is noticed at once when it is another model', async () => {
    const id = await loadOnce();
    const other = tinyModel({ ...shape, type: 'F16', seed: 2 }).bytes as Uint8Array<ArrayBuffer>;
    expect(await failureOf(() => open([fileOf(other, 'm.gguf', MODIFIED + 1)], id))).toMatchObject({
      code: 'file-changed',
      details: { id },
    });
    expect((await open([fileOf(other)])).manifest.id).not.toBe(id); // read anew, it is a model of its own
  });

  test('is noticed when it is no model any more', async () => {
    const id = await loadOnce();
    const text = new TextEncoder().encode('notes '.repeat(1000));
    expect((await failureOf(() => open([fileOf(text)], id))).code).toBe('file-changed');
    expect((await failureOf(() => open([fileOf(text)]))).code).toBe('not-gguf');
  });

  test('says so when it cannot be read: the drive was unplugged', async () => {
    const id = await loadOnce();
    const gone = fileOf(bytes);
    vi.spyOn(gone, 'slice').mockReturnValue({
      arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')),
    } as unknown as Blob);
    const unplugged = await open([gone], id);
    expect(await failureOf(() => readAll(unplugged))).toMatchObject({
      code: 'file-unreadable',
      details: { name: 'm.gguf' },
    });
    expect(await readAll(await open([fileOf(bytes)], id))).toHaveLength(unplugged.manifest.packedBytes);
  });
});
