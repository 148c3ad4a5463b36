// The agents' part of the house of chats, in a chunk of its own: its objects, and the commands that join them to chats.
import { systemText } from '../../../agents/agent';
import type { Background } from '../../../agent/background';
import type { ChatsPorts, SmallStorage } from '../../ports';
import type { EngineClient } from '../../../client/engineClient';
import type { ChatBook } from '../book';
import type { Functions } from '../saved/functions';
import { Knowledge } from '../../../knowledge/worker/knowledge';
import type { AgentDb } from './agentDb';
import { AgentDesk, chatAgent } from './desk';
import { Offers } from './offers';
import { openEmbedder, type EmbedderParts } from './embedder';
import { tryOut } from './trial';
import { agentSettings, asAgent } from './turn';
import { OFFERS_KEY, type AgentCommands, type AgentsState } from './types';

export interface AgentsOutside {
  db: AgentDb;
  knowledge?: Knowledge;
  book: ChatBook;
  functions: Functions;
  storage: SmallStorage;
  client: EngineClient;
  background: Background;
  turns: EmbedderParts['turns'];
  ports: ChatsPorts;
  saveFile: (blob: Blob, fileName: string) => void;
  onState: (state: AgentsState) => void;
}

const PASSAGES_SHOWN = 8;

export function openAgents({
  db,
  knowledge = new Knowledge(),
  book,
  functions,
  storage,
  client,
  background,
  turns,
  ports,
  saveFile,
  onState,
}: AgentsOutside) {
  const embedder = () => openEmbedder({ client, background, turns, model: () => ports.model.embedder() });
  const desk = new AgentDesk({ db, functions, offers: new Offers(storage), knowledge, embedder, saveFile });
  desk.subscribe(onState);
  globalThis.addEventListener?.('storage', ({ key }: StorageEvent) => {
    if (key === OFFERS_KEY) desk.followOffers(); // another tab has answered one
  });

  /** The current chat, which is empty, is with an agent from now on. */
  async function bind(id: string): Promise<void> {
    const agent = await desk.find(id);
    if (!agent) return;
    book.setAgent(chatAgent(id, agent.card));
    book.setSystemPrompt(systemText(agent.card, agent.knowledge !== undefined));
    book.setSettings(agentSettings(agent.card, ports.answering.settings(undefined)));
  }

  const commands: AgentCommands = {
    open: () => desk.open(),
    save: (card, id) => desk.save(card, id),
    remove: (id) => desk.remove(id),
    async answerStarter(id, time) {
      await desk.open();
      return desk.answerStarter(id, time);
    },
    async chat(id) {
      ports.page.closeChatList();
      book.newChat();
      await bind(id);
    },
    async call(id) {
      const { current } = book;
      if (id !== null && current.messages.length === 0) return bind(id);
      const agent = id === null ? undefined : await desk.find(id);
      desk.call(current.id, agent ? chatAgent(agent.id, agent.card) : null);
    },
    export: (id) => desk.export(id),
    import: (files) => desk.import(files),
    keepReview: (names, avatar) => desk.keepReview(names, avatar),
    dropReview: () => desk.dropReview(),
    dismissError: () => desk.dismissError(),
    addFiles: (id, files) => desk.knowledge.addFiles(id, files),
    stopIndexing: () => desk.knowledge.stopIndexing(),
    embed: () => desk.knowledge.embed(),
    stopEmbedding: () => desk.knowledge.stopEmbedding(),
    removeFile: (id, name) => desk.knowledge.removeFile(id, name),
    chunks: (id, file, from) => desk.knowledge.chunks(id, file, from),
    find: (id, question) => desk.knowledge.passages(id, question, PASSAGES_SHOWN),
    tryOut: (trial) => tryOut(trial, { desk, background, ports }),
  };
  return {
    desk,
    commands,
    asAgent: (...asked: [chat: Parameters<typeof asAgent>[1], question: Parameters<typeof asAgent>[2]]) =>
      asAgent({ desk, book, ports }, ...asked),
  };
}
