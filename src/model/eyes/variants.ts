// The towers as recordings without memory, for the catalogue of kernel variants.
import type { Pass } from '../../gpu/program';
import type { WeightMatrix } from '../../gpu/tensor';
import { shapesOnly } from '../../kernels/variants';
import { numTiles, WEIGHT_FORMATS, type WeightFormat } from '../../shared/weightLayout';
import { chunksOf, createEyesActivations } from './activations';
import type { EyesConfig } from './config';
import { recordTower, type EyesModel } from './forward';
import { bindEyes, planEyes } from './tensors';

const PIXELS = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** GLM-4.1V and GLM-4.6V. */
export const EYES_9B: EyesConfig = {
  name: 'sizes only',
  numLayers: 24,
  hiddenSize: 1536,
  numHeads: 12,
  headDim: 128,
  ffnSize: 4096,
  outSize: 4096,
  mergerSize: 13696,
  normEps: 1e-5,
  headNorms: false,
  biases: false,
  embeddingNorm: true,
  tableSide: 24,
  pixels: PIXELS,
};

export const EYES_OCR: EyesConfig = {
  ...EYES_9B,
  hiddenSize: 1024,
  numHeads: 16,
  headDim: 64,
  outSize: 1536,
  mergerSize: 4608,
  headNorms: true,
  biases: true,
  embeddingNorm: false,
  tableSide: undefined,
};

/** A tower without memory: it can be recorded but never runs. */
export function bindShapes(config: EyesConfig, format: WeightFormat): EyesModel {
  const plan = new Map(planEyes(config, new Map()).map((tensor) => [tensor.name, tensor]));
  const shapeOf = (name: string) => plan.get(name)?.shape ?? [];
  const weights = bindEyes(config, {
    vector: (name) => shapesOnly.createTensor(name, shapeOf(name)),
    matrix(name): WeightMatrix {
      const [rows, cols] = shapeOf(name);
      const interleaved = plan.get(name)?.interleaved ?? false;
      const tensor = shapesOnly.createTensor(name, [1], 'u32');
      const chunks = [{ firstTile: 0, numTiles: numTiles(rows, interleaved), tensor }];
      return { label: name, rows, cols, format, interleaved, chunks };
    },
  });
  return { config, weights };
}

/** Records both towers with weights of every format, over chunks of all length classes. */
export function recordEveryTower(pass: Pass): void {
  for (const published of [EYES_9B, EYES_OCR]) {
    const config = { ...published, numLayers: 1 };
    for (const format of WEIGHT_FORMATS) {
      const model = bindShapes(config, format);
      for (const kvFormat of ['f16', 'f32'] as const) {
        // 64, 64 and 4, 8, 16 or 32 patches: a quarter as many rows in the merger
        for (const rest of [4, 8, 16, 32]) {
          const sizes = { numPatches: 128 + rest, chunkSize: 64, kvFormat };
          const activations = createEyesActivations(shapesOnly, config, sizes);
          const grid = { rows: 2, columns: sizes.numPatches / 2 };
          const chunks = chunksOf(sizes.numPatches, sizes.chunkSize);
          recordTower(pass, model, { activations, grid, chunks, endStep: () => undefined });
        }
      }
    }
  }
}
