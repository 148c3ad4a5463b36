// Test helpers for weights/: pack a GGUF file into an image in memory, and read it back as numbers.
import { assertSupported } from './file/ggmlTypes';
import { memoryCache } from './stored/cache';
import { dequantize } from './file/dequantize';
import { openGguf, type GgufFile } from './file/gguf';
import { importModel, type ImportRequest } from './pack/importer';
import { bytesSource } from './file/sources';
import { unpackMatrix } from './pack/tileReader';
import type { ModelCache, ModelManifest, TensorPlan } from './types';

export function openBytes(file: Uint8Array): Promise<GgufFile> {
  return openGguf([bytesSource(file)]);
}

export async function importBytes(
  file: Uint8Array,
  plan: TensorPlan[],
  extra: Partial<ImportRequest> = {},
): Promise<{ manifest: ModelManifest; image: Uint8Array; cache: ModelCache }> {
  const cache = extra.cache ?? memoryCache();
  const gguf = await openBytes(file);
  const manifest = await importModel({
    id: 'test',
    name: 'Test',
    origin: 'test.gguf',
    gguf,
    plan,
    cache,
    ...extra,
  });
  return { manifest, image: await readImage(manifest, cache), cache };
}

/** The packed image: all shards concatenated. */
export async function readImage(
  { id, shardDigests, packedBytes }: ModelManifest,
  cache: ModelCache,
): Promise<Uint8Array> {
  const image = new Uint8Array(packedBytes);
  let end = 0;
  for (const index of shardDigests.keys()) {
    const shard = new Uint8Array(await (await cache.readShard(id, index)).arrayBuffer());
    image.set(shard, end);
    end += shard.length;
  }
  if (end !== packedBytes) throw new Error(`shards hold ${end} bytes, the manifest says ${packedBytes}`);
  return image;
}

/** Values of one packed tensor, read by the independent tile reader. */
export function unpack({ tensors }: ModelManifest, image: Uint8Array, name: string): Float32Array {
  const packed = tensors.find((tensor) => tensor.name === name);
  if (!packed) throw new Error(`no packed tensor ${name}`);
  const bytes = image.slice(packed.offset, packed.offset + packed.byteLength);
  return packed.kind === 'vector' ? new Float32Array(bytes.buffer) : unpackMatrix(packed, bytes);
}

/** Reference values of one GGUF tensor's bytes. */
export function reference(type: string, data: Uint8Array, count: number): Float32Array {
  return dequantize(assertSupported(type, 'test'), data, 0, count);
}

/** Code and details of the error that `run` throws. */
export async function failureOf(
  run: () => unknown,
): Promise<{ code?: string; details?: Record<string, string | number>; message: string }> {
  try {
    await run();
  } catch (error) {
    return error as { code?: string; details?: Record<string, string | number>; message: string };
  }
  throw new Error('expected a failure, got none');
}

/** A subset of Web Locks, enough for these tests: exclusive, granted in request order. */
export function fakeLocks(): LockManager {
  const queues = new Map<string, Promise<unknown>>();
  const request = async (
    name: string,
    options: { signal?: AbortSignal; ifAvailable?: boolean },
    run: (lock: object | null) => unknown,
  ): Promise<unknown> => {
    if (options.ifAvailable && queues.has(name)) return run(null);
    options.signal?.throwIfAborted();
    const before = queues.get(name) ?? Promise.resolve();
    let release = (): void => undefined;
    const mine = before.then(() => new Promise<void>((resolve) => (release = resolve)));
    queues.set(name, mine);
    const aborted = new Promise<never>((_, reject) => {
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error));
    });
    aborted.catch(() => undefined);
    try {
      await Promise.race([before, aborted]);
      return await run({});
    } finally {
      void before.then(() => release());
      if (queues.get(name) === mine) queues.delete(name);
    }
  };
  return { request, query: () => Promise.resolve({}) } as unknown as LockManager;
}
