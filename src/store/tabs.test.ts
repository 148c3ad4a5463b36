// Two tabs: what one keeps or deletes, the other has or has no more.
import 'fake-indexeddb/auto';
import { expect, test, vi } from 'vitest';
import { emptyCard } from './agents';
import { ToolRegistry } from '../tools/registry';
import { openAgentDb } from './chats/agents/agentDb';
import { AgentDesk } from './chats/agents/desk';
import { Knowledge } from '../knowledge/worker/knowledge';
import { inProcess } from '../knowledge/worker/inProcess';
import { Offers } from './chats/agents/offers';
import { openNoteDb } from './chats/memory/noteDb';
import { Memory } from './chats/memory/memory';
import { openFunctionDb } from './chats/saved/functionDb';
import { Functions } from './chats/saved/functions';
import { openPromptDb } from './chats/saved/promptDb';
import { Prompts } from './chats/saved/prompts';
import { Secrets } from './chats/saved/secrets';
import { openServiceDb } from './chats/saved/serviceDb';
import { openServices } from './chats/saved/services';
import { openServerDb } from './page/serverDb';
import { Servers } from './page/servers';
import { until } from './scriptedStore';

test('each list follows what another tab writes and deletes', async () => {
  const nothing = () => undefined;
  const prompts = new Prompts(openPromptDb(), nothing);
  const memory = new Memory({ saveFile: nothing });
  const servers = new Servers(openServerDb());
  const serviceDb = openServiceDb();
  const secrets = new Secrets(serviceDb);
  const tools = { refresh: nothing } as never;
  const registry = new ToolRegistry([]);
  const functions = new Functions({ db: openFunctionDb(), registry, tools, secrets, saveFile: nothing });
  const agents = new AgentDesk({
    db: openAgentDb(),
    functions,
    offers: new Offers({ getItem: () => null, setItem: nothing }),
    knowledge: {} as never,
    embedder: () => undefined,
    saveFile: nothing,
  });
  for (const part of [prompts, memory, servers, functions, agents]) await part.open();
  await openServices({ db: serviceDb, secrets, offer: nothing, onState: nothing });
  const counts = () => [
    prompts.state.prompts.length,
    memory.state.notes.length,
    servers.state.list.length,
    functions.state.functions.length,
    agents.state.agents?.length,
    secrets.state.secrets.length,
  ];
  expect(counts()).toEqual([0, 0, 0, 0, 0, 0]);

  const other = {
    prompts: openPromptDb(),
    notes: openNoteDb(),
    servers: openServerDb(),
    functions: openFunctionDb(),
    agents: openAgentDb(),
    services: openServiceDb(),
  };
  await Promise.all([
    other.prompts.save({ id: 'p', title: 'T', text: 't', updatedAt: 1 }),
    other.notes.save({ id: 'n', text: 'note', createdAt: 1 }),
    other.servers.save({ id: 's', name: 'S', baseUrl: 'https://a.b', key: '', kind: 'other', models: [] }),
    other.functions.save([{ name: 'f', description: '', parameters: {}, js: '1', hash: '' }]),
    other.agents.save({ id: 'a', card: emptyCard('A'), updatedAt: 1 }),
    other.services.save({ kind: 'secret', name: 'K', value: 'the key', origin: 'https://a.b' }),
  ]);
  await until(() => counts().every((count) => count === 1));
  expect(await secrets.read(['K'])).toHaveLength(1);
  expect(registry.list.map(({ spec }) => spec.name)).toEqual(['f']);

  await Promise.all(Object.values(other).map((db) => db.clear()));
  await until(() => counts().every((count) => count === 0));
  expect([await secrets.read(['K']), registry.list]).toEqual([[], []]);
});

test('what one tab teaches an agent, the other finds; files of both are kept', async () => {
  // Node has no locks.
  const held = new Map<string, Promise<unknown>>();
  const request = (name: string, _: object, work: () => Promise<unknown>) => {
    const next = (held.get(name) ?? Promise.resolve()).then(work);
    held.set(
      name,
      next.catch(() => undefined),
    );
    return next;
  };
  vi.stubGlobal('navigator', { locks: { request } });
  const nothing = () => undefined;
  const tab = () =>
    new AgentDesk({
      ...{ db: openAgentDb(), functions: {} as never, knowledge: new Knowledge(inProcess) },
      offers: new Offers({ getItem: () => null, setItem: nothing }),
      ...{ embedder: () => undefined, saveFile: nothing },
    });
  const [a, b] = [tab(), tab()];
  const id = await a.save(emptyCard('Guide'));
  await b.open();
  const file = (text: string, name: string) => new File([text], name);
  await a.knowledge.addFiles(id, [file('The pool opens at 6:30.', 'pool.md')]);
  await until(() => b.state.agents?.[0].knowledge !== undefined);
  const found = async (desk: AgentDesk, question: string) =>
    (await desk.knowledge.passages(id, question, 3)).map((passage) => passage.file);
  expect(await found(b, 'When does the pool open?')).toEqual(['pool.md']);

  await Promise.all([
    a.knowledge.addFiles(id, [file('The library is closed on Mondays.', 'library.md')]),
    b.knowledge.addFiles(id, [file('The ferry costs 18 euros.', 'ferry.md')]),
  ]);
  await b.save({ ...emptyCard('Town guide') }, id);
  await a.knowledge.removeFile(id, 'pool.md');
  const filesOf = (desk: AgentDesk) =>
    desk.state.agents?.[0].knowledge?.summary.files.map(({ name }) => name).sort();
  await until(() => filesOf(b)?.join() === 'ferry.md,library.md');
  for (const desk of [a, b]) {
    expect(desk.state.agents).toMatchObject([{ id, card: { name: 'Town guide' } }]);
    expect(await found(desk, 'library ferry pool').then((files) => files.sort())).toEqual([
      ...['ferry.md', 'library.md'],
    ]);
  }
});
