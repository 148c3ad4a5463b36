// Which kernels a model's passes dispatch under a tuning: recorded over shapes, without weights and without a GPU.
import type { KernelTuning } from '../gpu/tuning';
import type { ModelFacts } from '../kernels/check/kernelCase';
import type { KvFormat } from '../kernels/kv';
import { collectKernels, recordChoices, type UsedKernel } from '../kernels/variants';
import type { WeightFormat } from '../shared/weightLayout';
import type { Architecture, ModelConfig } from './boundModel';
import { bindShapes, recordPasses } from './kernelVariants';

/** A model before it is loaded. */
export interface ModelShape {
  architecture: Architecture;
  config: ModelConfig;
  /** Formats of its matrices, by name. */
  formats: ReadonlyMap<string, WeightFormat>;
}

/** The kernels of the model's passes and of the choice of a token, by name. */
export function usedKernels(
  { architecture, config, formats }: ModelShape,
  { tuning, kvFormat }: { tuning: KernelTuning; kvFormat: KvFormat },
): Map<string, UsedKernel> {
  const model = bindShapes(architecture, config, (name) => formats.get(name) ?? 'f32');
  return collectKernels(tuning, (pass) => {
    recordPasses(pass, model, { kvFormats: [kvFormat], layers: model.distinctLayers(), hasRows: false });
    recordChoices(pass);
  });
}

/** What the kernels of this model depend on. */
export function factsOf({ config, formats }: ModelShape, kvFormat: KvFormat): ModelFacts {
  const { numHeads, numKvHeads, headDim, ropeDims, ropePairing } = config;
  const used = [...new Set(formats.values())];
  return { formats: used, kvFormat, numHeads, numKvHeads, headDim, ropeDims, ropePairing };
}
