// A model used in place: the same bytes as an imported copy, nothing stored, and no confusion with another file.
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

// three shards, the last one partial; the second ends inside a tile
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

/** Reads every shard in order, as a load does. */
async function readAll({ manifest, shards }: DiskModel): Promise<Uint8Array> {
  const image = new Uint8Array(manifest.packedBytes);
  for (let index = 0; index < shardCount(manifest); index++)
    image.set(await shards.read(index), index * manifest.shardBytes);
  return image;
}

/** expect's own comparison takes minutes and gigabytes for images of this size. */
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

/** The first load, with its manifest kept. */
async function loadOnce(files = [fileOf(bytes)]): Promise<string> {
  const model = await open(files);
  await readAll(model);
  await model.keep();
  return model.manifest.id;
}

/** Changes one tensor byte without changing size or date. */
function tampered(at = bytes.length >> 1): Uint8Array<ArrayBuffer> {
  const other = bytes.slice();
  other[at] ^= 1;
  return other;
}

describe('a model read in place', () => {
  test('equals the imported copy byte for byte and stores only a manifest', async () => {
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

  test('may come in parts, in any order', async () => {
    const parts = splitGguf(model.file, { prefix: 'm', parts: 2 }).map((part) =>
      fileOf(part.bytes as Uint8Array<ArrayBuffer>, part.name),
    );
    const id = await loadOnce([parts[1], parts[0]]);
    const again = await open(parts, id);
    const copy = await imported({ kind: 'files', files: parts });
    expect(sameBytes(await readAll(again), await readImage(copy, cache))).toBe(true);
  });

  test('may be an exported model, whose shards are used unchanged', async () => {
    const copy = await imported({ kind: 'files', files: [fileOf(bytes)] });
    const { blob } = await store.export(copy.id);
    const pack = fileOf(new Uint8Array(await blob.arrayBuffer()), 'm.glmpack');
    expect(
      sameBytes(await readAll(await open([pack], await loadOnce([pack]))), await readImage(copy, cache)),
    ).toBe(true);
  });

  test('opens by its manifest: the second load reads no header', async () => {
    const id = await loadOnce();
    const file = fileOf(bytes);
    const slice = vi.spyOn(file, 'slice');
    await open([file], id);
    expect(slice).not.toHaveBeenCalled();
  });

  test('continues after its file was only moved or touched', async () => {
    const id = await loadOnce();
    const moved = await open([fileOf(bytes, 'renamed.gguf', MODIFIED + 1000)], id);
    expect(moved.manifest.shardDigests).toHaveLength(3); // the digests of the first load still apply
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

  test('is forgotten without touching the file, and an import of the same file stays', async () => {
    const id = await loadOnce();
    const copy = await imported({ kind: 'files', files: [fileOf(bytes)] });
    await store.delete(id);
    expect((await store.list()).map((model) => model.id)).toEqual([copy.id]);
    expect((await cache.storedShards(copy.id)).size).toBe(3);
  });
});

describe('a changed file', () => {
  test('is detected by its digests when size and date are unchanged; nothing of it is kept', async () => {
    const id = await loadOnce();
    const before = await cache.manifest(id);
    const changed = await open([fileOf(tampered())], id);
    const { code, details } = await failureOf(() => readAll(changed));
    expect([code, details]).toEqual(['file-changed', { name: 'm.gguf', id }]);
    expect(await cache.manifest(id)).toEqual(before);
  });

  test('is detected at once when it is another model', async () => {
    const id = await loadOnce();
    const other = tinyModel({ ...shape, type: 'F16', seed: 2 }).bytes as Uint8Array<ArrayBuffer>;
    expect(await failureOf(() => open([fileOf(other, 'm.gguf', MODIFIED + 1)], id))).toMatchObject({
      code: 'file-changed',
      details: { id },
    });
    expect((await open([fileOf(other)])).manifest.id).not.toBe(id); // opened as new, it is a separate model
  });

  test('is detected when it is no longer a model', async () => {
    const id = await loadOnce();
    const text = new TextEncoder().encode('notes '.repeat(1000));
    expect((await failureOf(() => open([fileOf(text)], id))).code).toBe('file-changed');
    expect((await failureOf(() => open([fileOf(text)]))).code).toBe('not-gguf');
  });

  test('is reported when it cannot be read: the drive was unplugged', async () => {
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
