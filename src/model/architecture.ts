// The registry of architectures: the only door between the runtime and a kind of model. A new family is a folder beside
// glm4/ and one more entry in ARCHITECTURES.
import { AppError } from '../shared/errors';
import type { Metadata } from '../weights/types';
import type { Architecture } from './boundModel';
import { glm4 } from './glm4/architecture';

export { splitsAlike } from '../kernels/attention';
export * from './boundModel';
export type { ModelFamily } from './modelFamily';

/** Every architecture that this app runs. */
export const ARCHITECTURES: readonly Architecture[] = [glm4];

/** The architecture whose layer the device benchmark runs. */
export const BENCHMARK_ARCHITECTURE = ARCHITECTURES[0];

/**
 * The architecture of a file.
 * @throws AppError unsupported-architecture
 */
export function architectureOf(metadata: Metadata): Architecture {
  const found = ARCHITECTURES.find((architecture) => architecture.accepts(metadata));
  if (found) return found;
  const name = String(metadata['general.architecture']);
  const supported = ARCHITECTURES.flatMap(({ names }) => names).join(', ');
  throw new AppError(
    'unsupported-architecture',
    `This file holds a "${name}" model; this app runs ${supported} (the GLM-4 family). Choose a GLM GGUF.`,
    { architecture: name, supported },
  );
}
