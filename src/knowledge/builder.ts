// A knowledge base that grows file by file. Indexing pauses, so that a worker hears a stop meanwhile.
import type { DocumentText } from '../documents/types';
import { indexedText, type KnowledgeBase } from './base';
import { chunkDocument } from './chunks/chunk';
import { Bm25Builder, dropTexts } from './index/bm25';
import type { Chunk, KnownFile, Vectors } from './types';

/** Work between two pauses. */
const SLICE_MS = 100;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** What a base keeps of a document, besides its chunks. */
export const knownFile = (name: string, { kind, pages, encoding }: DocumentText): KnownFile => ({
  name,
  kind,
  ...(pages !== undefined && { pages }),
  ...(encoding !== undefined && { encoding }),
});

export class BaseBuilder {
  private readonly files: KnownFile[];
  private readonly chunks: Chunk[];
  private readonly index: Bm25Builder;
  /** Files of the earlier base whose names came again. */
  private readonly replaced = new Set<number>();

  /** @param earlier the base that grows; it is left as it is. */
  constructor(private readonly earlier?: KnowledgeBase) {
    this.files = [...(earlier?.files ?? [])];
    this.chunks = [...(earlier?.chunks ?? [])];
    this.index = new Bm25Builder(earlier?.index);
  }

  /**
   * Adds a document; one of the same name in the earlier base goes.
   * @param onProgress with the share that is indexed.
   * @returns the number of its chunks
   */
  async add(
    name: string,
    document: DocumentText,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (fraction: number) => void } = {},
  ): Promise<number> {
    const file = knownFile(name, document);
    const chunks = chunkDocument(document, name, this.files.length);
    let sliceEnd = performance.now() + SLICE_MS;
    for (const [i, chunk] of chunks.entries()) {
      this.index.add(indexedText(file, chunk));
      this.chunks.push(chunk);
      if (performance.now() < sliceEnd) continue;
      onProgress?.((i + 1) / chunks.length);
      await pause();
      signal?.throwIfAborted();
      sliceEnd = performance.now() + SLICE_MS;
    }
    this.files.push(file);
    this.earlier?.files.forEach((old, i) => old.name === name && this.replaced.add(i));
    return chunks.length;
  }

  finish(): KnowledgeBase {
    const { files, chunks, replaced } = this;
    const vectors = this.earlier?.vectors;
    return withoutFiles({ files, chunks, index: this.index.finish(), ...(vectors && { vectors }) }, replaced);
  }
}

/** The base without some of its files, given by their numbers. */
export function withoutFiles(base: KnowledgeBase, gone: ReadonlySet<number>): KnowledgeBase {
  if (gone.size === 0) return base;
  const kept = base.files.flatMap((_, i) => (gone.has(i) ? [] : [i]));
  const places = new Map(kept.map((old, i) => [old, i]));
  const isKept = base.chunks.map(({ file }) => !gone.has(file));
  const chunks = base.chunks.filter((_, i) => isKept[i]);
  return {
    files: kept.map((i) => base.files[i]),
    chunks: chunks.map((chunk) => ({ ...chunk, file: places.get(chunk.file) as number })),
    index: dropTexts(base.index, isKept),
    ...(base.vectors && { vectors: keptVectors(base.vectors, isKept) }),
  };
}

function keptVectors({ model, dimension, values }: Vectors, isKept: readonly boolean[]): Vectors {
  const rows = Array.from({ length: values.length / dimension }, (_, i) => i).filter((i) => isKept[i]);
  const kept = new Int8Array(rows.length * dimension);
  rows.forEach((row, i) => kept.set(values.subarray(row * dimension, (row + 1) * dimension), i * dimension));
  return { model, dimension, values: kept };
}
