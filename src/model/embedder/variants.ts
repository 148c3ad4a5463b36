// The encoder as a recording without memory, for the catalogue of kernel variants.
import type { Pass } from '../../gpu/program';
import type { WeightMatrix } from '../../gpu/tensor';
import { shapesOnly } from '../../kernels/variants';
import { numTiles, WEIGHT_FORMATS } from '../../shared/weightLayout';
import { createEmbedderActivations, placesOf } from './activations';
import type { EmbedderConfig } from './config';
import { recordEmbedder } from './forward';
import { bindEmbedder, planEmbedder } from './tensors';

/** multilingual-e5-small. */
export const E5_SMALL: EmbedderConfig = {
  name: 'sizes only',
  numLayers: 12,
  hiddenSize: 384,
  numHeads: 12,
  headDim: 32,
  ffnSize: 1536,
  vocabSize: 250_037,
  maxTokens: 512,
  numTypes: 2,
  normEps: 1e-12,
};

/** Records passes over texts of all length classes, with weights of every format. */
export function recordEveryEmbedder(pass: Pass): void {
  const config = { ...E5_SMALL, numLayers: 1 };
  const plan = new Map(planEmbedder(config, new Map()).map((tensor) => [tensor.name, tensor]));
  const shapeOf = (name: string) => plan.get(name)?.shape ?? [];
  for (const format of WEIGHT_FORMATS) {
    const weights = bindEmbedder(config, {
      vector: (name) => shapesOnly.createTensor(name, shapeOf(name)),
      matrix(name): WeightMatrix {
        const [rows, cols] = shapeOf(name);
        const tensor = shapesOnly.createTensor(name, [1], 'u32');
        const chunks = [{ firstTile: 0, numTiles: numTiles(rows, false), tensor }];
        return { label: name, rows, cols, format, interleaved: false, chunks };
      },
    });
    const activations = createEmbedderActivations(shapesOnly, config);
    for (const length of [4, 8, 16, 32, 64])
      recordEmbedder(pass, { config, weights }, activations, placesOf([length]));
  }
}
