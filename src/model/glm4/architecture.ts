// The GLM-4 family as an entry of the registry: GGUF architectures `chatglm` and `glm4`.
import { fewRoundAlike } from '../../kernels/matvec';
import { createTokenizer } from '../../tokenizer/tokenizer';
import type { Architecture, BoundModel, NamedWeights } from '../boundModel';
import { modelFamily, stopIds } from '../modelFamily';
import { configOf, GLM_NAMES, PUBLISHED, readConfig, type GlmConfig } from './config';
import { createActivations, type GlmActivations } from './activations';
import { recordForward } from './forward';
import { bindWeights, layerMatrices, planTensors } from './tensors';

export const glm4: Architecture<GlmConfig> = {
  id: 'glm4',
  names: GLM_NAMES,
  accepts: (metadata) => GLM_NAMES.some((name) => name === metadata['general.architecture']),
  readConfig,
  configOf,
  published: PUBLISHED,
  planTensors,
  bind,
  family: modelFamily,
  createTokenizer: (metadata) => createTokenizer(metadata),
  stopIds,
};

function bind(config: GlmConfig, named: NamedWeights): BoundModel<GlmActivations> {
  const weights = bindWeights(config, named);
  const matrices = [...weights.layers.flatMap(layerMatrices), weights.head];
  return {
    config,
    createActivations: (gpu, sizes) => createActivations(gpu, config, sizes),
    record: (pass, args) => recordForward(pass, { config, weights }, args),
    matrices: () => matrices,
    distinctLayers() {
      // Layers alike in the formats of their matrices need the same pipelines.
      const kinds = weights.layers.map((layer) =>
        layerMatrices(layer)
          .map(({ format }) => format)
          .join(),
      );
      return [...new Map(kinds.map((kind, layer) => [kind, layer])).values()];
    },
    roundsAlike: (tuning) => matrices.every((matrix) => fewRoundAlike(tuning, matrix)),
  };
}
