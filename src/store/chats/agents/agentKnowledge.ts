// What agents know: files that are added and removed, read by the embedding model, and searched.
import { wholeHead, type StoredAgent } from '../../../agents/agent';
import type { AgentCard } from '../../../knowledge/agentFile/card';
import type { StoredKnowledge } from '../../../knowledge/stored';
import type { Passage } from '../../../knowledge/types';
import type { KnowledgeCalls } from '../../../knowledge/worker/calls';
import { namedFiles, type Embedder, type Knowledge } from '../../../knowledge/worker/knowledge';
import { isAbort, toWireError } from '../../../shared/errors';
import { alone } from './alone';
import type { AgentsState, FileProgress } from './types';

export interface AgentKnowledgeParts {
  knowledge: Knowledge;
  /** undefined while no embedding model is stored */
  embedder: () => Embedder | undefined;
  ids: () => Promise<string[]>;
  stored: (id: string) => Promise<StoredAgent | undefined>;
  /** As the database has it. */
  latest: (id: string) => Promise<StoredAgent | undefined>;
  put: (agent: StoredAgent) => Promise<void>;
  patch: (change: Partial<Pick<AgentsState, 'agentError' | 'indexing' | 'embedding' | 'embedError'>>) => void;
  fail: (error: unknown) => void;
}

/** Passages between two times that vectors are kept: a page that is closed loses no more. */
const KEPT_EVERY = 512;

export class AgentKnowledge {
  private running: AbortController | undefined;
  private embeds: { stop: AbortController; ended: Promise<void> } | undefined;

  constructor(private readonly parts: AgentKnowledgeParts) {}

  async addFiles(id: string, files: readonly File[]): Promise<void> {
    const named = namedFiles(files);
    if (!(await this.parts.stored(id)) || this.running || named.length === 0) return;
    const { signal } = (this.running = new AbortController());
    await this.stopEmbedding();
    const progress: FileProgress[] = named.map(({ name }) => ({ name, status: 'waiting', fraction: 0 }));
    const show = (status: 'running' | 'done') =>
      this.parts.patch({ indexing: { agentId: id, files: [...progress], status } });
    this.parts.patch({ agentError: null });
    show('running');
    try {
      const add = async () => {
        const earlier = (await this.parts.latest(id))?.knowledge;
        const { knowledge } = await this.parts.knowledge.add(named, {
          ...(earlier && { earlier }),
          signal,
          onProgress({ name, index, state, fraction, added, error }) {
            const status = state === 'left-out' ? 'failed' : state;
            progress[index] = {
              ...{ name, status, fraction },
              ...(added && { chunks: added.chunks }),
              ...(error && { error: toWireError(error) }),
            };
            show('running');
          },
        });
        await this.teach(id, knowledge);
      };
      await alone(id, add, signal);
      show('done');
    } catch (error) {
      this.parts.patch({ indexing: null });
      if (!isAbort(error)) this.parts.fail(error);
    } finally {
      this.running = undefined;
    }
    void this.embed();
  }

  stopIndexing(): void {
    this.running?.abort(new DOMException('Stopped', 'AbortError'));
  }

  async removeFile(id: string, name: string): Promise<void> {
    if (this.running) return;
    const isEmbedding = this.embeds !== undefined;
    await this.stopEmbedding();
    try {
      await alone(id, async () => {
        const { knowledge } = (await this.parts.latest(id)) ?? {};
        if (knowledge) await this.teach(id, await this.parts.knowledge.remove(knowledge, [name]));
      });
    } catch (error) {
      this.parts.fail(error);
    }
    if (isEmbedding) void this.embed();
  }

  embed(): Promise<void> {
    if (this.embeds) return this.embeds.ended;
    const embedder = this.parts.embedder();
    if (!embedder || this.running) return Promise.resolve();
    const stop = new AbortController();
    const ended = this.embedAll(embedder, stop.signal)
      .catch((error: unknown) => {
        if (!isAbort(error)) this.parts.patch({ embedError: toWireError(error) });
      })
      .finally(() => {
        this.embeds = undefined;
        this.parts.patch({ embedding: null });
      });
    this.embeds = { stop, ended };
    return ended;
  }

  async stopEmbedding(): Promise<void> {
    this.embeds?.stop.abort(new DOMException('Stopped', 'AbortError'));
    await this.embeds?.ended;
  }

  private async embedAll(embedder: Embedder, signal: AbortSignal): Promise<void> {
    const ids = await this.parts.ids();
    this.parts.patch({ embedError: null });
    for (const agentId of ids) {
      const [started, begun] = [performance.now(), readBy(embedder, await this.parts.stored(agentId))];
      /** @returns whether there may be more */
      const step = async (): Promise<boolean> => {
        const { knowledge } = (await this.parts.latest(agentId)) ?? {};
        if (!knowledge || signal.aborted) return false;
        const before = readBy(embedder, { knowledge });
        if (before === knowledge.summary.chunks) return false;
        const read = await this.parts.knowledge.embed(knowledge, embedder, {
          ...{ signal, most: KEPT_EVERY },
          onProgress: (done, total) => {
            const [made, ms] = [done - begun, performance.now() - started];
            const secondsLeft = made > 0 ? (ms * (total - done)) / made / 1000 : null;
            this.parts.patch({ embedding: { agentId, done, total, secondsLeft } });
          },
        });
        if (readBy(embedder, { knowledge: read }) === before) return false;
        await this.teach(agentId, read);
        return true;
      };
      while (await alone(agentId, step, signal));
      if (signal.aborted) return;
    }
  }

  async chunks(id: string, file: string, from: number): Promise<KnowledgeCalls['chunks']['result']> {
    const { knowledge } = (await this.parts.stored(id)) ?? {};
    if (!knowledge) return { total: 0, chunks: [] };
    return this.parts.knowledge.chunks(knowledge, { file, from });
  }

  async passages(id: string, question: string, limit: number): Promise<Passage[]> {
    return (await this.search(id, question, limit)).passages;
  }

  /** @returns also whether the embedding model failed, so that words alone were searched */
  async search(
    id: string,
    question: string,
    limit: number,
  ): Promise<{ passages: Passage[]; wordsOnly: boolean }> {
    const { knowledge } = (await this.parts.stored(id)) ?? {};
    if (!knowledge) return { passages: [], wordsOnly: false };
    const find = (embedder?: Embedder) => this.parts.knowledge.find(knowledge, question, { limit, embedder });
    const embedder = this.parts.embedder();
    if (!embedder || readBy(embedder, { knowledge }) === 0)
      return { passages: await find(), wordsOnly: false };
    try {
      const passages = await find(embedder);
      this.parts.patch({ embedError: null });
      return { passages, wordsOnly: false };
    } catch (error) {
      this.parts.patch({ embedError: toWireError(error) });
      return { passages: await find(), wordsOnly: true };
    }
  }

  /** A base as one text of the system turn. */
  async whole(card: AgentCard, knowledge: StoredKnowledge): Promise<string> {
    return `${wholeHead(card)}\n\n${await this.parts.knowledge.whole(knowledge)}`;
  }

  /** The passages; without any, the first of the base. */
  async orFirst(passages: readonly Passage[], knowledge: StoredKnowledge): Promise<readonly Passage[]> {
    if (passages.length > 0) return passages;
    const { chunks } = await this.parts.knowledge.chunks(knowledge, { limit: 1 });
    return chunks.map(({ file, page, text }) => ({
      ...{ file, score: 0, text },
      ...(page !== undefined && { page }),
    }));
  }

  private async teach(id: string, base: StoredKnowledge): Promise<void> {
    const agent = await this.parts.stored(id);
    if (!agent) return;
    const { knowledge: _, ...bare } = agent;
    const hasFiles = base.summary.files.length > 0;
    await this.parts.put({
      ...bare,
      updatedAt: agent.knowledge?.summary.chunks === base.summary.chunks ? agent.updatedAt : Date.now(),
      ...(hasFiles && { knowledge: base }),
    });
  }
}

/** How many passages of an agent this model has read. */
const readBy = ({ model }: Embedder, agent: Pick<StoredAgent, 'knowledge'> | undefined): number => {
  const vectors = agent?.knowledge?.summary.vectors;
  return vectors?.model === model ? vectors.chunks : 0;
};
