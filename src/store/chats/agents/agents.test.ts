import { expect, test } from 'vitest';
import { emptyCard } from '../../../knowledge/agentFile/card';
import { AppError } from '../../../shared/errors';
import type { Chat } from '../types';
import type { CachedModel } from '../../../protocol/models';
import { gate, info, sent, setUp, summary, until, type Script } from '../../scriptedStore';
import { currentChat, shownMessages } from '../selectors';

const card = {
  ...emptyCard('Pool guide'),
  ...{ avatar: '🏊', instructions: 'You help visitors of the pool.', opening: 'Welcome!' },
  ...{ sampling: { temperature: 0.1, top_p: 0.6 }, tools: ['add'] },
};
const FILES = [
  new File(['# Opening hours\nThe pool opens at 6:30 and is closed on Tuesdays.'], 'pool.md'),
  new File(['# 票价\n成人票 18 元，学生票 9 元。'], '票价.md'),
];
const ADD = {
  ...{ name: 'add', description: 'Adds.', parameters: { type: 'object' } },
  js: '({ a, b }) => a + b',
};

async function ready(
  set = setUp({ load: async () => ({ ...info('big'), parameters: 9e9, contextTokens: 8192 }) }),
) {
  const state = set.store.getState;
  await state().desk.startModel();
  await until(() => state().model.status === 'ready');
  const ask = async (text: string) => {
    const before = set.requests.length;
    expect(state().send(text)).toBe(true);
    await until(() => set.requests.length > before && state().turn === null);
    return set.requests.at(-1)!;
  };
  return { ...set, state, ask };
}

async function withAgent() {
  const set = await ready();
  const { state } = set;
  const id = await state().agentDesk.save(card);
  await state().agentDesk.addFiles(id, FILES);
  expect(state().agents.indexing).toMatchObject({ status: 'done', agentId: id });
  return { ...set, id };
}

const lastQuestion = (chat: Chat) => chat.messages.findLast((one) => one.role === 'user')!;

test('a chat with an agent has its instructions and settings; passages go into the turn that asked', async () => {
  const { state, ask, id } = await withAgent();
  await state().agentDesk.chat(id);
  expect(currentChat(state())).toMatchObject({
    agent: { id, name: 'Pool guide', avatar: '🏊' },
    settings: { tools: ['add'], sampling: { temperature: 0.1, topP: 0.6 } },
  });
  const request = await ask('When does the pool open?');
  const [[, system], [, question]] = sent(request);
  expect(system).toMatch(
    /^You help visitors of the pool\.\n\nYou have greeted the user with: Welcome!\n\nPassages/,
  );
  expect(question).toBe(
    '# Passages\n【1†source】\nOpening hours\nThe pool opens at 6:30 and is closed on Tuesdays.\n\nWhen does the pool open?',
  );
  expect(request.sampling).toMatchObject({ temperature: 0.1, topP: 0.6 });
  expect(lastQuestion(currentChat(state()))).toMatchObject({ sought: { agent: 'Pool guide', found: 1 } });

  // A small base stands whole in the system turn.
  expect(system).toContain('[File Name]\n票价.md\n[File Content]\n票价\n成人票');
  expect(lastQuestion(currentChat(state()))).toMatchObject({ sought: { found: 1, whole: 2 } });

  // Another answer reads the same prompt; a later question is numbered on; the earlier turns stay as they were.
  state().regenerate();
  await until(() => state().turn === null);
  const second = sent(await ask('学生票多少钱？'));
  expect(second.slice(0, 2)).toEqual(sent(request).slice(0, 2));
  expect(second.at(-1)![1]).toMatch(/^# 资料\n【2†source】\n票价\n成人票/);
  expect(sent(await ask('Tell me a joke about quarks.')).at(-1)![1]).toBe('Tell me a joke about quarks.');
  expect(lastQuestion(currentChat(state()))).toMatchObject({ sought: { found: 0 } });
});

test('an agent that is called answers one question of another chat', async () => {
  const { state, ask, id } = await withAgent();
  await ask('hello');
  await state().agentDesk.call(id);
  expect(Object.values(state().agents.called)).toEqual([{ id, name: 'Pool guide', avatar: '🏊' }]);
  const called = sent(await ask('When does the pool open?'));
  expect(called[0][1]).toContain('visitors of the pool');
  expect(called.at(-1)![1]).toContain('6:30');
  expect(shownMessages(state()).at(-2)).toMatchObject({ agent: { id } });
  await until(() => Object.keys(state().agents.called).length === 0);
  expect(sent(await ask('thanks'))[0]).not.toEqual(called[0]);
});

test('a model of Nano’s size reads few short passages and no orders', async () => {
  const { state, ask } = await ready(setUp());
  const own = await state().agentDesk.save(card);
  await state().agentDesk.addFiles(own, FILES);
  await state().agentDesk.chat(own);
  const messages = sent(await ask('When does the pool open?'));
  expect(messages).toHaveLength(1);
  expect(messages[0][1]).toMatch(/^# Passages\n【1†source】\nOpening hours/);
});

test('an exported agent is shown whole before it is kept, and answers the same elsewhere', async () => {
  const { state, savedFiles, id } = await withAgent();
  await state().toolkit.saveSecret({ name: 'KEY', value: 'secret-value', origin: 'https://example.org' });
  await state().toolkit.keepFunctions([ADD]);
  state().setToolPermission('add', 'always');
  await state().agentDesk.export(id);
  const { blob, fileName } = savedFiles.at(-1)!;
  expect(fileName).toBe('Pool guide.glmagent');
  expect(await blob.text()).not.toContain('secret-value');

  const other = await ready();
  const there = other.state;
  await there().importChats(new File([blob], fileName));
  const [review] = there().agents.agentReviews;
  expect(review).toMatchObject({ source: fileName, card, functions: [ADD] });
  expect(review.knowledge?.summary.files.map(({ name }) => name)).toEqual(['pool.md', '票价.md']);
  expect(there().agents.agents).toEqual([]);
  const kept = (await there().agentDesk.keepReview(['add']))!;
  expect(there().agents.agentReviews).toEqual([]);
  expect(there().kit.functions).toMatchObject([ADD]);
  expect(there().tools.find(({ name }) => name === 'add')?.permission).toBe('ask');
  for (const question of ['When does the pool open?', '学生票多少钱？'])
    expect(await there().agentDesk.find(kept, question)).toEqual(await state().agentDesk.find(id, question));
  await there().agentDesk.import([new File(['{'], 'x.json')]);
  expect(there().agents.agentError).toMatchObject({ code: 'agent-unknown' });
});

test('everything that is exported or deleted has the agents', async () => {
  const { state, savedFiles, id, ask } = await withAgent();
  await state().agentDesk.chat(id);
  await ask('When does the pool open?');
  await state().exportAll('json');
  const [chats, agents] = savedFiles.slice(-2);
  expect(agents.fileName).toMatch(/^glm-agents-.*\.zip$/);
  const other = await ready();
  const there = other.state;
  await there().importChats(new File([agents.blob], agents.fileName));
  expect(there().agents.agentReviews.map(({ source }) => source)).toEqual(['Pool guide.glmagent']);
  await there().importChats(new File([chats.blob], chats.fileName));
  await there().openChat(currentChat(state()).id);
  expect(currentChat(there())).toEqual({ ...currentChat(state()), updatedAt: expect.any(Number) as number });
  await state().wipe(false);
  expect(state().agents.agents).toEqual([]);
});

test('an agent is tried beside its form; files are removed', async () => {
  const set = await ready(
    setUp({
      load: async () => ({ ...info('big'), parameters: 9e9 }),
      generate: async ({ messages }, { onEvent }) => {
        onEvent?.({ kind: 'text', text: `${messages.length} turns`, tokens: 2, contextUsed: 9 });
        return summary('stop');
      },
    }),
  );
  const { agentDesk } = set.state();
  const id = await agentDesk.save(card);
  await agentDesk.addFiles(id, FILES);
  const trial = { card, id, before: [], signal: new AbortController().signal, onText: () => {} };
  const first = await agentDesk.tryOut({ ...trial, question: 'When does the pool open?' });
  expect(first).toMatchObject({ answer: '2 turns', passages: [{ file: 'pool.md' }] });
  await agentDesk.removeFile(id, 'pool.md');
  expect(set.state().agents.agents?.[0].knowledge?.summary.files.map(({ name }) => name)).toEqual([
    '票价.md',
  ]);
  const second = await agentDesk.tryOut({ ...trial, before: [first!], question: 'When does the pool open?' });
  expect(second).toMatchObject({ answer: '4 turns', passages: [] });
  await expect(agentDesk.save({ ...card, name: '' })).rejects.toMatchObject({ code: 'agent-damaged' });
});

const E5: CachedModel = {
  ...{
    id: 'e5',
    name: 'e5',
    origin: 'file:e5',
    packedBytes: 1,
    sourceBytes: 1,
    importedAt: 1,
    embedder: true,
  },
};
/** Whether a text is about swimming, in any words. */
const meaning = (text: string) => (/pool|swim|dive/i.test(text) ? [1, 0] : [0.5, 0.8]);
const embed: Script['embed'] = async ({ texts }) => ({
  ...{ dimension: 2, vectors: Float32Array.from(texts.flatMap(meaning)) },
});
const vectorsOf = ({ state }: Awaited<ReturnType<typeof ready>>) =>
  state().agents.agents?.[0].knowledge?.summary.vectors;

test('an embedding model reads files once, gives way to an answer, and finds what is said in other words', async () => {
  const [held, seen] = [gate(), [] as string[]];
  const models: CachedModel[] = [];
  const set = await ready(
    setUp(
      {
        load: async () => ({ ...info('big'), parameters: 9e9, contextTokens: 8192 }),
        async embed(args, { signal }) {
          seen.push(...args.texts);
          if (args.kind === 'passage' && seen.length <= 2)
            await new Promise((_, reject) => {
              signal?.addEventListener('abort', () => reject(signal.reason as Error));
              held.open();
            });
          return embed(args, {});
        },
      },
      { stored: models },
    ),
  );
  const { state, ask } = set;
  const id = await state().agentDesk.save(card);
  await state().agentDesk.addFiles(id, FILES);
  expect(await state().agentDesk.find(id, 'Where can I dive?')).toEqual([]);
  models.push(E5);
  await state().desk.openEmbedder([new File(['x'], 'e5.gguf')]);
  const reading = state().agentDesk.embed();
  await held.promise;
  await ask('hello'); // the batch under way stops, and comes again after the answer
  await reading;
  expect(seen).toHaveLength(4);
  expect(vectorsOf(set)).toEqual({ model: 'e5', chunks: 2 });
  expect((await state().agentDesk.find(id, 'Where can I dive?'))[0].file).toBe('pool.md');
  await state().agentDesk.addFiles(id, [new File(['Diving is forbidden.'], 'dive.md')]);
  await until(() => vectorsOf(set)?.chunks === 3);
  expect(seen.at(-1)).toContain('Diving');
  expect(state().agents.embedding).toBeNull();
});

test('vectors travel with the agent; another model’s are of no use there; a failing model leaves the words', async () => {
  const load: Script['load'] = async () => ({ ...info('big'), parameters: 9e9, contextTokens: 8192 });
  const set = await ready(setUp({ load, embed }, { stored: [E5] }));
  const id = await set.state().agentDesk.save(card);
  await set.state().agentDesk.addFiles(id, FILES);
  await until(() => vectorsOf(set)?.chunks === 2);
  await set.state().agentDesk.export(id);
  const { blob, fileName } = set.savedFiles.at(-1)!;
  const importInto = async (script: Script, stored: CachedModel[]) => {
    const there = await ready(setUp({ load, ...script }, { stored }));
    await there.state().agentDesk.import([new File([blob], fileName)]);
    return { ...there, id: (await there.state().agentDesk.keepReview([]))! };
  };
  const same = await importInto({ embed }, [E5]);
  for (const question of ['Where can I dive?', '学生票多少钱？'])
    expect(await same.state().agentDesk.find(same.id, question)).toEqual(
      await set.state().agentDesk.find(id, question),
    );
  const without = await importInto({}, []);
  expect(await without.state().agentDesk.find(without.id, 'Where can I dive?')).toEqual([]);
  expect(vectorsOf(without)).toEqual({ model: 'e5', chunks: 2 });

  const broken = await importInto(
    { embed: () => Promise.reject(new AppError('cache-damaged', 'a shard is damaged')) },
    [E5],
  );
  await broken.state().agentDesk.chat(broken.id);
  await broken.ask('When does the pool open?');
  expect(lastQuestion(currentChat(broken.state()))).toMatchObject({ sought: { found: 1, wordsOnly: true } });
  expect(broken.state().agents.embedError).toMatchObject({ code: 'cache-damaged' });
});
