// The agents of the user: kept, imported, exported. Its code comes with the first use.
import { cardFault, type StoredAgent } from '../../../agents/agent';
import { agentOfGallery } from '../../../agents/gallery/gallery';
import { isPicture } from '../../../agents/picture';
import { agentFilesIn, readAgentFile } from '../../../agents/readAgentFile';
import { withSchedule } from '../../../agents/schedule';
import { damaged } from '../../../knowledge/agentFile/zip';
import { emptyCard, type AgentCard, type StarterTime } from '../../../knowledge/agentFile/card';
import type { Embedder, Knowledge } from '../../../knowledge/worker/knowledge';
import { AppError, toWireError } from '../../../shared/errors';
import { Observable } from '../../observable';
import type { Functions } from '../saved/functions';
import type { ChatAgent } from '../types';
import type { AgentDb } from './agentDb';
import { agentFile, zipOfAgents, type AgentFile } from './agentFiles';
import { AgentKnowledge } from './agentKnowledge';
import type { Offers } from './offers';
import type { AgentReview, AgentsState } from './types';

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

/** An agent as chats and questions remember it: a picture is too large for that. */
export const chatAgent = (id: string, { name, avatar }: AgentCard): ChatAgent => ({
  ...{ id, name },
  ...(avatar !== undefined && !isPicture(avatar) && { avatar }),
});

export class AgentDesk extends Observable<AgentsState> {
  /** Counts beginnings and ends of writes. */
  private writes = 0;
  private opening: Promise<void> | undefined;
  /** What the agents know. */
  readonly knowledge: AgentKnowledge;

  constructor(private readonly options: AgentDeskOptions) {
    super({ ...NO_AGENTS, offers: options.offers.text });
    this.knowledge = new AgentKnowledge({
      ...options,
      ids: async () => {
        await this.open();
        return (this.state.agents ?? []).map(({ id }) => id);
      },
      stored: (id) => this.stored(id),
      latest: (id) => this.latest(id),
      put: (agent) => this.put(agent),
      patch: (change) => this.patch(change),
      fail: (error) => this.fail(error),
    });
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
    if (this.state.indexing?.agentId === id) this.knowledge.stopIndexing();
    if (this.state.embedding?.agentId === id) await this.knowledge.stopEmbedding();
    this.show((this.state.agents ?? []).filter((agent) => agent.id !== id));
    this.reckon(id);
    await this.write(() => this.options.db.remove(id));
  }

  async clear(): Promise<void> {
    this.knowledge.stopIndexing();
    await this.knowledge.stopEmbedding();
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
    if (knowledge) void this.knowledge.embed();
    return id;
  }

  dropReview(): void {
    this.patch({ agentReviews: this.state.agentReviews.slice(1) });
  }

  dismissError(): void {
    this.patch({ agentError: null });
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

/** A failure of the database, in the words of the page. */
const unkept = (message: string) => ({ code: 'storage-unavailable' as const, message, details: {} });
