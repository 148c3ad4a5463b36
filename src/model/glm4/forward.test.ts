import { describe, expect, test } from 'vitest';
import type { Gpu } from '../../gpu/device';
import { Program } from '../../gpu/program';
import type { Tensor, WeightMatrix } from '../../gpu/tensor';
import { kvTensorShape } from '../../kernels/kv';
import { HARDWARE_TUNING, setTuning } from '../../kernels/tuning';
import type { WeightFormat } from '../../shared/weightLayout';
import { numTiles } from '../../shared/weightLayout';
import type { GlmConfig } from './config';
import { createActivations, recordForward } from './forward';
import type { GlmLayer } from './tensors';
import { STATE_WORDS } from '../../kernels/state';

/** Recording looks at shapes only. */
function tensor(shape: number[], dtype: 'f32' | 'u32' = 'f32'): Tensor {
  return { label: 't', buffer: {} as GPUBuffer, offset: 0, byteLength: 4, dtype, shape };
}

const gpu = {
  createTensor: (_: string, shape: number[], dtype?: 'f32' | 'u32') => tensor(shape, dtype),
  bindGroupLayout: () => ({}),
} as unknown as Gpu;

function matrix(rows: number, cols: number, format: WeightFormat, interleaved = false): WeightMatrix {
  const chunk = { firstTile: 0, numTiles: numTiles(rows, interleaved), tensor: tensor([1], 'u32') };
  return { label: 'w', rows, cols, format, interleaved, chunks: [chunk] };
}

/** Dispatches of a layer in a pass of that many tokens. */
function dispatchesPerLayer(
  numTokens: number,
  format: WeightFormat,
  options: Partial<GlmConfig> = {},
): number {
  const [D, F, V, capacity] = [4096, 13696, 1024, 512];
  const config: GlmConfig = {
    architecture: 'chatglm', name: 'shape', numLayers: 0, hiddenSize: D, ffnSize: F, vocabSize: V, numHeads: 32,
    numKvHeads: 2, headDim: 128, normEps: 1e-5, ropeDims: 64, ropeBase: 1e4, ropePairing: 'interleaved',
    trainedContextTokens: capacity, postNorms: false, qkvBias: true, tiedHead: false, warnings: [], ...options,
  }; // prettier-ignore
  const post = config.postNorms ? tensor([D]) : undefined;
  const layer: GlmLayer = {
    attnNorm: tensor([D]),
    qkv: matrix(4608, D, format),
    qkvBias: tensor([4608]),
    attnOutput: matrix(D, D, format),
    postAttnNorm: post,
    ffnNorm: tensor([D]),
    gateUp: matrix(2 * F, D, format, true),
    ffnDown: matrix(D, F, format),
    postFfnNorm: post,
  };
  const kvShape = { format: 'f16' as const, capacity, numKvHeads: 2, headDim: 128 };
  const { shape, dtype } = kvTensorShape(kvShape);
  const kv = { ...kvShape, k: tensor(shape, dtype), v: tensor(shape, dtype) };
  const activations = createActivations(gpu, config, { maxTokens: 16, maxLength: capacity });
  const length = (layers: number) =>
    Program.record(gpu, 'shape', (pass) =>
      recordForward(
        pass,
        {
          config,
          weights: {
            embedding: matrix(V, D, format),
            layers: [layer],
            outputNorm: tensor([D]),
            head: matrix(V, D, format),
          },
        },
        {
          activations,
          kv: [kv],
          ropeTable: tensor([capacity, 64]),
          state: tensor([STATE_WORDS], 'u32'),
          numTokens,
          maxLength: capacity,
          logitRows: 1,
          layers: Array<number>(layers).fill(0),
        },
      ),
    ).length;
  return length(3) - length(2);
}

describe('a decode step takes at most 8 dispatches a layer', () => {
  const cases = (['f32', 'dot4'] as const).flatMap((nibbles) =>
    [false, true].map((postNorms) => ({ nibbles, postNorms })),
  );
  test.for(cases)('$nibbles activations, post norms: $postNorms', ({ nibbles, postNorms }) => {
    setTuning({ ...HARDWARE_TUNING, nibbles });
    expect(dispatchesPerLayer(1, 'q4', { postNorms })).toBe(8);
  });

  test('pairs that are half a rotation apart, as in GLM-Edge', () => {
    setTuning(HARDWARE_TUNING);
    expect(dispatchesPerLayer(1, 'q4', { ropePairing: 'half' })).toBe(8);
  });
});
