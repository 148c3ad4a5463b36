// Rotary positions of cache slots: the table on the GPU follows the layout of a sequence, also through growth.
import { expect } from 'vitest';
import { ropeTable } from '../kernels/rope';
import { gpuTest } from '../testing/gpuTest';
import type { ModelConfig } from './boundModel';
import { DecodeState } from './decodeState';
import { RotaryLayout } from './rotaryLayout';

const config: ModelConfig = {
  architecture: 'glm4',
  name: 'positions',
  numLayers: 1,
  hiddenSize: 64,
  vocabSize: 128,
  numHeads: 1,
  numKvHeads: 1,
  ropePairing: 'interleaved' as const,
  headDim: 32,
  ropeDims: 16,
  ropeBase: 1e4,
  ropeSections: [2, 3, 3],
  trainedContextTokens: 512,
  warnings: [],
};
const options = { contextTokens: 40, kvFormat: 'f32' as const, numRealTokens: 128 };

gpuTest(
  'the table of angles follows images, text after them, growth, and text alone again',
  async ({ gpu }) => {
    const state = new DecodeState(gpu.gpu, config, options);
    const table = () => gpu.readF32(state.ropeTable);
    const expected = (capacity: number, layout: RotaryLayout) =>
      ropeTable({
        capacity,
        ropeDims: 16,
        base: 1e4,
        sections: [2, 3, 3],
        positionOf: (slot, axis) => layout.positionOf(slot, axis),
      });
    const plain = ropeTable({ capacity: 40, ropeDims: 16, base: 1e4 });
    expect(await table()).toEqual(plain);
    const one = new RotaryLayout([{ start: 5, rows: 3, columns: 4 }]);
    const two = new RotaryLayout([
      { start: 5, rows: 3, columns: 4 },
      { start: 20, rows: 2, columns: 2 },
    ]);
    for (const layout of [one, two, one, two]) {
      state.setLayout(layout);
      expect(await table()).toEqual(expected(40, layout));
    }
    state.adopt(await state.largerLayers(64, 1));
    expect(await table()).toEqual(expected(64, two));
    state.setLayout(new RotaryLayout());
    expect(await table()).toEqual(ropeTable({ capacity: 64, ropeDims: 16, base: 1e4 }));
    state.destroy();
  },
);

gpuTest('without sections images are positioned like text', async ({ gpu }) => {
  const state = new DecodeState(gpu.gpu, { ...config, ropeSections: undefined }, options);
  const before = await gpu.readF32(state.ropeTable);
  state.setLayout(new RotaryLayout([{ start: 5, rows: 3, columns: 4 }]));
  expect(await gpu.readF32(state.ropeTable)).toEqual(before);
  state.destroy();
});
