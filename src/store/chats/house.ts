// The house of chats: its objects, their states as one, and the commands that combine them.
import type { Background } from '../../agent/background';
import { fetchPart } from '../../shared/missingPart';
import type { EngineClient } from '../../client/engineClient';
import type { ToolRegistry } from '../../tools/registry';
import type { ChatsPorts } from '../ports';
import type { SmallStorage } from '../ports';
import { answererOf } from './answers/answerers';
import { BrokenAnswers, type Pages } from './answers/brokenAnswers';
import { Attachments } from './attachments';
import type { BackupPlace } from './backupPlace';
import { Backups } from './backups';
import { ChatBook } from './book';
import type { ChatDb } from './chatDb';
import { Drafts } from './drafts';
import { Finder } from './finder';
import { openAgentDb, type AgentDb } from './agents/agentDb';
import type { openAgents } from './agents/open';
import { AGENT_COMMANDS, OFFERS_KEY, type AgentCommands, type AgentsState } from './agents/types';
import type { Knowledge } from '../../knowledge/worker/knowledge';
import type { FunctionDb } from './saved/functionDb';
import { Functions } from './saved/functions';
import { Secrets } from './saved/secrets';
import type { ServiceDb } from './saved/serviceDb';
import { ServicesDoor } from './saved/servicesDoor';
import { toolkitCommands } from './saved/toolkitCommands';
import { Inspector } from './answers/inspector';
import type { PromptDb } from './saved/promptDb';
import { Prompts } from './saved/prompts';
import type { Rescue } from './rescue';
import { MemoryDoor } from './memory/memoryDoor';
import type { NoteDb } from './memory/noteDb';
import type { Surroundings } from './answers/slowness';
import type { ChatsCommands, ChatsState, KitState } from './state';
import type { Samples } from './samples/samples';
import { Titles } from './titles';
import { ToolDesk } from './answers/toolDesk';
import type { ImportResult } from './transfer/importFile';
import { holdsChats } from './transfer/sniffChats';
import { Transfers } from './transfers';
import { Turns } from './answers/turns';

/** What the house needs from outside. */
export interface ChatsOutside {
  client: EngineClient;
  background: Background;
  chatDb: ChatDb;
  rescue: Rescue;
  preferenceStorage: SmallStorage;
  /** Default: those of this browser. */
  pages?: Pages;
  backupPlace: BackupPlace;
  promptDb: PromptDb;
  noteDb?: NoteDb;
  functionDb: FunctionDb;
  serviceDb: ServiceDb;
  /** Default: that of this browser. */
  agentDb?: AgentDb;
  knowledge?: Knowledge;
  saveFile: (blob: Blob, fileName: string) => void;
  /** Reads a file and adds its chats to the database. @throws AppError when none can be read */
  importChats: (file: File) => Promise<ImportResult>;
  surroundings: Surroundings;
  tools: ToolRegistry;
}

export interface ChatsHouse {
  book: ChatBook;
  turns: Turns;
  /** The state at the start; afterwards `subscribe` tells what changed. */
  initial: ChatsState;
  subscribe(listener: (change: Partial<ChatsState>) => void): void;
  /** Settles once chats, functions, services and backups have been read, or cannot be. */
  whenRead(): Promise<unknown>;
}

/** Exported agents: one, or all of them in a zip. */
const AGENTS = /\.glmagent$|^glm-agents.*\.zip$/i;

/** How the reader is called in Markdown, unless the page has a word for it. */
const YOU = 'You';

export function openChats(outside: ChatsOutside, ports: ChatsPorts): ChatsHouse {
  const { client, background, chatDb, promptDb, saveFile, importChats, surroundings } = outside;
  const { page } = ports;
  const book = new ChatBook({
    chatDb,
    systemPrompt: () => ports.answering.systemPrompt(),
    rescue: outside.rescue,
    onGone: () => page.notify({ code: 'chat-deleted', message: '', details: {} }),
    makeRoom: () => client.call('forgetKept', {}),
  });
  const { outbox } = book;
  const answerers = answererOf(client, ports);
  const broken = new BrokenAnswers(outside.preferenceStorage, outside.pages);
  const tools = new ToolDesk({ registry: outside.tools, book, ports });
  const { serviceDb } = outside;
  const secrets = new Secrets(serviceDb);
  const functions = new Functions({
    ...{ db: outside.functionDb, registry: outside.tools, tools, secrets, saveFile },
  });
  const services = new ServicesDoor({ ...{ db: serviceDb, secrets }, onEntries: () => offerOthers() });
  let known: AgentsState = {
    ...{ agents: null, agentError: null, agentReviews: [], called: {}, indexing: null },
    ...{ embedding: null, embedError: null, offers: outside.preferenceStorage.getItem(OFFERS_KEY) },
  };
  const { agentDb = openAgentDb() } = outside;
  let tellAgents = () => {};
  let openingAgents: Promise<ReturnType<typeof openAgents>> | undefined;
  const agents = (): NonNullable<typeof openingAgents> =>
    (openingAgents ??= fetchPart(() => import('./agents/open')).then(({ openAgents }) =>
      openAgents({
        ...{
          db: agentDb,
          knowledge: outside.knowledge,
          book,
          functions,
          storage: outside.preferenceStorage,
          client,
          background,
          turns: {
            isAnswering: () => turns.state.turn !== null,
            subscribe: (listener) => turns.subscribe(listener),
          },
          ports,
          saveFile,
        },
        onState(state) {
          known = state;
          tellAgents();
        },
      }),
    )).catch((error: unknown) => {
      openingAgents = undefined; // offline: the next use asks again
      throw error;
    });
  const memory = new MemoryDoor({
    ...{ storage: outside.preferenceStorage, noteDb: outside.noteDb, saveFile },
    agentOf: (chatId) => book.chat(chatId)?.agent?.id,
  });
  const offerOthers = () => functions.setOthers([...memory.entries, ...services.entries]);
  const turns: Turns = new Turns({
    ...{ client, answererOf: answerers, book, broken, tools, memory, surroundings, ports },
    asAgent: async (...asked) => (await agents()).asAgent(...asked),
  });
  const drafts = new Drafts(chatDb, book, outside.rescue);
  const attachments = new Attachments({ client, background, chatDb, book, drafts, turns, tools, ports });
  const prompts = new Prompts(promptDb, saveFile);
  const finder = new Finder(chatDb, book);
  const inspector = new Inspector({ background, answererOf: answerers, book, turns, tools, ports });
  const isBusy = () => inspector.state.inspection?.status === 'running' || attachments.isReadingPages;
  const titles = new Titles({ background, book, turns, ports, isBusy });
  const notes = async () => {
    const { noteJson } = await fetchPart(() => import('./memory/memory'));
    return (await (await memory.open()).all()).map(noteJson);
  };
  const transfers = new Transfers({
    ...{ book, saveFile, importChats, notes },
    // Their code is not loaded where there are none.
    agentsFile: async () =>
      openingAgents || (await agentDb.list()).length > 0 ? (await agents()).desk.allInOne() : undefined,
  });
  let samples: Promise<Samples> | undefined;

  const { backupPlace: place } = outside;
  const backups = new Backups({ place, transfers, turns, storage: ports.storage });
  const isOutdated = () => outbox.state.storageTrouble?.code === 'storage-outdated';
  // A newer version of the page takes the database: what is on screen is written while it still can be.
  chatDb.onOutdated(() => {
    turns.stop();
    commands.saveDrafts();
    outbox.noteOutdated();
  });

  chatDb.onBlocked(() => outbox.noteBlocked());

  const kit = (): KitState => ({ ...functions.state, ...secrets.state, ...services.state });

  async function clearChats(): Promise<void> {
    await book.clear();
    await turns.forgetKept();
  }

  const reading: Promise<unknown>[] = [];
  const noted = <T>(work: Promise<T>): Promise<T> => (reading.push(work), work);
  const commands: ChatsCommands = {
    async openChats() {
      // Before an answer is resumed that may call them.
      offerOthers();
      await noted(Promise.all([book.open(), functions.open(), services.open().catch(() => undefined)]));
      void turns.resumeBroken();
    },
    newChat() {
      page.closeChatList();
      book.newChat();
    },
    async openChat(id) {
      const found = await book.openChat(id);
      if (found) page.closeChatList();
      return found;
    },
    async deleteChat(id) {
      if (id === book.state.currentId) page.closeChatList();
      await book.deleteChat(id);
      await turns.forgetKept();
    },
    deleteMessage(id) {
      void book.deleteMessage(id).then(() => turns.forgetKept());
    },
    undoDelete: () => book.undoDelete(),
    forgetUndo: () => book.forgetUndo(),
    renameChat: (id, title) => book.rename(id, title, 'user'),
    pinChat: (id, pinned) => book.pin(id, pinned),
    setSystemPrompt: (text) => book.setSystemPrompt(text),
    setChatSettings: (settings) => book.setSettings(settings),
    setChatServer: (server) => book.setServer(server),
    showBranch: (id) => book.showBranch(id),
    clearChats,

    openDrafts: () => drafts.open(),
    setDraft: (text) => drafts.set(text),
    addToDraft: (text) => drafts.add(text),
    saveDrafts() {
      drafts.save();
      attachments.save();
    },

    openAttachments: () => attachments.open(),
    attachFiles: (files, options) => attachments.add(files, options),
    removeAttachment: (id) => attachments.remove(id),
    attachmentIntoDraft: (id) => attachments.intoDraft(id),
    clearAttachments: () => attachments.clear(),
    readPages: (id, task) => attachments.readPages(id, task),
    stopPages: (id) => attachments.stopPages(id),
    describePicture: (id, alt) => attachments.describe(id, alt),
    cutAttachment: (id) => attachments.cut(id),
    readAttachmentAs: (id, encoding) => attachments.readAs(id, encoding),
    measureDraft: () => attachments.measure(),

    openPrompts: () => prompts.open(),
    askForPrompt(id) {
      prompts.ask(id);
      if (id) page.openPrompts();
    },
    savePrompt: (prompt) => prompts.save(prompt),
    deletePrompt: (id) => prompts.delete(id),
    importPrompts: (file) => prompts.import(file),
    exportPrompts: () => prompts.export(),

    prepareSearch: () => finder.prepare(),
    searchChats: (query) => finder.find(query),
    async openMessage(chatId, messageId, query = '') {
      await finder.openMessage(chatId, messageId, query);
      page.closeChatList();
    },
    jumped: () => finder.jumped(),
    noteActivity: () => titles.noteActivity(),

    exportChat: (id, format, you = YOU) => transfers.exportChat(id, format, you),
    exportAll: (format, you = YOU) => transfers.exportAll(format, you),
    async importChats(file) {
      void ports.storage.persist(); // in the click: some browsers want one
      if (AGENTS.test(file.name)) await commands.agentDesk.import([file]);
      else await transfers.import(file);
    },
    async takeChatFiles(files) {
      const others: File[] = [];
      for (const file of files) {
        if (AGENTS.test(file.name)) await commands.agentDesk.import([file]);
        // A file that cannot be read belongs to the others: what opens those reports it.
        else if (await holdsChats(file).catch(() => false)) await transfers.import(file);
        else others.push(file);
      }
      return others;
    },
    dismissTransfer: () => transfers.dismiss(),
    openBackups: () => noted(backups.open()),
    backUp: () => backups.run(),
    chooseBackupFolder: () => backups.chooseFolder(),
    keepChats: () => backups.keepChats(),
    putOffBackup: () => backups.putOff(),
    wipe: (withModels) =>
      transfers.wipe(async () => {
        await clearChats();
        await prompts.deleteAll();
        await functions.deleteAll();
        if (openingAgents) await (await agents()).desk.clear();
        else await agentDb.clear().catch(() => undefined);
        await memory.clear().catch(() => undefined);
        offerOthers();
        await serviceDb.clear().catch(() => undefined);
        (await services.open()).clear();
        secrets.clear();
        await backups.clear();
        await ports.wipeRest(withModels);
        tools.refresh();
      }),

    send(text) {
      const content = text.trim();
      const files = attachments.current;
      if (turns.state.turn || isOutdated() || files.some(({ status }) => status === 'reading')) return false;
      if (!content && !files.some(({ document, picture }) => document ?? picture)) return false;
      const begun = drafts.current;
      drafts.set('');
      const { [book.state.currentId]: called } = known.called;
      turns.ask(attachments.take(), content, called);
      if (begun.trim() !== content) drafts.set(begun); // a suggestion was sent: what was being written stays
      if (called) void commands.agentDesk.call(null);
      return true;
    },
    regenerate(answerId) {
      if (!isOutdated()) turns.regenerate(answerId);
    },
    editQuestion: (id, text) => !isOutdated() && turns.edit(id, text),
    continueAnswer() {
      if (!isOutdated()) turns.continueAnswer();
    },
    async saveTurn() {
      const saved = turns.save();
      outbox.leave();
      await saved;
    },
    stop: () => turns.stop(),
    dismissTurnError: () => turns.dismissError(),
    answerWithoutOldest: () => turns.answerWithoutOldest(),
    dismissOverflow: () => turns.dismissOverflow(),

    answerTool: (decision) => tools.answer(decision),
    runCallAgain(messageId, callId, args) {
      if (!isOutdated()) turns.runCallAgain(messageId, callId, args);
    },
    setToolPermission: (tool, permission) => tools.setPermission(tool, permission),
    toolkit: toolkitCommands({ functions, secrets, services, tools, client }),

    // Each command loads their code first, and stays the same function: components select them.
    agentDesk: Object.fromEntries(
      AGENT_COMMANDS.map((name) => [
        name,
        async (...args: never[]) =>
          ((await agents()).commands[name] as (...all: never[]) => unknown)(...args),
      ]),
    ) as unknown as AgentCommands,

    memory: {
      isOn: () => memory.isOn,
      setOn(on) {
        memory.isOn = on;
        offerOthers();
      },
      open: () => memory.open(),
    },
    samples: () =>
      (samples ??= fetchPart(() => import('./samples/samples')).then(
        (code) => new code.Samples({ background, answererOf: answerers, book, turns }),
        (error: unknown) => {
          samples = undefined; // the next call asks again
          throw error;
        },
      )),
    openAbout(messageId) {
      inspector.open(messageId);
      page.openAbout();
    },
    inspect: () => inspector.inspect(),
    stopInspection: () => inspector.stop(),
  };

  return {
    book,
    turns,
    whenRead: () => Promise.allSettled(reading),
    initial: {
      ...book.state,
      ...outbox.state,
      ...drafts.state,
      ...attachments.state,
      ...prompts.state,
      ...finder.state,
      ...turns.state,
      ...tools.state,
      ...inspector.state,
      kit: kit(),
      agents: known,
      transfer: transfers.state,
      backup: backups.state,
      ...commands,
    },
    subscribe(listener) {
      for (const part of [book, outbox, drafts, attachments, prompts, finder, turns, tools, inspector]) {
        part.subscribe((state) => listener(state));
      }
      tellAgents = () => listener({ agents: known });
      for (const part of [functions, secrets, services]) part.subscribe(() => listener({ kit: kit() }));
      transfers.subscribe((transfer) => listener({ transfer }));
      backups.subscribe((backup) => listener({ backup }));
    },
  };
}
