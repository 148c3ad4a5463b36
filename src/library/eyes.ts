// Which stored eyes belong to a stored model. Eyes are a model of their own, shared by every quantisation of the model that
// they see for, and may arrive later.
import { areEyes } from '../model/architecture';
import type { ModelSource } from '../protocol/models';
import { AppError } from '../shared/errors';
import type { Metadata, ModelCache, ModelManifest } from '../weights/types';
import type { ModelStore } from './modelStore';
import type { ProgressMeter } from './progressMeter';

/** The link from a model to its eyes, kept among the origins: it goes when the eyes are deleted. */
const linkOf = (modelId: string): string => `eyes of ${modelId}`;

/** The eyes that are linked to a model, or stored ones of the same name and width. */
export async function eyesOf(cache: ModelCache, model: ModelManifest): Promise<ModelManifest | undefined> {
  const linked = await cache.idOfOrigin(linkOf(model.id));
  const found = linked === undefined ? undefined : await cache.manifest(linked);
  if (found) return found;
  const sameName = (await cache.list()).find(
    (other) =>
      areEyes(other.metadata) &&
      whyUnfit(other, model) === undefined &&
      plainName(other) === plainName(model),
  );
  if (sameName) await cache.rememberOrigin(linkOf(model.id), sameName.id);
  return sameName;
}

/**
 * Imports eyes, or finds them stored, and links them to a model.
 * @param source an mmproj file, or the original repository of the model.
 * @throws AppError eyes-unfit, and those of an import
 */
export async function addEyes(
  store: ModelStore,
  model: ModelManifest,
  { source, meter, signal }: { source: ModelSource; meter: ProgressMeter; signal: AbortSignal },
): Promise<ModelManifest> {
  const eyes = await store.ensureCached(partOf(source), meter, signal);
  const why = areEyes(eyes.metadata) ? whyUnfit(eyes, model) : 'it is a model, not the eyes of one';
  if (why !== undefined) {
    const message = `The eyes ${eyes.name} do not fit ${model.name}: ${why}. Take the mmproj file of the same model.`;
    throw new AppError('eyes-unfit', message, { eyes: eyes.name, model: model.name, why });
  }
  const cache = await store.cache();
  await cache.rememberOrigin(linkOf(model.id), eyes.id);
  return eyes;
}

/** The part that sees, of whatever is there. */
function partOf(source: ModelSource): ModelSource {
  if (source.kind === 'cached') return source;
  // Files in place are read at every load: eyes are copied.
  return source.kind === 'disk'
    ? { kind: 'files', files: source.files, part: 'eyes' }
    : { ...source, part: 'eyes' };
}

/** Why the rows of these eyes are none of this model; undefined: they are. */
function whyUnfit({ tensors }: ModelManifest, { metadata }: ModelManifest): string | undefined {
  const width = tensors.find(({ name }) => name === 'mm.down.weight')?.shape[0];
  const hiddenSize = metadata[`${String(metadata['general.architecture'])}.embedding_length`];
  return width === hiddenSize ? undefined : `rows of ${width} for a model of ${String(hiddenSize)}`;
}

/** The model's name in its files, without its quantisation. */
function plainName({ metadata, name }: { metadata: Metadata; name: string }): string {
  const stated = metadata['general.name'];
  return (typeof stated === 'string' ? stated : name)
    .toLowerCase()
    .replace(/mmproj/g, '')
    .replace(/[^a-z0-9]+/g, '');
}
