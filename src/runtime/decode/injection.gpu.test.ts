// Embedded rows in a prompt: exactly as the tokens they are rows of, reused by their digest, whatever the chunks.
import { expect } from 'vitest';
import { Program } from '../../gpu/program';
import { embedTokens } from '../../kernels/embed';
import { BLOCK_TOKENS, KvStore } from '../../library/kvStore';
import type { SamplingParams } from '../../protocol/chat';
import { expectClose } from '../../testing/expectClose';
import { gpuTest } from '../../testing/gpuTest';
import { fixedChunks, keepEverything, keepNothing } from '../../testing/policies';
import { seeded } from '../../testing/random';
import { randomPrompt, tinyModel } from '../../testing/tinyModel';
import { memoryCache } from '../../weights/stored/cache';
import { Engine } from '../engine';
import type { EmbeddedSpan } from '../kv/embeddedSpan';
import { embeddedIds } from '../kv/embeddedSpan';
import type { Policies } from '../policies';
import type { Session } from './session';

const GREEDY: SamplingParams = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 };
const notAborted = new AbortController().signal;
const model = tinyModel({ architecture: 'chatglm', type: 'Q4_0' });
const D = model.shape.hiddenSize;
const START = 9;
const ROWS = 37;
const text = (n: number, seed = 1) => randomPrompt(model.shape, n, seed);

const standard: Partial<Policies> = { ...fixedChunks(64), ...keepEverything };
/** Changed by the tests; the engine reads them when it loads a model. */
let policies = standard;
const kvStore = KvStore.open(); // the browser's IndexedDB
const environment = {
  gpuApi: navigator.gpu,
  cache: memoryCache(),
  kvStore,
  kernels: { nibbles: 'f32', bytes: 'f32', prefill: 'f32' } as const, // a pass over several tokens rounds like one over one
  get policies() {
    return policies;
  },
};
const engine = new Engine(environment);

async function load(chosen: Partial<Policies> = {}): Promise<Session> {
  policies = { ...standard, ...chosen };
  const files = [new File([model.bytes as Uint8Array<ArrayBuffer>], 'tiny.gguf')];
  await engine.load({ kind: 'files', files }, { contextTokens: 512 }, () => {}, notAborted);
  return loaded().session;
}

function loaded() {
  const chat = engine.residents.get('chat');
  if (!chat) throw new Error('no model');
  return chat;
}

/** The embedding rows of tokens, as the model's own kernel reads them. */
async function rowsOf(ids: number[]): Promise<Float32Array<ArrayBuffer>> {
  const { weights, gpu } = loaded();
  const y = gpu.createTensor('rows', [ids.length, D]);
  const tokens = gpu.createTensor('ids', [ids.length], 'u32');
  gpu.write(tokens, Uint32Array.from(ids));
  const table = weights.matrix('token_embd.weight');
  const program = Program.record(gpu, 'rows', (pass) =>
    embedTokens(pass, { tokens, numTokens: ids.length, table, y }),
  );
  gpu.submit([await program.prepare()]);
  const rows = new Float32Array(await gpu.read(y));
  program.destroy();
  for (const { buffer } of [y, tokens]) gpu.destroyBuffer(buffer);
  return rows;
}

interface Image {
  ids: number[];
  embedded: EmbeddedSpan[];
  /** Times that its rows were asked for. */
  loads: () => number;
}

/** A prompt with an image of 37 rows at START. */
function withImage(
  before: number[],
  rows: Float32Array<ArrayBuffer>,
  after: number[],
  digest: string,
): Image {
  let loads = 0;
  const content = { digest, length: rows.length / D };
  const span: EmbeddedSpan = {
    ...content,
    start: before.length,
    load: () => {
      loads++;
      return Promise.resolve(rows);
    },
  };
  return { ids: [...before, ...embeddedIds(content), ...after], embedded: [span], loads: () => loads };
}

const randomRows = (seed: number) => seeded(seed).normal(ROWS * D) as Float32Array<ArrayBuffer>;
const question = text(16, 5).slice(2);

async function logits(session: Session, { ids, embedded }: Pick<Image, 'ids' | 'embedded'>) {
  const result = await session.prefill(ids, { embedded });
  return { ...result, logits: await session.logits() };
}

async function greedy(session: Session, count: number): Promise<number[]> {
  const ids: number[] = [];
  for await (const id of session.decode(GREEDY)) {
    ids.push(id);
    if (ids.length === count) break;
  }
  return ids;
}

gpuTest.for([1, 3, 9, 16, 46, 64])(
  'rows of known tokens equal these tokens, bit for bit, in chunks of %d',
  async (chunk, { gpu: _ }) => {
    const session = await load({ ...fixedChunks(chunk), ...keepNothing });
    const ids = text(60);
    const plain = await logits(session, { ids, embedded: [] });
    const continued = await greedy(session, 10);
    session.truncate(0);
    const rows = await rowsOf(ids.slice(START, START + ROWS));
    const image = withImage(ids.slice(0, START), rows, ids.slice(START + ROWS), 'known');
    const injected = await logits(session, image);
    expect(injected.prefilledTokens).toBe(60);
    expect(injected.logits).toEqual(plain.logits);
    expect(await greedy(session, 10)).toEqual(continued);
    expect(image.loads()).toBe(1);
  },
);

gpuTest('chunks that cut an image anywhere give what one pass over all gives', async ({ gpu: _ }) => {
  const image = () => withImage(text(START), randomRows(1), question, 'one');
  const whole = (await logits(await load({ ...keepNothing }), image())).logits;
  for (const chunk of [1, 4, START, START + ROWS, 50]) {
    const session = await load({ ...fixedChunks(chunk), ...keepNothing });
    expectClose((await logits(session, image())).logits, whole, { ofRms: 1e-3 });
  }
  const session = await load({ ...keepNothing });
  const other = withImage(text(START), randomRows(2), question, 'two');
  const difference = (await logits(session, other)).logits.map((value, i) => Math.abs(value - whole[i]));
  expect(Math.max(...difference)).toBeGreaterThan(0.1); // the rows matter
});

gpuTest(
  'the same digest is reused whole, another of the same size is not, and parked images come back',
  async ({ gpu: _ }) => {
    const session = await load({ ...keepNothing });
    const [one, two] = [randomRows(1), randomRows(2)];
    const prompt = (rows: Float32Array<ArrayBuffer>, digest: string, after = question) =>
      withImage(text(START), rows, after, digest);
    const first = await logits(session, prompt(one, 'one'));
    expect(first).toMatchObject({ reusedTokens: 0, prefilledTokens: START + ROWS + question.length });

    const next = prompt(one, 'one', [...question, 7, 8]);
    expect(await logits(session, next)).toMatchObject({
      reusedTokens: first.prefilledTokens,
      prefilledTokens: 2,
    });
    expect(next.loads()).toBe(0);
    const otherQuestion = prompt(one, 'one', text(12, 6).slice(2));
    expect((await logits(session, otherQuestion)).reusedTokens).toBe(START + ROWS);
    expect(otherQuestion.loads()).toBe(0);

    const swapped = prompt(two, 'two');
    const second = await logits(session, swapped);
    expect([second.reusedTokens, swapped.loads()]).toEqual([START, 1]);
    const back = await logits(session, prompt(one, 'one')); // was parked, its logits kept
    expect([back.reusedTokens, back.prefilledTokens]).toEqual([first.prefilledTokens, 0]);
    expect(back.logits).toEqual(first.logits);
    session.truncate(0);
    expect((await logits(session, prompt(two, 'two'))).logits).toEqual(second.logits);
  },
);

gpuTest('an image survives truncation inside it and growth of the cache', async ({ gpu: _ }) => {
  const image = () => withImage(text(START), randomRows(1), question, 'one');
  let session = await load({ firstCapacity: 512, ...keepNothing });
  const whole = await logits(session, image());
  const continued = await greedy(session, 140);
  expect(engine.cacheGrowths).toEqual({ ahead: 0, waited: 0 });

  session.truncate(START + 20);
  const rest = await logits(session, image());
  expect(rest.reusedTokens).toBe(START + 20);
  expectClose(rest.logits, whole.logits, { ofRms: 1e-3 });

  session = await load({ firstCapacity: 64, ...keepNothing });
  expect((await logits(session, image())).logits).toEqual(whole.logits);
  expect(await greedy(session, 140)).toEqual(continued);
  expect(engine.cacheGrowths.ahead).toBeGreaterThanOrEqual(2);
  const grown = await logits(session, image());
  expect(grown).toMatchObject({ prefilledTokens: 0, logits: whole.logits });
});

gpuTest(
  'an image in a stored block comes back from IndexedDB, another digest does not',
  async ({ gpu: _ }) => {
    await kvStore.clear();
    const prompt = (digest: string) => withImage(text(200), randomRows(1), text(64, 3), digest);
    let session = await load();
    const before = await logits(session, prompt('one'));
    await session.rest();
    session = await load();
    const restored = prompt('one');
    const after = await logits(session, restored);
    expect([after.reusedTokens, restored.loads()]).toEqual([BLOCK_TOKENS, 0]);
    expectClose(after.logits, before.logits, { ofRms: 1e-3 });
    session = await load();
    expect((await logits(session, prompt('two'))).reusedTokens).toBe(0);
    await kvStore.clear();
  },
);

gpuTest(
  'rows on the GPU, several images, penalties, and a stop while rows are loading',
  async ({ gpu: _ }) => {
    const session = await load({ ...fixedChunks(8), ...keepNothing });
    const { gpu } = loaded();
    const tensor = gpu.createTensor('features', [ROWS, D]);
    gpu.write(tensor, randomRows(1));
    const [first, second] = [
      withImage(text(START), randomRows(1), question, 'one'),
      withImage([], randomRows(2), question, 'two'),
    ];
    const at = first.ids.length;
    const both = {
      ids: [...first.ids, ...second.ids],
      embedded: [...first.embedded, { ...second.embedded[0], start: at }],
    };
    const fromHost = await logits(session, both);
    session.truncate(0);
    const onGpu = {
      ...both,
      embedded: [{ ...both.embedded[0], load: () => Promise.resolve(tensor) }, both.embedded[1]],
    };
    expect((await logits(session, onGpu)).logits).toEqual(fromHost.logits);
    const penalised = { ...GREEDY, repetitionPenalty: 1.5, frequencyPenalty: 0.5 };
    for await (const id of session.decode(penalised)) {
      expect(id).toBeLessThan(model.shape.vocabSize);
      if (session.length > 0) break;
    }
    session.truncate(0);
    const stop = new AbortController();
    const waiting = {
      ...first.embedded[0],
      load: () => new Promise<never>(() => setTimeout(() => stop.abort(), 20)),
    };
    await expect(
      session.prefill(first.ids, { embedded: [waiting], signal: stop.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    const wrong = { ...first.embedded[0], load: () => Promise.resolve(new Float32Array(D)) };
    await expect(session.prefill(first.ids, { embedded: [wrong] })).rejects.toMatchObject({ code: 'bug' });
    await expect(session.prefill(first.ids)).rejects.toThrow('no rows for its embedded id at 9');
    expect((await logits(session, both)).logits).toEqual(fromHost.logits);
    gpu.destroyBuffer(tensor.buffer);
  },
);
