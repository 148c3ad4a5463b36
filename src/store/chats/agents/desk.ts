// The agents of the user: kept, imported, exported, taught files. Its code comes with the first use.
import { cardFault, wholeHead, type StoredAgent } from '../../../agents/agent';
import { agentOfGallery } from '../../../agents/gallery/gallery';
import { isPicture } from '../../../agents/picture';
import { agentFilesIn, readAgentFile } from '../../../agents/readAgentFile';
import { withSchedule } from '../../../agents/schedule';
import { damaged } from '../../../knowledge/agentFile/zip';
import { emptyCard, type AgentCard, type StarterTime } from '../../../knowledge/agentFile/card';
import type { StoredKnowledge } from '../../../knowledge/stored';
import type { KnowledgeCalls } from '../../../knowledge/worker/calls';
import { namedFiles, type Embedder, type Knowledge } from '../../../knowledge/worker/knowledge';
import type { Passage } from '../../../knowledge/types';
import { AppError, isAbort, toWireError } from '../../../shared/errors';
import { Observable } from '../../observable';
import type { Functions } from '../saved/functions';
import type { ChatAgent } from '../types';
import type { AgentDb } from './agentDb';
import { agentFile, zipOfAgents, type AgentFile } from './agentFiles';
import { alone } from './alone';
import type { Offers } from './offers';
import type { AgentReview, AgentsState, FileProgress } from './types';

export interface AgentDeskOptions {
  db: AgentDb;
  functions: Functions;
  offers: Offers;
  knowledge: Knowledge;
  /** undefined while no embedding model is stored */
  embedder: () => Embedder | undefined;
  saveFile: (blob: Blob, fileName: string) => void;
}

export const NO_AGENTS: AgentsState = {
  ...{ agents: null, agentError: null, agentReviews: [], called: {}, indexing: null },
  ...{ embedding: null, embedError: null, offers: null },
};

/** Passages between two times that vectors are kept: a page that is closed loses no more. */
const KEPT_EVERY = 512;

/** An agent as chats and questions remember it: a picture is too large for that. */
export const chatAgent = (id: string, { name, avatar }: AgentCard): ChatAgent => ({
  ...{ id, name },
  ...(avatar !== undefined && !isPicture(avatar) && { avatar }),
});

export class AgentDesk extends Observable<AgentsState> {
  /** Counts beginnings and ends of writes. */
  private writes = 0;
  private opening: Promise<void> | undefined;
  private running: AbortController | undefined;
  private embeds: { stop: AbortController; ended: Promise<void> } | undefined;

  constructor(private readonly options: AgentDeskOptions) {
    super({ ...NO_AGENTS, offers: options.offers.text });
  }

  /** Reads the agents, the first time. Without storage they last as long as the page. */
  open(): Promise<void> {
    const { db } = this.options;
    return (this.opening ??= db.list().then(
      (stored) => {
        this.show(stored);
        db.onChange?.(() => void this.attempt(async () => this.show(await this.listed()))); // another tab has changed them
      },
      (error: unknown) => {
        this.show([]);
        this.fail(error);
      },
    ));
  }

  /** An agent of the user's or of the gallery. */
  async find(id: string): Promise<Pick<StoredAgent, 'id' | 'card' | 'knowledge'> | undefined> {
    await this.open();
    return this.state.agents?.find((agent) => agent.id === id) ?? agentOfGallery(id);
  }

  async save(card: AgentCard, id: string = crypto.randomUUID()): Promise<string> {
    await this.open();
    const fault = cardFault(card);
    if (fault) throw damaged(card.name, fault.field, fault.why);
    await this.put({ ...(await this.latest(id)), id, card, updatedAt: Date.now() });
    return id;
  }

  answerStarter(id: string, time: StarterTime): boolean {
    const answered = this.options.offers.answer(this.state.agents ?? [], id, time);
    this.followOffers();
    return answered;
  }

  /** Takes over what another tab has stored of starters. */
  followOffers(): void {
    const { text } = this.options.offers;
    if (text !== this.state.offers) this.patch({ offers: text });
  }

  /** The times of an agent have changed, or it is gone. */
  private reckon(id: string, card = emptyCard(''), before?: AgentCard): void {
    const now = new Date();
    this.options.offers.update(this.state.agents ?? [], (answered) =>
      withSchedule(answered, id, card, before, now),
    );
    this.followOffers();
  }

  async remove(id: string): Promise<void> {
    await this.open();
    if (this.state.indexing?.agentId === id) this.stopIndexing();
    if (this.state.embedding?.agentId === id) await this.stopEmbedding();
    this.show((this.state.agents ?? []).filter((agent) => agent.id !== id));
    this.reckon(id);
    await this.write(() => this.options.db.remove(id));
  }

  async clear(): Promise<void> {
    this.stopIndexing();
    await this.stopEmbedding();
    this.options.knowledge.close();
    this.replace({ ...NO_AGENTS, agents: [] });
    await this.attempt(() => this.options.db.clear());
  }

  call(chatId: string, agent: ChatAgent | null): void {
    const { [chatId]: _, ...others } = this.state.called;
    this.patch({ called: agent ? { ...others, [chatId]: agent } : others });
  }

  /** An agent's file; undefined for an agent that is gone. */
  async fileOf(id: string): Promise<AgentFile | undefined> {
    const agent = await this.find(id);
    return agent && agentFile(agent, this.options);
  }

  async export(id: string): Promise<void> {
    try {
      const file = await this.fileOf(id);
      if (file) this.options.saveFile(file.blob, file.name);
    } catch (error) {
      this.fail(error);
    }
  }

  /** All agents of the user as files in one zip; undefined without any. */
  async allInOne(): Promise<Blob | undefined> {
    await this.open();
    return zipOfAgents(this.state.agents ?? [], this.options);
  }

  async import(files: readonly File[]): Promise<void> {
    await this.open();
    this.patch({ agentError: null });
    for (const file of files) {
      try {
        for await (const one of agentFilesIn(file)) await this.review(one);
      } catch (error) {
        this.fail(error);
      }
    }
  }

  private async review(file: File): Promise<void> {
    const { card, functions, knowledge, portrait } = await readAgentFile(file, (one) =>
      this.options.knowledge.readAgent(one),
    );
    const review: AgentReview = {
      ...{ source: file.name, card, ...(await this.functionsOf(functions, file.name)) },
      ...(knowledge && { knowledge }),
      ...(portrait && { portrait }),
    };
    this.patch({ agentReviews: [...this.state.agentReviews, review] });
  }

  async keepReview(functions: readonly string[], avatar?: string): Promise<string | undefined> {
    const [review] = this.state.agentReviews;
    if (!review) return undefined;
    const accepted = review.functions.filter(({ name }) => functions.includes(name));
    if (accepted.length > 0) await this.options.functions.keep(accepted);
    const card = { ...review.card, ...(avatar !== undefined && { avatar }) };
    const id = crypto.randomUUID();
    const { knowledge } = review;
    const agent: StoredAgent = { id, card, updatedAt: Date.now() };
    await this.put(knowledge ? { ...agent, knowledge } : agent);
    this.dropReview();
    if (knowledge) void this.embed();
    return id;
  }

  dropReview(): void {
    this.patch({ agentReviews: this.state.agentReviews.slice(1) });
  }

  dismissError(): void {
    this.patch({ agentError: null });
  }

  async addFiles(id: string, files: readonly File[]): Promise<void> {
    const named = namedFiles(files);
    if (!(await this.stored(id)) || this.running || named.length === 0) return;
    const { signal } = (this.running = new AbortController());
    await this.stopEmbedding();
    const progress: FileProgress[] = named.map(({ name }) => ({ name, status: 'waiting', fraction: 0 }));
    const show = (status: 'running' | 'done') =>
      this.patch({ indexing: { agentId: id, files: [...progress], status } });
    this.patch({ agentError: null });
    show('running');
    try {
      const add = async () => {
        const earlier = (await this.latest(id))?.knowledge;
        const { knowledge } = await this.options.knowledge.add(named, {
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
      this.patch({ indexing: null });
      if (!isAbort(error)) this.fail(error);
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
        const { knowledge } = (await this.latest(id)) ?? {};
        if (knowledge) await this.teach(id, await this.options.knowledge.remove(knowledge, [name]));
      });
    } catch (error) {
      this.fail(error);
    }
    if (isEmbedding) void this.embed();
  }

  embed(): Promise<void> {
    if (this.embeds) return this.embeds.ended;
    const embedder = this.options.embedder();
    if (!embedder || this.running) return Promise.resolve();
    const stop = new AbortController();
    const ended = this.embedAll(embedder, stop.signal)
      .catch((error: unknown) => {
        if (!isAbort(error)) this.patch({ embedError: toWireError(error) });
      })
      .finally(() => {
        this.embeds = undefined;
        this.patch({ embedding: null });
      });
    this.embeds = { stop, ended };
    return ended;
  }

  async stopEmbedding(): Promise<void> {
    this.embeds?.stop.abort(new DOMException('Stopped', 'AbortError'));
    await this.embeds?.ended;
  }

  private async embedAll(embedder: Embedder, signal: AbortSignal): Promise<void> {
    await this.open();
    this.patch({ embedError: null });
    const ids = (this.state.agents ?? []).map(({ id }) => id);
    for (const agentId of ids) {
      const [started, begun] = [performance.now(), readBy(embedder, await this.stored(agentId))];
      /** @returns whether there may be more */
      const step = async (): Promise<boolean> => {
        const { knowledge } = (await this.latest(agentId)) ?? {};
        if (!knowledge || signal.aborted) return false;
        const before = readBy(embedder, { knowledge });
        if (before === knowledge.summary.chunks) return false;
        const read = await this.options.knowledge.embed(knowledge, embedder, {
          ...{ signal, most: KEPT_EVERY },
          onProgress: (done, total) => {
            const [made, ms] = [done - begun, performance.now() - started];
            const secondsLeft = made > 0 ? (ms * (total - done)) / made / 1000 : null;
            this.patch({ embedding: { agentId, done, total, secondsLeft } });
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
    const { knowledge } = (await this.stored(id)) ?? {};
    if (!knowledge) return { total: 0, chunks: [] };
    return this.options.knowledge.chunks(knowledge, { file, from });
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
    const { knowledge } = (await this.stored(id)) ?? {};
    if (!knowledge) return { passages: [], wordsOnly: false };
    const find = (embedder?: Embedder) =>
      this.options.knowledge.find(knowledge, question, { limit, embedder });
    const embedder = this.options.embedder();
    if (!embedder || readBy(embedder, { knowledge }) === 0)
      return { passages: await find(), wordsOnly: false };
    try {
      const passages = await find(embedder);
      if (this.state.embedError) this.patch({ embedError: null });
      return { passages, wordsOnly: false };
    } catch (error) {
      this.patch({ embedError: toWireError(error) });
      return { passages: await find(), wordsOnly: true };
    }
  }

  /** A base as one text of the system turn. */
  async whole(card: AgentCard, knowledge: StoredKnowledge): Promise<string> {
    return `${wholeHead(card)}\n\n${await this.options.knowledge.whole(knowledge)}`;
  }

  /** The passages; without any, the first of the base. */
  async orFirst(passages: readonly Passage[], knowledge: StoredKnowledge): Promise<readonly Passage[]> {
    if (passages.length > 0) return passages;
    const { chunks } = await this.options.knowledge.chunks(knowledge, { limit: 1 });
    return chunks.map(({ file, page, text }) => ({
      ...{ file, score: 0, text },
      ...(page !== undefined && { page }),
    }));
  }

  private async stored(id: string): Promise<StoredAgent | undefined> {
    await this.open();
    return this.state.agents?.find((agent) => agent.id === id);
  }

  /** As the database has it: another tab may have changed it since. What could not be written stays as it is here. */
  private async latest(id: string): Promise<StoredAgent | undefined> {
    const mine = await this.stored(id);
    const kept = await this.listed().then(
      (all) => all.find((agent) => agent.id === id),
      () => undefined,
    );
    if (!kept || (mine && kept.updatedAt < mine.updatedAt)) return mine;
    this.show([kept, ...(this.state.agents ?? []).filter((agent) => agent.id !== id)]);
    return kept;
  }

  private async teach(id: string, base: StoredKnowledge): Promise<void> {
    const agent = await this.stored(id);
    if (!agent) return;
    const { knowledge: _, ...bare } = agent;
    const hasFiles = base.summary.files.length > 0;
    await this.put({
      ...bare,
      updatedAt: agent.knowledge?.summary.chunks === base.summary.chunks ? agent.updatedAt : Date.now(),
      ...(hasFiles && { knowledge: base }),
    });
  }

  private async put(agent: StoredAgent): Promise<void> {
    const { agents } = this.state;
    const before = agents?.find(({ id }) => id === agent.id);
    this.show([agent, ...(agents ?? []).filter((one) => one !== before)]);
    this.reckon(agent.id, agent.card, before?.card);
    await this.write(() => this.options.db.save(agent));
  }

  private show(agents: readonly StoredAgent[]): void {
    this.patch({ agents: [...agents].sort((a, b) => b.updatedAt - a.updatedAt) });
    const { offers } = this.options;
    if (!offers.text && agents.some(({ card }) => card.schedule)) offers.update(agents); // its storage was cleared
    this.followOffers();
  }

  private fail(error: unknown): void {
    const wire = toWireError(error);
    this.patch({
      agentError: wire.code === 'bug' && !(error instanceof AppError) ? unkept(wire.message) : wire,
    });
  }

  private async functionsOf(
    json: string | undefined,
    source: string,
  ): Promise<Pick<AgentReview, 'functions' | 'functionFault'>> {
    if (json === undefined) return { functions: [] };
    try {
      return { functions: await this.options.functions.read(json, source) };
    } catch (error) {
      return { functions: [], functionFault: toWireError(error) };
    }
  }

  /** What the database has. A list that was read while this tab wrote may lack that, and is read again. */
  private async listed(): Promise<StoredAgent[]> {
    for (;;) {
      const { writes } = this;
      const all = await this.options.db.list();
      if (writes === this.writes) return all;
    }
  }

  private async write(work: () => Promise<unknown>): Promise<void> {
    this.writes++;
    await this.attempt(work);
    this.writes++;
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    await work().catch((error: unknown) => this.fail(error));
  }
}

/** How many passages of an agent this model has read. */
const readBy = ({ model }: Embedder, agent: Pick<StoredAgent, 'knowledge'> | undefined): number => {
  const vectors = agent?.knowledge?.summary.vectors;
  return vectors?.model === model ? vectors.chunks : 0;
};

/** A failure of the database, in the words of the page. */
const unkept = (message: string) => ({ code: 'storage-unavailable' as const, message, details: {} });
