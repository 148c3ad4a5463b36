import { describe, expect, test } from 'vitest';
import { NINE_B } from '../../catalogue/variants';
import { Program } from '../../gpu/program';
import type { Gpu } from '../../gpu/device';
import { HARDWARE_TUNING, type KernelTuning } from '../../gpu/tuning';
import { kvTensorShape } from '../../kernels/kv';
import { STATE_WORDS } from '../../kernels/state';
import { shapesOnly } from '../../kernels/variants';
import { bindShapes } from '../kernelVariants';
import { glm4 } from './architecture';
import { configOf, type GlmConfig } from './config';

/** Recording asks a GPU for nothing but layouts. */
const gpu = { bindGroupLayout: () => ({}) } as unknown as Gpu;

/** Labels of a decode step's dispatches through two layers of GLM-4-9B's sizes. */
function labelsOf(tuning: Partial<KernelTuning>, options: Partial<GlmConfig> = {}, logitRows = 1): string[] {
  const config = { ...configOf({ ...NINE_B, numLayers: 2 }), ...options };
  const model = bindShapes(glm4, config, () => 'q4');
  const cache = { format: 'f16' as const, capacity: 512, numKvHeads: 2, headDim: 128 };
  const { shape, dtype } = kvTensorShape(cache);
  const half = shapesOnly.createTensor('kv', shape, dtype);
  const layer = { ...cache, k: half, v: half };
  const args = {
    activations: model.createActivations(shapesOnly, { maxTokens: 16, maxLength: 512 }),
    kv: [layer, layer],
    ropeTable: shapesOnly.createTensor('ropeTable', [512, config.ropeDims]),
    state: shapesOnly.createTensor('state', [STATE_WORDS], 'u32'),
    numTokens: 1,
    maxLength: 512,
    logitRows,
  };
  const record = Program.record(gpu, 'step', (pass) => model.record(pass, args), {
    ...HARDWARE_TUNING,
    ...tuning,
  });
  return record.labels;
}

const LAYER = [
  'attn.qkv',
  'attn.heads',
  'attn.heads.combine',
  'attn.out',
  'ffn.norm',
  'ffn.gateUp',
  'ffn.down',
];

describe('a decode step takes 8 dispatches a layer', () => {
  const cases = (['f32', 'dot4'] as const).flatMap((nibbles) =>
    [false, true].map((postNorms) => ({ nibbles, postNorms })),
  );
  test.for(cases)('$nibbles activations, post norms: $postNorms', ({ nibbles, postNorms }) => {
    const layers = [0, 1].flatMap((layer) => ['attn.norm', ...LAYER].map((name) => `L${layer}.${name}`));
    expect(labelsOf({ nibbles }, { postNorms })).toEqual(['embed', ...layers, 'norm', 'head']);
  });

  test('pairs that are half a rotation apart, as in GLM-4.1V', () => {
    expect(labelsOf({}, { ropePairing: 'half' })).toHaveLength(1 + 2 * 8 + 2);
  });

  test('a chunk without logits ends with the last layer', () => {
    expect(labelsOf({}, {}, 0).at(-1)).toBe('L1.ffn.down');
  });
});
