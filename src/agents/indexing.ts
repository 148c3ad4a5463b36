// Files become knowledge: read, cut into chunks, indexed in slices, so that no frame waits longer than one chunk takes.
import { readDocument } from '../documents/readDocument';
import { chunkText, type KnowledgeBase } from '../knowledge/base';
import { chunkDocument } from '../knowledge/chunks/chunk';
import { Bm25Builder } from '../knowledge/index/bm25';
import type { Chunk, KnownFile } from '../knowledge/types';
import { toWireError, type WireError } from '../shared/errors';

export interface FileProgress {
  name: string;
  status: 'waiting' | 'reading' | 'done' | 'failed';
  /** 0 to 1 while a long one is read. */
  fraction: number;
  chunks?: number;
  error?: WireError;
}

export interface IndexingOptions {
  signal: AbortSignal;
  onProgress: (files: readonly FileProgress[]) => void;
}

type Files = Pick<KnowledgeBase, 'files' | 'chunks'>;

/** A slice of work between two frames. */
const SLICE_MS = 12;

/** Lets the page draw and listen when a slice is over. */
function pacer(signal: AbortSignal): () => Promise<void> {
  let began = performance.now();
  return async () => {
    signal.throwIfAborted();
    if (performance.now() - began < SLICE_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    began = performance.now();
  };
}

/** A file of a folder keeps its path. */
const nameOf = (file: File): string => file.webkitRelativePath || file.name;

/** Files of a folder that people do not mean: hidden ones, and what tools keep beside them. */
const isMeant = (file: File): boolean =>
  !nameOf(file)
    .split('/')
    .some((part) => part === 'node_modules' || part.startsWith('.'));

/** The base without a file. */
export function withoutFile({ files, chunks }: Files, name: string): Files {
  const kept = files.filter((file) => file.name !== name);
  const place = new Map(kept.map((file, i) => [file.name, i]));
  return {
    files: kept,
    chunks: chunks.flatMap((chunk) => {
      const file = place.get(files[chunk.file].name);
      return file === undefined ? [] : [{ ...chunk, file }];
    }),
  };
}

/**
 * The base with files added; one of a name it has takes the earlier one's place. Files that cannot be read say why in
 * their progress, and the others are added all the same. @throws AbortError
 */
export async function addFiles(
  before: Files | undefined,
  added: readonly File[],
  { signal, onProgress }: IndexingOptions,
): Promise<Files> {
  const meant = added.filter(isMeant);
  const progress: FileProgress[] = meant.map((file) => ({
    ...{ name: nameOf(file), status: 'waiting', fraction: 0 },
  }));
  const tell = (at: number, change: Partial<FileProgress>) => {
    progress[at] = { ...progress[at], ...change };
    onProgress([...progress]);
  };
  onProgress([...progress]);
  const pause = pacer(signal);
  let base: Files = before ?? { files: [], chunks: [] };
  for (const [at, file] of meant.entries()) {
    const name = nameOf(file);
    tell(at, { status: 'reading' });
    try {
      const document = await readDocument(file, {
        signal,
        onProgress: (fraction) => tell(at, { fraction }),
      });
      await pause();
      const rest = withoutFile(base, name);
      const chunks = chunkDocument(document, name, rest.files.length);
      const { kind, pages, encoding } = document;
      const known: KnownFile = {
        ...{ name, kind },
        ...(pages !== undefined && { pages }),
        ...(encoding !== undefined && { encoding }),
      };
      base = { files: [...rest.files, known], chunks: [...rest.chunks, ...chunks] };
      tell(at, { status: 'done', fraction: 1, chunks: chunks.length });
    } catch (error) {
      signal.throwIfAborted();
      tell(at, { status: 'failed', error: toWireError(error) });
    }
    await pause();
  }
  return base;
}

/** The base with its index. @throws AbortError */
export async function indexed({ files, chunks }: Files, signal: AbortSignal): Promise<KnowledgeBase> {
  const builder = new Bm25Builder();
  const pause = pacer(signal);
  for (const chunk of chunks) {
    builder.add(indexedText(files, chunk));
    await pause();
  }
  return { files, chunks, index: builder.finish() };
}

/** Twin of indexChunks in src/knowledge/base.ts, one chunk at a time. */
const indexedText = (files: readonly KnownFile[], chunk: Chunk): string =>
  `${files[chunk.file].name.replace(/\.\w{1,9}$/, '')}\n${chunkText(chunk)}`;
