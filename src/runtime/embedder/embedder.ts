// The embedding model beside the one that answers: brought to the GPU when a base or a question is embedded.
import type { Gpu } from '../../gpu/device';
import type { ModelLocks } from '../../library/modelLock';
import type { ModelStore } from '../../library/modelStore';
import type { EngineCalls } from '../../protocol/calls';
import { AppError } from '../../shared/errors';
import { fetchPart } from '../../shared/missingPart';
import type { EngineResidents } from '../roles';
import type { EmbedOptions, LoadedEmbedder } from './loadedEmbedder';

export interface EmbedderParts {
  store: ModelStore;
  residents: EngineResidents;
  locks: ModelLocks;
  openGpu: () => Promise<Gpu>;
}

type Embed = EngineCalls['embed'];

/** Vectors of texts by a stored embedding model. @throws AppError no-model; the signal's reason */
export async function embedTexts(
  parts: EmbedderParts,
  { model, texts, kind }: Embed['args'],
  options: EmbedOptions & { signal: AbortSignal },
): Promise<Embed['result']> {
  const embedder = await bring(parts, model, options.signal);
  const vectors = await embedder.embed(texts, kind, options);
  return { dimension: embedder.dimension, vectors };
}

/** The model on the GPU, in the role of embedder; it stays there until another one needs the role or it is unloaded. */
async function bring(
  { store, residents, locks, openGpu }: EmbedderParts,
  id: string,
  signal: AbortSignal,
): Promise<LoadedEmbedder> {
  const resident = residents.get('embedder');
  if (resident && 'embed' in resident && resident.manifest.id === id) return resident;
  const cache = await store.cache();
  const manifest = await cache.manifest(id);
  if (!manifest)
    throw new AppError('no-model', `The embedding model ${id} is not stored. Download it first.`);
  const { LoadedEmbedder } = await fetchPart(() => import('./loadedEmbedder'));
  const repairer = await store.repairer(manifest, { kind: 'cached', id }, signal);
  const repair = (index: number) => repairer.repairOrCount(index);
  const gpu = await openGpu();
  return residents.place(gpu, { role: 'embedder', name: manifest.name }, async (share) => {
    const releaseLock = await locks.hold(id);
    return LoadedEmbedder.load({ manifest, cache, repair }, { gpu: share, signal, releaseLock });
  });
}
