// End to end in a real browser: GGUF → import → IndexedDB → GPU → readback.
import { expect } from 'vitest';
import { expectClose } from '../../testing/expectClose';
import { writeGguf } from '../../testing/gguf';
import { gpuTest } from '../../testing/gpuTest';
import { seeded } from '../../testing/random';
import { randomBlocks } from '../../testing/randomWeights';
import { openCache } from '../stored/cache';
import { importBytes, reference } from '../testKit';
import { unpackMatrix } from '../pack/tileReader';
import { uploadModel } from './uploader';

gpuTest('a model imported into IndexedDB has the same bytes on the GPU', async ({ gpu: { gpu } }) => {
  const random = seeded(31);
  const [rows, cols] = [16_400, 1024]; // 18 MiB as q8m: two shards
  const data = randomBlocks('Q5_1', (rows * cols) / 32, 0.02, random);
  const norm = random.normal(96);
  const tensors = [
    { name: 'norm', type: 'F32' as const, shape: [96], data: new Uint8Array(norm.buffer) },
    { name: 'w', type: 'Q5_1' as const, shape: [rows, cols], data },
  ];
  const cache = await openCache();
  const { manifest } = await importBytes(
    writeGguf({ metadata: {}, tensors }),
    [
      { name: 'w', kind: 'matrix', shape: [rows, cols], interleaved: true },
      { name: 'norm', kind: 'vector', shape: [96] },
    ],
    { id: 'loading-test', cache },
  );
  expect(manifest.shardDigests.length).toBe(2);
  const before = gpu.allocatedBytes;
  const weights = await uploadModel({ gpu, manifest, cache: await openCache() });
  expect(gpu.allocatedBytes - before).toBe(weights.gpuBytes);
  expect(new Float32Array(await gpu.read(weights.vector('norm')))).toEqual(norm);
  const [chunk] = weights.matrix('w').chunks;
  const image = new Uint8Array(await gpu.read(chunk.tensor));
  const packed = manifest.tensors.find(({ name }) => name === 'w')!;
  expectClose(unpackMatrix(packed, image), reference('Q5_1', data, rows * cols));
  weights.destroy();
  expect(gpu.allocatedBytes).toBe(before);
  await cache.deleteModel('loading-test');
});
