// The registry of architectures: the only door between the runtime and a kind of model. A new family is a folder beside
// glm4/ and one more entry in ARCHITECTURES.
import { AppError } from '../shared/errors';
import { fetchPart } from '../shared/missingPart';
import type { Metadata, TensorPlan } from '../weights/types';
import type { Architecture, TensorShapes } from './boundModel';
import type * as embedderCode from './embedder';
import type * as eyesCode from './eyes';
import { glm4 } from './glm4/architecture';

export { splitsAlike } from '../kernels/attention';
export * from './boundModel';
export type { ModelFamily } from './modelFamily';

/** Every architecture that this app runs. */
export const ARCHITECTURES: readonly Architecture[] = [glm4];

/** The architecture whose layer the device benchmark runs. */
export const BENCHMARK_ARCHITECTURE = ARCHITECTURES[0];

/** `general.architecture` of the eyes of a model: llama.cpp's mmproj files. */
const EYES = 'clip';

/** Whether this is the header of a model's eyes rather than of a model. */
export function areEyes(metadata: Metadata): boolean {
  return metadata['general.architecture'] === EYES;
}

/** `general.architecture` of embedding models: BERT's encoder. */
const EMBEDDER = 'bert';

/** Whether this is the header of an embedding model, which answers no chat. */
export function isEmbedder(metadata: Metadata): boolean {
  return metadata['general.architecture'] === EMBEDDER;
}

/** The code of embedding models, which most pages never need. @throws AppError part-missing */
export function openEmbedderCode(): Promise<typeof embedderCode> {
  return fetchPart(() => import('./embedder'));
}

/** The code of eyes, which most pages never need. @throws AppError part-missing */
export function openEyesCode(): Promise<typeof eyesCode> {
  return fetchPart(() => import('./eyes'));
}

/**
 * What to store of a file: of a model, of the eyes of one, or of an embedding model.
 * @throws AppError unsupported-architecture, bad-metadata, missing-tensor, unknown-tensor, unsupported-tokenizer
 */
export async function planModel(
  metadata: Metadata,
  tensors: TensorShapes,
): Promise<{ name: string; plan: TensorPlan[] }> {
  if (areEyes(metadata)) {
    const { readEyesConfig, planEyes } = await openEyesCode();
    const config = readEyesConfig(metadata, tensors);
    return { name: config.name, plan: planEyes(config, tensors) };
  }
  if (isEmbedder(metadata)) {
    const { readEmbedderConfig, planEmbedder, createUnigramTokenizer } = await openEmbedderCode();
    const config = readEmbedderConfig(metadata, tensors);
    createUnigramTokenizer(metadata); // fail on an unusable vocabulary before anything is stored
    return { name: config.name, plan: planEmbedder(config, tensors) };
  }
  const architecture = architectureOf(metadata);
  const config = architecture.readConfig(metadata, tensors);
  architecture.createTokenizer(metadata); // fail on an unusable vocabulary before anything is stored
  return { name: config.name, plan: architecture.planTensors(config, tensors) };
}

/**
 * The architecture of a file.
 * @throws AppError unsupported-architecture, eyes-alone
 */
export function architectureOf(metadata: Metadata): Architecture {
  const found = ARCHITECTURES.find((architecture) => architecture.accepts(metadata));
  if (found) return found;
  const name = String(metadata['general.architecture']);
  if (areEyes(metadata)) {
    const file =
      typeof metadata['general.name'] === 'string' ? metadata['general.name'].slice(0, 200) : 'This file';
    const message = `${file} holds only the eyes of a model. Open it together with the model it belongs to.`;
    throw new AppError('eyes-alone', message, { name: file });
  }
  const supported = ARCHITECTURES.flatMap(({ names }) => names).join(', ');
  throw new AppError(
    'unsupported-architecture',
    `This file holds a "${name}" model; this app runs ${supported} (the GLM-4 family). Choose a GLM GGUF.`,
    { architecture: name, supported },
  );
}
