import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../../shared/errors';
import type { Gpu } from '../../gpu/device';
import { tileBytes } from '../../shared/weightLayout';
import { tensorBytes, writeGguf, type GgmlType } from '../../testing/gguf';
import { seeded } from '../../testing/random';
import { randomBlocks } from '../../testing/randomWeights';
import { failureOf, importBytes } from '../testKit';
import type { ModelCache, TensorPlan, WeightProgress } from '../types';
import { uploadModel, type UploadRequest } from './uploader';

/** A fake GPU whose buffers are byte arrays. */
class FakeGpu {
  readonly live = new Map<GPUBuffer, Uint8Array>();
  fences = 0;
  memoryBytes = Infinity;
  readonly device = {
    queue: {
      writeBuffer: (buffer: GPUBuffer, at: number, data: Uint8Array, from: number, size: number) => {
        if (at % 4 || size % 4) throw new Error('writeBuffer wants multiples of 4');
        this.live.get(buffer)?.set(data.subarray(from, from + size), at);
      },
    },
  };
  createBuffer(label: string, size: number): GPUBuffer {
    const buffer = { label, size } as GPUBuffer;
    this.live.set(buffer, new Uint8Array(size));
    return buffer;
  }
  destroyBuffer(buffer: GPUBuffer): void {
    this.live.delete(buffer);
  }
  async idle(): Promise<void> {
    this.fences++;
  }
  async allocate<T>(what: string, neededBytes: number, make: () => T): Promise<T> {
    const made = make();
    if (neededBytes > this.memoryBytes) throw new AppError('out-of-gpu-memory', what, { neededBytes });
    return made;
  }
}

const random = seeded(21);
function tensor(
  name: string,
  type: GgmlType,
  shape: number[],
): { name: string; type: GgmlType; shape: number[]; data: Uint8Array } {
  const blocks =
    type === 'F32' ? shape.reduce((a, b) => a * b) : tensorBytes(type, shape) / tensorBytes(type, [32]);
  return { name, type, shape, data: randomBlocks(type, blocks, 0.02, random) };
}
// `wide` is 130 MiB packed: two chunks and nine shards. Its values count up, so that no two regions are equal.
const counting = new Uint32Array(4160 * 8192);
for (let i = 0; i < counting.length; i++) counting[i] = i;
const wide = new Uint8Array(counting.buffer);
const tensors = [
  { name: 'wide', type: 'F32' as const, shape: [4160, 8192], data: wide },
  tensor('n1', 'F32', [96]),
  tensor('mid', 'Q4_0', [130, 64]),
  tensor('n2', 'F32', [32]),
];
const plan: TensorPlan[] = [
  { name: 'n1', kind: 'vector', shape: [96] },
  { name: 'wide', kind: 'matrix', shape: [4160, 8192] },
  { name: 'n2', kind: 'vector', shape: [32] },
  { name: 'mid', kind: 'matrix', shape: [130, 64], interleaved: true },
];
const imported = importBytes(writeGguf({ metadata: {}, tensors }), plan);

async function upload(
  change: {
    gpu?: FakeGpu;
    cache?: Partial<ModelCache>;
    signal?: AbortSignal;
    onProgress?: (p: WeightProgress) => void;
    repair?: UploadRequest['repair'];
  } = {},
  load: 'first' | 'later' = 'first',
): Promise<Awaited<ReturnType<typeof uploadModel>>> {
  const { manifest, cache } = await imported;
  const gpu = (change.gpu ?? new FakeGpu()) as unknown as Gpu;
  const shardChecks = load === 'later' ? await quickChecks : undefined;
  return uploadModel({
    ...change,
    ...{ gpu, manifest: { ...manifest, shardChecks }, cache: { ...cache, ...change.cache } },
  });
}

/** The quick checks that the first load records. */
const quickChecks = (async () => {
  const { manifest, cache } = await imported;
  const noted: ModelCache['writeManifest'] = async ({ shardChecks }) => void (checks = shardChecks);
  let checks: string[] | undefined;
  const gpu = new FakeGpu() as unknown as Gpu;
  await uploadModel({ gpu, manifest, cache: { ...cache, writeManifest: noted } });
  return checks;
})();

describe('uploadModel', () => {
  test.each(['first', 'later'] as const)(
    'the %s load puts every byte where the forward pass reads it',
    async (load) => {
      const { manifest, image } = await imported;
      const gpu = new FakeGpu();
      const reports: WeightProgress[] = [];
      const weights = await upload({ gpu, onProgress: (report) => reports.push(report) }, load);

      const wide = weights.matrix('wide');
      expect(wide).toMatchObject({ rows: 4160, cols: 8192, format: 'f32', interleaved: false });
      expect(wide.chunks.map(({ firstTile, numTiles }) => [firstTile, numTiles])).toEqual([
        [0, 33],
        [33, 32],
      ]);
      const at = (name: string): number => manifest.tensors.find((packed) => packed.name === name)!.offset;
      for (const { firstTile, tensor } of wide.chunks) {
        const start = at('wide') + firstTile * tileBytes('f32', 8192);
        expect(tensor).toMatchObject({ dtype: 'u32', offset: 0, byteLength: tensor.shape[0] * 4 });
        expectSame(gpu.live.get(tensor.buffer)!, image.subarray(start, start + tensor.byteLength));
      }
      const [mid] = weights.matrix('mid').chunks;
      expect(mid).toMatchObject({ firstTile: 0, numTiles: 4 });
      expectSame(
        gpu.live.get(mid.tensor.buffer)!,
        image.subarray(at('mid'), at('mid') + mid.tensor.byteLength),
      );

      const [n1, n2] = [weights.vector('n1'), weights.vector('n2')];
      expect(n1.buffer).toBe(n2.buffer); // shared
      expect([n1.offset % 256, n2.offset % 256, n1.shape, n2.shape]).toEqual([0, 0, [96], [32]]);
      for (const vector of [n1, n2]) {
        const bytes = gpu.live.get(vector.buffer)!.subarray(vector.offset, vector.offset + vector.byteLength);
        expectSame(bytes, image.subarray(at(vector.label), at(vector.label) + vector.byteLength));
      }
      expect([weights.has('mid'), weights.has('n1'), weights.has('nope')]).toEqual([true, true, false]);
      expect((await failureOf(() => weights.matrix('n1'))).code).toBe('bug');
      expect(weights.gpuBytes).toBe([...gpu.live.keys()].reduce((sum, { size }) => sum + size, 0));
      expect(gpu.fences).toBe(5); // every 32 MiB of 130, and at the end
      expect(reports.at(-1)).toEqual({
        phase: 'upload',
        doneBytes: manifest.packedBytes,
        totalBytes: manifest.packedBytes,
      });
      weights.destroy();
      expect(gpu.live.size).toBe(0);
    },
  );

  const broken: [string, (shard: Blob) => Promise<Blob>][] = [
    ['shorter', async (shard) => shard.slice(4)],
    ['changed', async (shard) => new Blob([(await shard.arrayBuffer()).slice(4), 'oops'])],
    [
      'evicted',
      async (shard) =>
        withStream(shard, (controller) => controller.error(new DOMException('', 'NotReadableError'))),
    ],
    [
      'half-read',
      async (shard) =>
        withStream(shard, (controller) => {
          controller.close();
          controller.byobRequest?.respond(0);
        }),
    ],
    [
      'evicted (in a browser without byte streams)',
      async (shard) =>
        Object.assign(shard.slice(), {
          stream: () => new ReadableStream(),
          arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')),
        }),
    ],
    [
      'missing',
      async () => {
        throw new AppError('cache-damaged', 'gone', { id: 'test', shard: 2 });
      },
    ],
  ];
  const damages = broken.flatMap(([name, damage]) =>
    (['first', 'later'] as const).map((load) => ({ name, load, damage })),
  );
  test.each(damages)(
    '$name shard, $load load: cache-damaged, and the buffers are freed',
    async ({ load, damage }) => {
      const { cache } = await imported;
      const gpu = new FakeGpu();
      const readShard: ModelCache['readShard'] = async (id, index) => {
        const shard = await cache.readShard(id, index);
        return index === 2 ? damage(shard) : shard;
      };
      expect(await failureOf(() => upload({ gpu, cache: { readShard } }, load))).toMatchObject({
        code: 'cache-damaged',
        details: { id: 'test', shard: 2 },
      });
      expect(gpu.live.size).toBe(0);
    },
  );

  test('the first load compares SHA-256 and records quick checks; later loads compare those', async () => {
    const { manifest, cache } = await imported;
    expect(manifest.shardChecks).toBeUndefined();
    await upload();
    const noted = (await cache.manifest(manifest.id))!;
    expect(noted).toEqual({ ...manifest, shardChecks: noted.shardChecks });
    expect(noted.shardChecks).toHaveLength(manifest.shardDigests.length);
    const load = (shardChecks: string[], readShard = cache.readShard): Promise<unknown> =>
      uploadModel({
        gpu: new FakeGpu() as unknown as Gpu,
        cache: { ...cache, readShard },
        manifest: { ...noted, shardChecks, shardDigests: noted.shardDigests.map(() => 'not looked at') },
      });
    await load(noted.shardChecks!);
    const flipped: ModelCache['readShard'] = async (id, index) => {
      const bytes = new Uint8Array(await (await cache.readShard(id, index)).arrayBuffer());
      if (index === 4) bytes[12345] ^= 64;
      return new Blob([bytes]);
    };
    expect(await failureOf(() => load(noted.shardChecks!, flipped))).toMatchObject({
      code: 'cache-damaged',
      details: { id: 'test', shard: 4 },
    });
    // a wrong quick check does not condemn a shard
    const wrong = { ...noted, shardChecks: noted.shardChecks!.map(() => 'wrong') };
    await uploadModel({ gpu: new FakeGpu() as unknown as Gpu, cache, manifest: wrong });
  });

  test('a repaired shard overwrites its damaged bytes after streaming', async () => {
    const { manifest, cache, image } = await imported;
    const gpu = new FakeGpu();
    const [good, bad] = [await cache.readShard(manifest.id, 3), await cache.readShard(manifest.id, 4)];
    const asked: number[] = [];
    const weights = await upload(
      {
        gpu,
        // 3 is misread once, 4 has another shard's bytes
        cache: {
          readShard: (id, index) => {
            asked.push(index);
            if (index === 3 && asked.filter((shard) => shard === 3).length === 1) return Promise.resolve(bad);
            return index === 4 ? Promise.resolve(good) : cache.readShard(id, index);
          },
        },
        repair: async (index) => {
          expect(index).toBe(4);
          return new Uint8Array(await bad.arrayBuffer());
        },
      },
      'later',
    );
    const start = manifest.tensors.find(({ name }) => name === 'wide')!.offset;
    const [chunk] = weights.matrix('wide').chunks;
    const { buffer, byteLength } = chunk.tensor;
    expectSame(gpu.live.get(buffer)!, image.subarray(start, start + byteLength));
    expect(asked.slice(-2)).toEqual([3, 4]);
  });

  test('later loads hold 8 MiB of the model, and stay within two fences of the GPU', async () => {
    const { cache } = await imported;
    const gpu = new FakeGpu();
    let [reading, mostReading, largest, unpassed, mostUnpassed] = [0, 0, 0, 0, 0];
    const write = gpu.device.queue.writeBuffer;
    gpu.device.queue.writeBuffer = (buffer, at, data, from, size) => {
      write(buffer, at, data, from, size);
      largest = Math.max(largest, data.buffer.byteLength);
      mostUnpassed = Math.max(mostUnpassed, (unpassed += size));
    };
    gpu.idle = async () => {
      const covered = unpassed;
      await new Promise((resolve) => setTimeout(resolve, 5)); // a slow GPU
      unpassed -= covered;
    };
    const readShard: ModelCache['readShard'] = async (id, index) => {
      const shard = await cache.readShard(id, index);
      const stream = shard.stream.bind(shard);
      return Object.assign(shard.slice(), {
        stream: () => {
          mostReading = Math.max(mostReading, ++reading);
          const source = stream();
          const getReader = source.getReader.bind(source) as () => ReadableStreamBYOBReader;
          return Object.assign(source, {
            getReader: (...mode: []) => {
              const reader = getReader(...mode);
              const cancel = reader.cancel.bind(reader);
              return Object.assign(reader, { cancel: () => (reading--, cancel()) });
            },
          });
        },
      });
    };
    await upload({ gpu, cache: { readShard } }, 'later');
    expect([mostReading, reading]).toEqual([2, 0]);
    expect(largest).toBe(4 * 2 ** 20);
    expect(mostUnpassed).toBeLessThanOrEqual(64 * 2 ** 20);
  });

  test('nothing is written after a later load has failed, and its buffers are freed', async () => {
    const gpu = new FakeGpu();
    let fences = 0;
    gpu.idle = async () => {
      if (++fences === 2) throw new AppError('device-lost', 'gone', { reason: 'unknown' });
    };
    expect(await failureOf(() => upload({ gpu }, 'later'))).toMatchObject({ code: 'device-lost' });
    expect(gpu.live.size).toBe(0);
    const writeBuffer = vi.spyOn(gpu.device.queue, 'writeBuffer');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(writeBuffer).not.toHaveBeenCalled();
  });

  test('the first load reads three shards ahead and stays within two fences of the GPU', async () => {
    const { cache } = await imported;
    const gpu = new FakeGpu();
    let [reading, mostReading, written, passed, mostUnfenced] = [0, 0, 0, 0, 0];
    const write = gpu.device.queue.writeBuffer;
    gpu.device.queue.writeBuffer = (buffer, at, data, from, size) => {
      write(buffer, at, data, from, size);
      mostUnfenced = Math.max(mostUnfenced, (written += size) - passed);
    };
    gpu.idle = async () => {
      const covered = written;
      await new Promise((resolve) => setTimeout(resolve, 20)); // a slow GPU
      passed = covered;
    };
    const readShard: ModelCache['readShard'] = async (id, index) => {
      mostReading = Math.max(mostReading, ++reading);
      const shard = await cache.readShard(id, index);
      reading--;
      return shard;
    };
    await upload({ gpu, cache: { readShard } });
    expect(mostReading).toBe(3);
    expect(mostUnfenced).toBeLessThanOrEqual(64 * 2 ** 20);
  });

  test('too little GPU memory and an abort also free all buffers', async () => {
    const { manifest } = await imported;
    const gpu = new FakeGpu();
    gpu.memoryBytes = 1e6;
    expect(await failureOf(() => upload({ gpu }))).toMatchObject({
      code: 'out-of-gpu-memory',
      details: { neededBytes: manifest.packedBytes },
    });
    gpu.memoryBytes = Infinity;
    const controller = new AbortController();
    for (const load of ['first', 'later'] as const) {
      const failure = await failureOf(() =>
        upload({ gpu, signal: controller.signal, onProgress: () => controller.abort() }, load),
      );
      expect((failure as unknown as Error).name).toBe('AbortError');
      expect(gpu.live.size).toBe(0);
    }
  });
});

/** toEqual on 100 MB takes minutes. */
function withStream(shard: Blob, pull: (controller: ReadableByteStreamController) => void): Blob {
  return Object.assign(shard.slice(), { stream: () => new ReadableStream({ type: 'bytes', pull }) });
}

function expectSame(got: Uint8Array, want: Uint8Array): void {
  expect(Buffer.compare(got.subarray(0, want.length), want)).toBe(0);
}
