// The whole engine on tiny random models.
import { expect } from 'vitest';
import type { GenerateEvent, SamplingParams, Turn } from '../protocol/chat';
import { addedText, user } from '../testing/chat';
import { expectClose } from '../testing/expectClose';
import { gpuTest } from '../testing/gpuTest';
import type { TinyModelSpec } from '../testing/tinyModel';
import { randomPrompt, tinyModel } from '../testing/tinyModel';
import { memoryCache } from '../weights/stored/cache';
import { Engine } from './engine';

const GREEDY: SamplingParams = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 };
const notAborted = new AbortController().signal;

const lost: string[] = [];
const kernels = { nibbles: 'f32', bytes: 'f32', prefill: 'f32' } as const; // prefill and decode agree to rounding
/** One engine for all tests: a device of its own would compile every kernel again. */
const engine = new Engine({
  gpuApi: navigator.gpu,
  cache: memoryCache(),
  kernels,
  onDeviceLost: ({ code }) => lost.push(code),
});

async function openTiny(spec: Partial<TinyModelSpec> = {}, contextTokens = 512) {
  const model = tinyModel({ architecture: 'chatglm', type: 'Q4_0', ...spec });
  const file = new File([model.bytes as Uint8Array<ArrayBuffer>], `${model.name}.gguf`);
  const { id } = await engine.load({ kind: 'files', files: [file] }, { contextTokens }, () => {}, notAborted);
  return { file, id, prompt: (n: number, seed = 1) => randomPrompt(model.shape, n, seed) };
}

const all = async (ids: number[]) => {
  const { all: logits } = await engine.logits({ ids, all: true }, notAborted);
  if (!logits) throw new Error('no logits');
  return logits;
};

for (const architecture of ['chatglm', 'glm4'] as const) {
  gpuTest(
    `${architecture}: chunked prefill equals token by token, at lengths that cross every edge`,
    async ({ gpu: _ }) => {
      const { prompt } = await openTiny({ architecture });
      const ids = prompt(150);
      await all(ids.slice(0, 1));
      const stepwise = new Map<number, Float32Array>();
      for (let n = 1; n <= ids.length; n++) {
        const logits = await all(ids.slice(0, n)); // one new token each: the rest is in the cache
        if ([2, 7, 8, 9, 31, 33, 64, 65, 127, 129, 150].includes(n)) stepwise.set(n, logits);
      }
      for (const [n, want] of stepwise) {
        await all(prompt(3, 99)); // another chat, so that nothing but the first tokens can be reused
        expectClose(await all(ids.slice(0, n)), want, { ofRms: 1e-3 });
      }
    },
  );
}

gpuTest('a file read in place gives the logits of its imported copy, bit for bit', async ({ gpu: _ }) => {
  for (const type of ['Q4_0', 'Q6_K'] as const) {
    const { file, id: copyId, prompt } = await openTiny({ type });
    const copied = await all(prompt(20));
    for (const load of ['first', 'second']) {
      const source = {
        kind: 'disk' as const,
        files: [file],
        ...(load === 'second' && { id: `disk-${copyId}` }),
      };
      const info = await engine.load(source, { contextTokens: 512 }, () => {}, notAborted);
      expect(info.id).toBe(`disk-${copyId}`);
      expect(await all(prompt(20))).toEqual(copied);
    }
  }
});

gpuTest('truncate and continue equals fresh', async ({ gpu: _ }) => {
  const { prompt } = await openTiny();
  const [ids, other] = [prompt(40), prompt(60, 7)];
  const forked = [...ids.slice(0, 25), ...other.slice(2, 30)];
  const fresh = await all(forked);
  await all(other);
  await all(ids);
  expectClose(await all(forked), fresh, { ofRms: 1e-3 }); // keeps 25 tokens of ids
});

gpuTest('greedy decoding equals the argmax of a prefill at every step', async ({ gpu: _ }) => {
  const { prompt } = await openTiny();
  const ids = prompt(20);
  const { greedy } = await engine.logits({ ids, greedy: 12 }, notAborted);
  for (let n = 0; n < greedy.length; n++) {
    const { top } = await engine.logits({ ids: [...ids, ...greedy.slice(0, n)] }, notAborted);
    if (top[0][1] - top[1][1] > 1e-3) expect(greedy[n]).toBe(top[0][0]);
  }
});

gpuTest('the next turn prefills its new tokens only; regenerating prefills none', async ({ gpu: _ }) => {
  await openTiny();
  const messages = [user('hello there')];
  const turn = async (turns: Turn[]) => {
    let answer = '';
    const onEvent = (event: GenerateEvent) => (answer += addedText(event));
    return {
      summary: await engine.generate(
        { messages: turns, sampling: GREEDY, maxTokens: 6 },
        onEvent,
        notAborted,
      ),
      answer,
    };
  };
  const first = await turn(messages);
  expect(first.summary.reusedTokens).toBe(0);
  const again = await turn(messages);
  expect(again.summary.reusedTokens).toBe(first.summary.promptTokens);
  expect(again.summary.prefilledTokens).toBe(0);
  expect(again.answer).toBe(first.answer);
});

gpuTest('the same seed gives the same text, another seed another', async ({ gpu: _ }) => {
  await openTiny();
  const messages = [user('hello')];
  const answer = async (seed: number) => {
    let text = '';
    const sampling = { ...GREEDY, temperature: 1, seed };
    await engine.generate({ messages, sampling, maxTokens: 16 }, (e) => (text += addedText(e)), notAborted);
    return text;
  };
  const [a, b, c] = [await answer(1), await answer(1), await answer(2)];
  expect(b).toBe(a);
  expect(c).not.toBe(a);
});

gpuTest('Stop keeps the text, ends at once and leaves the engine ready', async ({ gpu: _ }) => {
  await openTiny();
  const stop = new AbortController();
  let text = '';
  const messages = [user('go on')];
  const sampling = { ...GREEDY, temperature: 1 };
  const summary = await engine.generate({ messages, sampling, maxTokens: 400 }, (event) => {
    if (event.kind !== 'part-delta') return;
    text += event.text;
    if (event.tokens >= 5) stop.abort();
  }, stop.signal); // prettier-ignore
  expect(summary.reason).toBe('aborted');
  expect(summary.newTokens).toBeLessThan(10);
  expect(text.length).toBeGreaterThan(0);
  const next = await engine.generate({ messages, sampling: GREEDY, maxTokens: 3 }, () => {}, notAborted);
  expect(['length', 'stop']).toContain(next.reason);
});

gpuTest(
  'a full context ends the answer; a prompt beyond it is an error with both numbers',
  async ({ gpu: _ }) => {
    const { prompt } = await openTiny({}, 48);
    const { greedy } = await engine.logits({ ids: prompt(40), greedy: 100 }, notAborted);
    expect(greedy.length).toBe(9); // 8 more fit; the ninth is sampled but needs no place
    await expect(engine.logits({ ids: prompt(49) }, notAborted)).rejects.toMatchObject({
      code: 'context-full',
      details: { promptTokens: 49, contextTokens: 48 },
    });
  },
);

gpuTest('a lost device is reported, and loading again works', async ({ gpu: _ }) => {
  const { file, prompt } = await openTiny();
  const before = await all(prompt(9));
  engine.loseDevice();
  await expect.poll(() => lost).toEqual(['device-lost']);
  await expect(engine.logits({ ids: [1] }, notAborted)).rejects.toMatchObject({ code: 'no-model' });
  await engine.load({ kind: 'files', files: [file] }, { contextTokens: 512 }, () => {}, notAborted);
  expect(await all(prompt(9))).toEqual(before);
});

gpuTest(
  'an error outside any error scope costs the device, and loading again opens a new one',
  async ({ gpu: _ }) => {
    const { file, prompt } = await openTiny();
    const before = await all(prompt(9));
    lost.length = 0;
    const { device } = engine.residents.get('chat')!.gpu;
    device.queue.writeBuffer(
      device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ }),
      0,
      new Uint32Array(4),
    );
    await expect.poll(() => lost).toEqual(['device-lost']);
    await engine.load({ kind: 'files', files: [file] }, { contextTokens: 512 }, () => {}, notAborted);
    expect(await all(prompt(9))).toEqual(before);
  },
);

gpuTest(
  'a buffer outside any allocation that the GPU cannot hold is named with its size',
  async ({ gpu: _ }) => {
    await openTiny();
    const { gpu } = engine.residents.get('chat')!;
    gpu.createBuffer('too much', 2 ** 40);
    expect(await gpu.lost).toMatchObject({
      code: 'device-lost',
      details: { reason: 'out-of-memory', what: 'too much', neededBytes: 2 ** 40 },
    });
  },
);

gpuTest('a bad file leaves the loaded model usable', async ({ gpu: _ }) => {
  const { prompt } = await openTiny();
  const bad = new File(['<!doctype html>'], 'model.gguf');
  await expect(engine.load({ kind: 'files', files: [bad] }, {}, () => {}, notAborted)).rejects.toMatchObject({
    code: 'not-gguf',
  });
  expect((await engine.logits({ ids: prompt(5) }, notAborted)).top.length).toBe(20);
});

gpuTest('invalid ids are rejected with the name of the field', async ({ gpu: _ }) => {
  await openTiny();
  await expect(engine.logits({ ids: [1e9] }, notAborted)).rejects.toMatchObject({ code: 'bad-request' });
  await expect(engine.logits({ ids: [] }, notAborted)).rejects.toMatchObject({ code: 'bad-request' });
});

gpuTest('a second tab cannot open the same model; another model it can', async ({ gpu: _ }) => {
  const [first, second] = [1, 2].map(
    () => new Engine({ gpuApi: navigator.gpu, cache: memoryCache(), locks: navigator.locks, kernels }),
  );
  const files = (seed: number) => [
    new File(
      [tinyModel({ architecture: 'chatglm', type: 'Q4_0', seed }).bytes as Uint8Array<ArrayBuffer>],
      'a.gguf',
    ),
  ];
  const { id } = await first.load({ kind: 'files', files: files(1) }, {}, () => {}, notAborted);
  await expect(
    second.load({ kind: 'files', files: files(1) }, {}, () => {}, notAborted),
  ).rejects.toMatchObject({
    code: 'model-in-use',
    details: { id },
  });
  await second.load({ kind: 'files', files: files(2) }, {}, () => {}, notAborted);
  await first.unload();
  await second.load({ kind: 'files', files: files(1) }, {}, () => {}, notAborted);
  await second.unload();
});

gpuTest(
  'the benchmark times a turn, reuses the cache unless asked not to, and rejects invalid ids',
  async ({ gpu: _ }) => {
    await openTiny();
    const ids = Array.from({ length: 20 }, (_, i) => 3 + i);
    const first = await engine.benchTurn({ ids, newTokens: 4, fresh: true }, notAborted);
    expect(first.tokens).toEqual((await engine.logits({ ids, greedy: 4 }, notAborted)).greedy);
    expect(first).toMatchObject({ reusedTokens: 0, tokens: { length: 4 } });
    expect(Math.min(first.firstTokenMs, first.msPerToken ?? 0)).toBeGreaterThan(0);
    const next = [...ids, 5, 6];
    const turn = await engine.benchTurn({ ids: next, newTokens: 1, fresh: false }, notAborted);
    expect(turn).toMatchObject({ reusedTokens: 20, msPerToken: null });
    const again = await engine.benchTurn({ ids: next, newTokens: 1, fresh: true }, notAborted);
    expect(again).toMatchObject({ reusedTokens: 0, tokens: turn.tokens });
    const refused = (args: object) =>
      engine.benchTurn({ ids, newTokens: 1, fresh: true, ...args }, notAborted);
    await expect(refused({ ids: [1e9] })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(refused({ newTokens: 1e9 })).rejects.toMatchObject({ code: 'context-full' });
  },
);

gpuTest('a pass is timed kernel by kernel, and the chat after it is prefilled again', async ({ gpu: _ }) => {
  await openTiny();
  const ids = [3, 4, 5, 6, 7];
  const before = (await engine.logits({ ids, greedy: 3 }, notAborted)).greedy;
  const fractions: number[] = [];
  const pass = await engine.benchPass(
    { numTokens: 1, length: 40 },
    (fraction) => fractions.push(fraction),
    notAborted,
  );
  expect(pass.kernels.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['attn.qkv', 'ffn.down', 'head', 'argmax', 'argmax.finish']),
  );
  expect(pass.kernels.every(({ ms }) => ms > 0)).toBe(true);
  expect(pass.dispatches).toBe(pass.kernels.reduce((sum, { dispatches }) => sum + dispatches, 0));
  expect(fractions.at(-1)).toBe(1);
  await expect(
    engine.benchPass({ numTokens: 1, length: 1e9 }, () => undefined, notAborted),
  ).rejects.toMatchObject({
    code: 'context-full',
  });
  expect((await engine.logits({ ids, greedy: 3 }, notAborted)).greedy).toEqual(before);
});
