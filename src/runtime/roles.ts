// What each role on the GPU may hold.
import type { LoadedEmbedder } from './embedder/loadedEmbedder';
import type { LoadedEyes } from './eyes/loadedEyes';
import type { LoadedModel } from './loadedModel';
import type { Residents } from './residents';

export type EngineResidents = Residents<{
  chat: LoadedModel;
  vision: LoadedModel | LoadedEyes;
  speech: LoadedModel;
  embedder: LoadedModel | LoadedEmbedder;
}>;
