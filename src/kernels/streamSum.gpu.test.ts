import { expect } from 'vitest';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { streamSumReference } from './streamSum.reference';
import { STREAM_SUMS, streamSum } from './streamSum';

// one block; fewer blocks than lanes; an uneven number of blocks per lane
gpuTest.for([1, 1000, STREAM_SUMS + 77])(
  'stream_sum reads each of %i blocks once',
  async (blocks, { gpu }) => {
    const words = new Uint32Array(
      seeded(blocks)
        .bytes(blocks * 16)
        .slice().buffer,
    );
    const sums = gpu.gpu.createTensor('sums', [STREAM_SUMS], 'u32');
    await gpu.run((pass) => streamSum(pass, gpu.tensor(words, [words.length]), sums));
    expect(streamSumReference(await gpu.readU32(sums))).toBe(streamSumReference(words));
    gpu.gpu.destroyBuffer(sums.buffer);
  },
);
