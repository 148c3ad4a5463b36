// Messages between the page and the knowledge worker: calls, their events, and stops.
import type { DocumentText } from '../../documents/types';
import type { WireError } from '../../shared/errors';
import type { AgentCard } from '../agentFile/card';
import type { StoredKnowledge } from '../stored';
import type { Chunk, Passage } from '../types';

/** An agent as a page holds it. */
export interface ReadAgent {
  card: AgentCard;
  functions?: string;
  knowledge?: StoredKnowledge;
}

/** What became of an added document. */
export interface AddedFile {
  chunks: number;
  pages?: number;
  /** Pages without text, where there are many. */
  emptyPages?: number;
  encoding?: string;
  /** The bytes do not prove the encoding. */
  guessed?: boolean;
}

export interface KnowledgeCalls {
  /** Begins a base that grows; returns its number. */
  begin: { args: { earlier?: StoredKnowledge }; result: number };
  /** Adds a document, or a text file that the worker reads. Events: the share that is indexed. */
  add: { args: { to: number; name: string; content: DocumentText | File }; result: AddedFile };
  /** Ends a base that grows: packed, or dropped. */
  finish: { args: { base: number }; result: StoredKnowledge };
  drop: { args: { base: number }; result: undefined };
  remove: { args: { from: StoredKnowledge; names: string[] }; result: StoredKnowledge };
  /** The whole base as a text for the system turn. */
  whole: { args: { knowledge: StoredKnowledge }; result: string };
  find: {
    args: { knowledge: StoredKnowledge; question: string; limit: number; vector?: Float32Array };
    result: Passage[];
  };
  /** Texts to embed: of the next chunks that the model has not read. Without any, it has read them all. */
  unread: {
    args: { knowledge: StoredKnowledge; model: string; from: number; limit: number };
    result: { first: number; texts: string[] };
  };
  /** The base with vectors of the first chunks, of all rounds of `unread`. */
  withVectors: {
    args: { knowledge: StoredKnowledge; model: string; added: { dimension: number; vectors: Float32Array } };
    result: StoredKnowledge;
  };
  chunks: {
    args: { knowledge: StoredKnowledge; file?: string; from: number; limit: number };
    result: { total: number; chunks: NamedChunk[] };
  };
  writeAgent: { args: ReadAgent; result: Blob };
  readAgent: { args: { file: Blob; name: string }; result: ReadAgent };
}
export type KnowledgeCall = keyof KnowledgeCalls;

/** A chunk with its number in the base and the name of its file. */
export interface NamedChunk extends Omit<Chunk, 'file'> {
  number: number;
  file: string;
}

export type ToKnowledge =
  | {
      [K in KnowledgeCall]: { kind: 'call'; id: number; name: K; args: KnowledgeCalls[K]['args'] };
    }[KnowledgeCall]
  | { kind: 'abort'; id: number };

export type FromKnowledge =
  | { kind: 'progress'; id: number; fraction: number }
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'error'; id: number; error: WireError }
  | { kind: 'aborted'; id: number };
