// A knowledge base: files in chunks, and the index over them.
import type { DocumentText } from '../documents/types';
import { chunkDocument } from './chunks/chunk';
import { Bm25Builder, searchBm25, type Bm25Index } from './index/bm25';
import { searchBoth } from './index/fuse';
import type { Chunk, KnownFile, Passage, Vectors } from './types';

export interface KnowledgeBase {
  files: KnownFile[];
  chunks: Chunk[];
  index: Bm25Index;
  /** Beside the index, once an embedding model has read the chunks. */
  vectors?: Vectors;
}

/** What is indexed, embedded and shown of a chunk: its headings, then its text. */
export const chunkText = ({ title, text }: Chunk): string => (title ? `${title}\n${text}` : text);

const baseName = (name: string): string => name.replace(/\.\w{1,9}$/, '');

/** What is indexed of a chunk: the name of its file counts as words of it. */
export const indexedText = ({ name }: KnownFile, chunk: Chunk): string =>
  `${baseName(name)}\n${chunkText(chunk)}`;

/** The index over chunks. */
export function indexChunks(files: readonly KnownFile[], chunks: readonly Chunk[]): Bm25Index {
  const builder = new Bm25Builder();
  for (const chunk of chunks) builder.add(indexedText(files[chunk.file], chunk));
  return builder.finish();
}

/** Makes a base of documents, in the order of the documents. */
export function makeBase(documents: readonly { name: string; document: DocumentText }[]): KnowledgeBase {
  const files = documents.map(({ name, document: { kind, pages, encoding } }) => ({
    name,
    kind,
    ...(pages !== undefined && { pages }),
    ...(encoding !== undefined && { encoding }),
  }));
  const chunks = documents.flatMap(({ name, document }, file) => chunkDocument(document, name, file));
  return { files, chunks, index: indexChunks(files, chunks) };
}

export interface FindOptions {
  /** Default 8. */
  limit?: number;
  /** The question's vector, by the model of the base's vectors: the ranking is by words and vectors. */
  vector?: Float32Array;
}

/** The passages that answer a question best, best first: one ranking over all files. */
export function findPassages(
  { files, chunks, index, vectors }: KnowledgeBase,
  question: string,
  { limit = 8, vector }: FindOptions = {},
): Passage[] {
  const isBoth = vectors !== undefined && vector !== undefined;
  const hits = isBoth
    ? searchBoth(index, vectors, { question, vector }, limit)
    : searchBm25(index, question, limit);
  return hits.map(({ id, score }) => {
    const { file, page } = chunks[id];
    return {
      file: files[file].name,
      ...(page !== undefined && { page }),
      score,
      text: chunkText(chunks[id]),
    };
  });
}
