// A small base stands whole before the turns: it is computed once, for every question and chat, and comes back from disk
// after a restart. Counted by the engine, with random weights; what is asked is the store's own.
import { expect } from 'vitest';
import { KvStore, BLOCK_TOKENS } from '../../../library/kvStore';
import type { GenerateRequest, GenerateSummary } from '../../../protocol/chat';
import { Engine } from '../../../runtime/engine';
import { emptyCard } from '../../../knowledge/agentFile/card';
import { gpuTest } from '../../../testing/gpuTest';
import { keepEverything } from '../../../testing/policies';
import { tinyModel } from '../../../testing/tinyModel';
import { memoryCache } from '../../../weights/stored/cache';
import { info, setUp, until } from '../../scriptedStore';

const CONTEXT = 4096;
const model = tinyModel({ architecture: 'chatglm', type: 'Q4_0', contextTokens: CONTEXT });
const notAborted = new AbortController().signal;
const kvStore = KvStore.open();

const kernels = { nibbles: 'f32', bytes: 'f32', prefill: 'f32' } as const;
const engine = new Engine({
  ...{ gpuApi: navigator.gpu, cache: memoryCache(), kernels, kvStore, policies: keepEverything },
});

/** The model with nothing in its cache, as after a start of the page. */
async function load(): Promise<void> {
  const files = [new File([model.bytes as Uint8Array<ArrayBuffer>], 'tiny.gguf')];
  await engine.load({ kind: 'files', files }, { contextTokens: CONTEXT }, () => {}, notAborted);
}

const RULES = Array.from({ length: 4 }, (_, n) => `Rule ${n + 1}: lane ${n} opens at ${n + 6}:30.`);

gpuTest('a base that stands whole is computed once, also across chats and restarts', async ({ gpu: _ }) => {
  await kvStore.clear();
  await load();
  const asked: { request: GenerateRequest; summary: GenerateSummary }[] = [];
  const { store } = setUp({
    load: async () => ({ ...info('big'), parameters: 9e9, contextTokens: CONTEXT }),
    async generate(request, { onEvent, signal = notAborted }) {
      const summary = await engine.generate(request, (event) => onEvent?.(event), signal);
      asked.push({ request, summary });
      return summary;
    },
  });
  const state = store.getState;
  await state().desk.startModel();
  await until(() => state().model.status === 'ready');
  state().setAnswering({ maxTokens: 4 });
  const id = await state().agentDesk.save({ ...emptyCard('Pool guide'), instructions: 'Guide people.' });
  await state().agentDesk.addFiles(id, [new File([RULES.join('\n\n')], 'rules.md')]);
  const ask = async (text: string) => {
    const before = asked.length;
    state().send(text);
    await until(() => asked.length > before && state().turn === null);
    const { request, summary } = asked[before];
    const [system] = request.messages;
    expect(system.role).toBe('system');
    const whole = await engine.countTokens({ messages: [system] });
    expect(whole).toBeGreaterThan(BLOCK_TOKENS);
    return { ...summary, whole };
  };

  await state().agentDesk.chat(id);
  const first = await ask('When does lane 1 open?');
  expect(first).toMatchObject({ reusedTokens: 0, prefilledTokens: first.promptTokens });
  const second = await ask('And when does lane 2 open, please?');
  expect(second.reusedTokens).toBeGreaterThanOrEqual(first.promptTokens - 2); // the last mark may join what was written

  await state().agentDesk.chat(id);
  const elsewhere = await ask('Which lane opens at 8:30?');
  // All but the marks that end a system turn and begin a question.
  expect(elsewhere.reusedTokens).toBeGreaterThanOrEqual(first.whole - 4);
  expect(elsewhere.prefilledTokens).toBeLessThan(elsewhere.promptTokens - first.whole + 5);

  await engine.rest();
  await load();
  await state().agentDesk.chat(id);
  const later = await ask('Which lane opens at 9:30?');
  const blocks = Math.floor(first.whole / BLOCK_TOKENS) * BLOCK_TOKENS;
  expect(later.reusedTokens).toBeGreaterThanOrEqual(blocks);
  expect(later.prefilledTokens).toBe(later.promptTokens - later.reusedTokens);
});
