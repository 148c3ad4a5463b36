// A knowledge base as it is stored beside an agent: one Blob, and what a list shows of it without opening it.
import { zipSync } from 'fflate';
import type { KnowledgeBase } from './base';
import { knowledgeOf, knowledgeParts } from './agentFile/knowledge';
import { damaged, readParts } from './agentFile/zip';
import { estimateTokens } from './chunks/tokens';
import type { KnownFile } from './types';

/** A plain object: it goes into IndexedDB as it is. A change of the base makes a new one with another id. */
export interface StoredKnowledge {
  id: string;
  blob: Blob;
  summary: KnowledgeSummary;
}

export interface KnowledgeSummary {
  files: (KnownFile & { chunks: number; tokens: number })[];
  chunks: number;
  /** Estimated, of all chunks. */
  tokens: number;
  /** The embedding model, and how many chunks it has read. */
  vectors?: { model: string; chunks: number };
}

export function summaryOf({ files, chunks, vectors }: KnowledgeBase): KnowledgeSummary {
  const counted = files.map((file) => ({ ...file, chunks: 0, tokens: 0 }));
  for (const { file, title, text } of chunks) {
    counted[file].chunks++;
    counted[file].tokens += estimateTokens(text) + estimateTokens(title);
  }
  return {
    files: counted,
    chunks: chunks.length,
    tokens: counted.reduce((sum, { tokens }) => sum + tokens, 0),
    ...(vectors && { vectors: { model: vectors.model, chunks: vectors.values.length / vectors.dimension } }),
  };
}

const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

/** Packs a base. */
export function store(base: KnowledgeBase): StoredKnowledge {
  const zip = zipSync(knowledgeParts(base), { level: 1, mtime: new Date(1980, 0, 1) });
  return { id: newId(), blob: new Blob([zip as Uint8Array<ArrayBuffer>]), summary: summaryOf(base) };
}

/** @throws AppError agent-damaged, agent-too-large */
export async function open({ blob }: Pick<StoredKnowledge, 'blob'>): Promise<KnowledgeBase> {
  const name = 'knowledge';
  const parts = readParts(new Uint8Array(await blob.arrayBuffer()), name, () => true);
  const base = knowledgeOf(parts, name);
  if (!base) throw damaged(name, 'the zip', 'it holds no chunks');
  return base;
}
