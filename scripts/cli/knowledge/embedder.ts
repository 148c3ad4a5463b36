// An embedding model file as the Embedder of src/knowledge, over the engine in Chromium or in Node.
import path from 'node:path';
import type { KnowledgeBase } from '../../../src/knowledge/base';
import type { Embedder } from '../../../src/knowledge/index/vectors';
import type { CliEngine } from '../cliEngine';

/** @throws AppError of an import: the file is no embedding model */
export async function openEmbedder(engine: CliEngine, file: string): Promise<Embedder> {
  const source = { ...(await engine.sourceOf(path.resolve(file))), part: 'embedder' as const };
  const { id } = await engine.call('import', { source });
  return {
    model: id,
    embed: (texts, kind) => engine.call('embed', { model: id, texts, kind }),
  };
}

/** The vector of a question, where the base has vectors of this model. */
export async function questionVector(
  { vectors }: Pick<KnowledgeBase, 'vectors'>,
  question: string,
  embedder: Embedder | undefined,
): Promise<Float32Array | undefined> {
  if (!embedder || vectors?.model !== embedder.model) return undefined;
  return (await embedder.embed([question], 'query')).vectors;
}
