// The calls of the knowledge worker, as functions over the bases that it holds.
import { readDocument } from '../../documents/readDocument';
import { AppError } from '../../shared/errors';
import { readAgent, writeAgent } from '../agentFile/agentFile';
import { chunkText, findPassages, type KnowledgeBase } from '../base';
import { BaseBuilder, withoutFiles } from '../builder';
import { wholeText } from '../prompt';
import { embeddedChunks, withVectors } from '../index/vectors';
import { open, store, type StoredKnowledge } from '../stored';
import type { AddedFile, KnowledgeCall, KnowledgeCalls } from './calls';

/** Bases that stay open, the most recent last: one of 20,000 chunks takes some 150 MB. */
const MAX_OPEN = 2;

export interface CallContext {
  signal: AbortSignal;
  onProgress: (fraction: number) => void;
}

export type KnowledgeHandlers = {
  [K in KnowledgeCall]: (
    args: KnowledgeCalls[K]['args'],
    context: CallContext,
  ) => KnowledgeCalls[K]['result'] | Promise<KnowledgeCalls[K]['result']>;
};

/** Open bases by the id of their stored form. */
class OpenBases {
  private readonly bases = new Map<string, Promise<KnowledgeBase>>();

  get(knowledge: StoredKnowledge): Promise<KnowledgeBase> {
    const base = this.bases.get(knowledge.id) ?? open(knowledge);
    base.catch(() => this.bases.delete(knowledge.id));
    return this.keep(knowledge.id, base);
  }

  pack(base: KnowledgeBase): StoredKnowledge {
    const stored = store(base);
    void this.keep(stored.id, Promise.resolve(base));
    return stored;
  }

  private keep(id: string, base: Promise<KnowledgeBase>): Promise<KnowledgeBase> {
    this.bases.delete(id);
    this.bases.set(id, base);
    for (const old of [...this.bases.keys()].slice(0, -MAX_OPEN)) this.bases.delete(old);
    return base;
  }
}

export function knowledgeHandlers(): KnowledgeHandlers {
  const bases = new OpenBases();
  const growing = new Map<number, BaseBuilder>();
  let nextId = 1;

  function builder(id: number): BaseBuilder {
    const found = growing.get(id);
    if (!found) throw new AppError('bug', `knowledge: there is no growing base ${id}`);
    return found;
  }

  return {
    async begin({ earlier }) {
      growing.set(nextId, new BaseBuilder(earlier && (await bases.get(earlier))));
      return nextId++;
    },
    async add({ to, name, content }, { signal, onProgress }) {
      const document = content instanceof Blob ? await readDocument(content, { signal }) : content;
      const chunks = await builder(to).add(name, document, { signal, onProgress });
      const { pages, emptyPages, encoding, guessed } = document;
      const added: AddedFile = { chunks, pages, emptyPages, encoding, guessed };
      return Object.fromEntries(Object.entries(added).filter(([, value]) => value !== undefined)) as never;
    },
    finish({ base }) {
      const finished = builder(base).finish();
      growing.delete(base);
      return bases.pack(finished);
    },
    drop: ({ base }) => void growing.delete(base),
    async remove({ from, names }) {
      const base = await bases.get(from);
      const gone = base.files.flatMap(({ name }, i) => (names.includes(name) ? [i] : []));
      return bases.pack(withoutFiles(base, new Set(gone)));
    },
    whole: async ({ knowledge }) => wholeText(await bases.get(knowledge)),
    find: async ({ knowledge, question, limit, vector }) =>
      findPassages(await bases.get(knowledge), question, { limit, vector }),
    async unread({ knowledge, model, from, limit }) {
      const base = await bases.get(knowledge);
      const first = Math.max(from, embeddedChunks(base, model));
      return { first, texts: base.chunks.slice(first, first + limit).map(chunkText) };
    },
    async withVectors({ knowledge, model, added }) {
      const base = await bases.get(knowledge);
      return bases.pack({ ...base, vectors: withVectors(base.vectors, model, added) });
    },
    async chunks({ knowledge, file, from, limit }) {
      const base = await bases.get(knowledge);
      const all = base.chunks.map((chunk, number) => ({
        ...chunk,
        number,
        file: base.files[chunk.file].name,
      }));
      const chosen = file === undefined ? all : all.filter((chunk) => chunk.file === file);
      return { total: chosen.length, chunks: chosen.slice(from, from + limit) };
    },
    async writeAgent({ card, functions, knowledge }) {
      const base = knowledge && (await bases.get(knowledge));
      const bytes = writeAgent({
        card,
        ...(functions !== undefined && { functions }),
        ...(base && { knowledge: base }),
      });
      return new Blob([bytes]);
    },
    async readAgent({ file, name }) {
      const { card, functions, knowledge } = readAgent(new Uint8Array(await file.arrayBuffer()), name);
      return {
        card,
        ...(functions !== undefined && { functions }),
        ...(knowledge && { knowledge: bases.pack(knowledge) }),
      };
    },
  };
}
