// The catalogue of kernel variants: the text of every pipeline that the app can build, found by recording what it records.
// `glm wgsl` prints them; a test compiles each with every available WGSL compiler.
import { variantsOf, type KernelVariant } from '../kernels/variants';
import { recordEveryEmbedder } from './embedder/variants';
import { recordEveryTower } from './eyes/variants';
import { everyModel, recordPasses } from './kernelVariants';

export type { KernelVariant } from '../kernels/variants';

/** Every variant, by name. */
export function kernelVariants(): KernelVariant[] {
  const models = everyModel();
  return variantsOf((pass) => {
    for (const model of models) recordPasses(pass, model);
    recordEveryTower(pass);
    recordEveryEmbedder(pass);
  });
}
