// A store over a scripted engine, for the tests of this room.
import type { CallOptions, EngineClient, Healing } from '../client/engineClient';
import type { CallName, EngineCalls, Resident } from '../protocol/calls';
import type { GenerateEvent, GenerateRequest, GenerateSummary } from '../protocol/chat';
import type { CachedModel, ModelInfo, ModelSource, PartialImport } from '../protocol/models';
import type { SmallStorage } from './ports';
import type { AppShell, ShellState } from '../pwa/register';
import type { AppError } from '../shared/errors';
import { textOf } from '../shared/parts';
import { PartWriter } from '../shared/partWriter';
import type { StoredFunction } from '../tools/functions/definition';
import { keyOf, type StoredService } from './chats/saved/serviceDb';
import { ToolRegistry } from '../tools/registry';
import { createAppStore } from './appStore';
import type { DiskFiles } from './models/diskFiles';
import type { BackupPlace } from './chats/backupPlace';
import { memoryBackups, memoryDb } from './chats/fixtures/memoryDb';
import { Rescue } from './chats/rescue';
import type { AgentDb } from './chats/agents/agentDb';
import { inProcess } from '../knowledge/worker/inProcess';
import { Knowledge } from '../knowledge/worker/knowledge';
import { memoryAgents } from './chats/agents/memoryAgents';
import type { MemoryNote, NoteDb } from './chats/memory/noteDb';
import type { SavedPrompt } from './chats/saved/promptDb';
import type { Pages } from './chats/answers/brokenAnswers';
import type { Surroundings } from './chats/answers/slowness';
import type { StoredServer } from './page/serverDb';
import { importFile } from './chats/transfer/importFile';

export { memoryBackups, memoryDb };

export const NANO_URL = 'http://localhost/models/nano.gguf';

export const info = (id: string): ModelInfo => ({
  id,
  name: id,
  origin: id === 'nano' ? NANO_URL : `file:${id}`,
  architecture: 'chatglm',
  family: 'glm-4',
  numLayers: 2,
  hiddenSize: 64,
  vocabSize: 512,
  parameters: 1e6,
  contextTokens: 2048,
  trainedContextTokens: 512,
  packedBytes: 1e6,
  gpuBytes: 2e6,
  tools: true,
  sampling: { temperature: 0.5, topP: 0.8, topK: 0, minP: 0, repetitionPenalty: 1.1 },
  licence: { name: 'Apache-2.0', badge: '', url: '' },
  warnings: [],
});

export const summary = (reason: GenerateSummary['reason'], newTokens = 3): GenerateSummary => ({
  reason,
  promptTokens: 9,
  reusedTokens: 0,
  newTokens,
  prefillMs: 10,
  decodeMs: 30,
  contextUsed: 12,
  contextTokens: 512,
});

/** Text of a scripted answer, which reaches the store as part events. */
export interface ScriptedText {
  kind: 'text';
  text: string;
  tokens: number;
  contextUsed: number;
}

type ScriptOptions<K extends CallName> = K extends 'generate'
  ? { signal?: AbortSignal; onEvent?: (event: GenerateEvent | ScriptedText) => void }
  : CallOptions<K>;

export type Script = {
  [K in CallName]?: (
    args: EngineCalls[K]['args'],
    options: ScriptOptions<K>,
  ) => Promise<EngineCalls[K]['result']>;
};

/** Runs a script of `generate`; the text that it sends arrives as parts, as it does from the engine. */
async function writing(
  generate: NonNullable<Script['generate']>,
  request: GenerateRequest,
  options: CallOptions<'generate'>,
): Promise<GenerateSummary> {
  let figures = { tokens: 0, contextUsed: 0 };
  const onEvent = options.onEvent ?? (() => {});
  const begun = request.continue ? request.messages.at(-1)?.parts : [];
  const writer = new PartWriter({ onEvent, begun, figures: () => figures });
  const summary = await generate(request, {
    ...options,
    onEvent(event) {
      if (event.kind !== 'text') return onEvent(event);
      figures = { tokens: event.tokens, contextUsed: event.contextUsed };
      writer.write('text', event.text);
    },
  });
  writer.close(summary.reason !== 'stop');
  return summary;
}

/** The turns of a request, as role and text. */
export const sent = (request: GenerateRequest | undefined): [role: string, text: string][] =>
  (request?.messages ?? []).map((turn) => [turn.role, textOf(turn.parts)]);

/** A promise settled from outside. */
export function gate<T = void>() {
  let open!: (value: T) => void;
  let fail!: (reason: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => ([open, fail] = [resolve, reject]));
  return { promise, open, fail };
}

export const until = async (condition: () => boolean) => {
  for (let turn = 0; turn < 5000 && !condition(); turn++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  if (!condition()) throw new Error('It did not come to pass');
};

export interface SetUp {
  stored?: CachedModel[];
  partial?: PartialImport[];
  preferences?: object;
  /** What localStorage holds besides the preferences. */
  saved?: [key: string, value: string][];
  fetchJson?: (url: string, token?: string) => unknown;
  diskFiles?: Partial<DiskFiles>;
  surroundings?: Partial<Surroundings>;
  /** Shared with another store, as between tabs. */
  database?: ReturnType<typeof memoryDb>;
  /** In place of one that begins with `preferences` and `saved`. */
  localStorage?: SmallStorage;
  /** Pages of the same browser. */
  pages?: Pages;
  backupPlace?: BackupPlace;
  /** What the page may do about a missing part. */
  reloadRemedy?: Awaited<ReturnType<AppShell['canReload']>>;
  /** Default: none. */
  tools?: ToolRegistry;
  /** Shared with another store, as between visits. */
  agentDb?: AgentDb;
}

/** As the scripted engine calls what it loads. */
function idOf(source: ModelSource): string {
  if (source.kind === 'cached') return source.id;
  if (source.kind === 'url') return source.url === NANO_URL ? 'nano' : source.url;
  return source.kind === 'remote' ? source.origin : source.kind;
}

/** A store over a scripted engine, and what the two said to each other. */
export function setUp(
  script: Script = {},
  {
    stored = [],
    partial = [],
    preferences = {},
    saved: others = [],
    fetchJson = () => [],
    diskFiles = {},
    surroundings = {},
    database = memoryDb(),
    localStorage,
    pages,
    backupPlace = memoryBackups(),
    reloadRemedy = 'reload',
    tools = new ToolRegistry([]),
    agentDb = memoryAgents(),
  }: SetUp = {},
) {
  const savedFiles: { blob: Blob; fileName: string }[] = [];
  const requests: GenerateRequest[] = [];
  const loads: EngineCalls['load']['args'][] = [];
  const imports: EngineCalls['import']['args'][] = [];
  const lossListeners = new Set<(error: AppError) => void>();
  const calls: Script = {
    device: async () => ({
      vendor: 'test',
      architecture: '',
      description: '',
      software: true,
      features: [],
      limits: {},
    }),
    listModels: async () => stored,
    listPartial: async () => partial,
    forgetKept: async () => null,
    import: async ({ source }) => ({ id: idOf(source), name: idOf(source) }),
    load: async ({ source }) => info(idOf(source)),
    generate: async (_, { onEvent }) => {
      onEvent?.({ kind: 'text', text: 'Hello', tokens: 3, contextUsed: 12 });
      return summary('stop');
    },
    ...script,
  };
  const healingListeners = new Set<(healing: Healing | null) => void>();
  const residentListeners = new Set<(resident: Resident | null) => void>();
  const client: EngineClient = {
    async call(name, args, options = {}) {
      if (name === 'generate') {
        const { journal: _, ...request } = args as GenerateRequest; // every answer has one
        requests.push(request);
      }
      if (name === 'load') loads.push(args as EngineCalls['load']['args']);
      if (name === 'import') imports.push(args as EngineCalls['import']['args']);
      const run = calls[name];
      if (!run) throw new Error(`unexpected call: ${name}`);
      if (name !== 'generate') return run(args, options as never);
      return (await writing(
        calls.generate!,
        args as GenerateRequest,
        options as CallOptions<'generate'>,
      )) as never;
    },
    onDeviceLost(listener) {
      lossListeners.add(listener);
      return () => lossListeners.delete(listener);
    },
    onHealing(listener) {
      healingListeners.add(listener);
      return () => healingListeners.delete(listener);
    },
    onResident(listener) {
      residentListeners.add(listener);
      return () => residentListeners.delete(listener);
    },
    resident: async () => null,
    dispose() {},
  };
  const { records, drafts } = database;
  const saved = new Map([['glm-preferences', JSON.stringify(preferences)], ...others]);
  const savedPrompts: SavedPrompt[] = [];
  const savedNotes: MemoryNote[] = [];
  const savedFunctions = new Map<string, StoredFunction>();
  const savedServices = new Map<string, StoredService>();
  const savedServers = new Map<string, StoredServer>();
  let persistAsked = 0;
  const shellCalls: string[] = [];
  let tellShell: (state: ShellState) => void = () => {};
  const shell: AppShell = {
    subscribe: (listener) => void (tellShell = listener),
    update: () => void shellCalls.push('update'),
    canReload: async () => reloadRemedy,
    reloadOnce: () => void shellCalls.push('reload'),
    install: () => void shellCalls.push('install'),
  };
  const preferenceStorage = localStorage ?? {
    getItem: (key: string) => saved.get(key) ?? null,
    setItem: (key: string, value: string) => void saved.set(key, value),
  };
  const noteDb: NoteDb = {
    list: async () => savedNotes,
    save: async (note) => void savedNotes.push(note),
    remove: async (id) =>
      void savedNotes.splice(
        savedNotes.findIndex((one) => one.id === id),
        1,
      ),
    clear: async () => void savedNotes.splice(0),
  };
  const store = createAppStore({
    client,
    pages,
    tools,
    chatDb: database.open(),
    rescue: new Rescue(preferenceStorage),
    noteDb,
    promptDb: {
      list: async () => savedPrompts,
      save: async (prompt) => void savedPrompts.push(prompt),
      remove: async (id) =>
        void savedPrompts.splice(
          savedPrompts.findIndex((one) => one.id === id),
          1,
        ),
      clear: async () => void savedPrompts.splice(0),
    },
    functionDb: {
      list: async () => [...savedFunctions.values()],
      save: async (list) => list.forEach((one) => savedFunctions.set(one.name, one)),
      remove: async (name) => void savedFunctions.delete(name),
      clear: async () => savedFunctions.clear(),
    },
    serviceDb: {
      list: async () => [...savedServices.values()],
      save: async (service) => void savedServices.set(keyOf(service), service),
      remove: async (key) => void savedServices.delete(key),
      clear: async () => savedServices.clear(),
    },
    serverDb: {
      list: async () => [...savedServers.values()],
      read: async (id) => savedServers.get(id),
      save: async (server) => void savedServers.set(server.id, server),
      remove: async (id) => void savedServers.delete(id),
      clear: async () => savedServers.clear(),
    },
    agentDb,
    knowledge: new Knowledge(inProcess),
    preferenceStorage,
    backupPlace,
    clearSmallStorage: () => saved.clear(),
    nanoUrl: NANO_URL,
    storage: {
      estimate: async () => ({ usageBytes: 1e9, quotaBytes: 50e9 }),
      persisted: async () => persistAsked > 0,
      persist: async () => ++persistAsked > 0,
    },
    fetchJson: async (url, token) => fetchJson(url, token),
    saveFile: (blob, fileName) => void savedFiles.push({ blob, fileName }),
    importChats: (file) => importFile(database.open(), file),
    diskFiles: {
      readHandles: async (handles) => ({ name: handles[0].name, files: [], handles }),
      list: async () => [],
      remember: async () => 'record',
      open: async () => [],
      forget: async () => {},
      tie: async () => {},
      recordOf: async () => undefined,
      isGranted: async () => false,
      ...diskFiles,
    },
    shell,
    surroundings: {
      hiddenMs: () => 0,
      onBattery: async () => null,
      otherTabHoldsModel: async () => false,
      ...surroundings,
    },
  });
  const lose = (error: AppError) => lossListeners.forEach((listener) => listener(error));
  return {
    store,
    database,
    requests,
    loads,
    imports,
    records,
    drafts,
    lose,
    heal: (healing: Healing | null) => healingListeners.forEach((listener) => listener(healing)),
    changeElsewhere: (resident: Resident | null) =>
      residentListeners.forEach((listener) => listener(resident)),
    savedPreferences: () => JSON.parse(saved.get('glm-preferences') ?? '{}') as Record<string, unknown>,
    saved,
    savedFiles,
    savedPrompts,
    savedNotes,
    noteDb,
    savedServers,
    savedFunctions,
    savedServices,
    shellCalls,
    tellShell: (state: ShellState) => tellShell(state),
    persistAsked: () => persistAsked,
  };
}
