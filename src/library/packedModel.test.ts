// Nothing that came from a file or an unproven address stands in for a model of the catalogue.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ModelSource } from '../protocol/models';
import { tinyModel } from '../testing/tinyModel';
import { memoryStaging } from '../weights/download';
import { exportModel } from '../weights/pack/exportModel';
import { memoryCache } from '../weights/stored/cache';
import { failureOf } from '../weights/testKit';
import type { ModelCache, ModelManifest } from '../weights/types';
import { ModelStore } from './modelStore';
import { progressMeter } from './progressMeter';

const model = tinyModel({ architecture: 'chatglm', type: 'Q8_0' });
const genuine = model.bytes as Uint8Array<ArrayBuffer>;
/** The same header and end, so the same GGUF id, with other weights between. */
const tampered = genuine.slice();
for (let at = genuine.length - 200_000; at < genuine.length - 100_000; at += 1000) tampered[at] ^= 1;

let served: Uint8Array = genuine;
const server = createServer((request, response) => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  const [from, to] = [Number(first), Math.min(Number(last), served.length - 1)];
  response.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/${served.length}` });
  response.end(served.subarray(from, to + 1));
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => void server.close());

let cache: ModelCache;
beforeEach(() => void ([cache, served] = [memoryCache(), genuine]));

const ORIGIN = 'catalogue:glm-4-9b-0414/q4_k_m';
function load(source: ModelSource): Promise<ModelManifest> {
  const store = new ModelStore({ cache, staging: memoryStaging() });
  return store.ensureCached(source, progressMeter(() => undefined), new AbortController().signal); // prettier-ignore
}
const fromFile = (bytes: Uint8Array<ArrayBuffer> | Blob, name: string) =>
  load({ kind: 'files', files: [new File([bytes], name)] });
function fromHub(): Promise<ModelManifest> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/m.gguf`;
  const sha256 = createHash('sha256').update(genuine).digest('hex');
  const files = [{ url, name: 'm.gguf', bytes: genuine.length, sha256 }];
  return load({ kind: 'remote', origin: ORIGIN, name: 'GLM-4-9B-0414', files });
}

test('a pack with other weights under the id and origin of a downloaded model is a model of its own', async () => {
  const official = await fromHub();
  const forged = await (async () => {
    const elsewhere = memoryCache();
    const store = new ModelStore({ cache: elsewhere, staging: memoryStaging() });
    const meter = progressMeter(() => undefined);
    const files = [new File([tampered], 'm.gguf')];
    const manifest = await store.ensureCached({ kind: 'files', files }, meter, new AbortController().signal);
    return exportModel(elsewhere, { ...manifest, id: official.id, origin: ORIGIN, name: official.name });
  })();
  await cache.deleteModel(official.id);
  const pack = await fromFile(forged.blob, 'glm.glmpack');
  expect(pack).toMatchObject({ origin: 'glm.glmpack', fromPack: true, source: null });
  expect(pack.id).not.toBe(official.id);
  expect(await cache.idOfOrigin(ORIGIN)).toBeUndefined();
  const again = await fromHub();
  expect(again.id).toBe(official.id);
  expect(again.shardDigests).not.toEqual(pack.shardDigests);
});

test('a local copy with the same header and end does not stand in for a file with a published digest', async () => {
  const local = await fromFile(tampered, 'm.gguf');
  const official = await fromHub();
  expect(official.id).toMatch(new RegExp(`^${local.id}-[\\da-f]{16}$`));
  expect(official.shardDigests).not.toEqual(local.shardDigests);
  expect(await cache.idOfOrigin(ORIGIN)).toBe(official.id);
  expect((await fromHub()).importedAt).toBe(official.importedAt); // found, not imported again
});

test('other bytes from a hub, or a pack in the place of a GGUF, are refused with both digests', async () => {
  served = tampered;
  const failure = await failureOf(fromHub);
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const details = { expected: digest(genuine), found: digest(tampered) };
  expect(failure).toMatchObject({ code: 'hash-mismatch', details });
  expect(await cache.list()).toEqual([]);
});

test('a pack whose tensors are not those of its metadata is refused before anything is stored', async () => {
  const manifest = await fromFile(genuine, 'm.gguf');
  const changed = async (change: Partial<ModelManifest>) => {
    const { blob } = await exportModel(cache, { ...manifest, ...change });
    return failureOf(() => fromFile(blob, 'm.glmpack'));
  };
  const metadata = { ...manifest.metadata, 'chatglm.block_count': 3 };
  expect(await changed({ metadata })).toMatchObject({ code: 'bad-metadata' });
  const renamed = manifest.tensors.map((one) =>
    one.name === 'output_norm.weight' ? { ...one, name: 'x' } : one,
  );
  expect(await changed({ tensors: renamed })).toMatchObject({ code: 'unknown-tensor' });
  const wide = { ...manifest.metadata, 'chatglm.feed_forward_length': 704 };
  expect(await changed({ metadata: wide })).toMatchObject({
    code: 'pack-invalid',
    details: { name: 'm.glmpack', key: 'blk.0.ffn_up.weight' },
  });
  expect(await cache.journals()).toEqual([]);
});
