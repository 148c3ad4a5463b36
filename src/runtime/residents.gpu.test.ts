// Two models on the GPU at once, one per role, and the account of its memory.
import { expect } from 'vitest';
import type { LoadOptions, ModelRole } from '../protocol/models';
import type { SamplingParams } from '../protocol/chat';
import type { Gpu } from '../gpu/device';
import { user } from '../testing/chat';
import { gpuTest } from '../testing/gpuTest';
import { fixedChunks } from '../testing/policies';
import { randomPrompt, tinyModel } from '../testing/tinyModel';
import { memoryCache } from '../weights/stored/cache';
import { Engine } from './engine';
import { Residents } from './residents';

const GREEDY: SamplingParams = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 };
const notAborted = new AbortController().signal;
const chat = tinyModel({ architecture: 'chatglm', type: 'Q4_0' });
const other = tinyModel({ architecture: 'glm4', type: 'Q8_0', numLayers: 1, seed: 2 });
const lost: string[] = [];
const environment = {
  gpuApi: navigator.gpu,
  cache: memoryCache(),
  locks: navigator.locks,
  kernels: { nibbles: 'f32', bytes: 'f32', prefill: 'f32' } as const,
  policies: { firstCapacity: 64, ...fixedChunks(8) },
  onDeviceLost: ({ code }: { code: string }) => void lost.push(code),
};
/** One engine for all tests: a device of its own would compile every kernel again. */
const engine = new Engine(environment);

function load(model: { bytes: Uint8Array }, options: LoadOptions = {}, into = engine) {
  const files = [new File([model.bytes as Uint8Array<ArrayBuffer>], 'tiny.gguf')];
  return into.load({ kind: 'files', files }, { contextTokens: 512, ...options }, () => {}, notAborted);
}

async function answer() {
  const messages = [user('hello there')];
  const ids: number[] = [];
  const constraint = { next: (id: number | undefined) => (id === undefined ? null : (ids.push(id), null)) };
  await engine.generate({ messages, sampling: GREEDY, maxTokens: 12 }, () => {}, notAborted, constraint);
  return ids;
}

gpuTest('two roles side by side: the chat model answers as alone, and memory adds up', async ({ gpu: _ }) => {
  await engine.describeDevice();
  const start = engine.memory.bytes;
  const { name } = await load(chat);
  const alone = await answer();
  const info = await load(other, { role: 'embedder' });
  const held = () => Object.fromEntries(engine.memory.residents.map(({ role, bytes }) => [role, bytes]));
  const both = held();
  expect(engine.memory.residents.map((resident) => [resident.role, resident.name])).toEqual([
    ['chat', name],
    ['embedder', info.name],
  ]);
  expect(info.gpuBytes).toBe(both.embedder);
  expect(engine.memory.bytes).toBe(start + both.chat + both.embedder);
  expect(await answer()).toEqual(alone);

  await engine.logits({ ids: randomPrompt(chat.shape, 200, 3) }, notAborted); // the cache grows and parks rows
  expect(held().chat).toBeGreaterThan(both.chat);
  expect(held().embedder).toBe(both.embedder);
  expect(engine.memory.bytes).toBe(start + held().chat + held().embedder);

  expect(await engine.unload('embedder')).toBe(both.embedder);
  expect(engine.memory.bytes).toBe(start + held().chat);
  expect(await answer()).toEqual(alone);
  const before = held().chat;
  expect(await engine.unload()).toBe(before);
  expect(engine.memory).toEqual({ bytes: start, residents: [] });
  await expect(answer()).rejects.toMatchObject({ code: 'no-model' });
  expect(await engine.unload('vision')).toBe(0);
});

gpuTest(
  'loading into a role replaces its model alone; a failed load leaves the others',
  async ({ gpu: _ }) => {
    await load(chat);
    const alone = await answer();
    await load(other, { role: 'embedder' });
    await load(chat, { role: 'embedder' });
    expect(engine.memory.residents.map(({ role }) => role)).toEqual(['chat', 'embedder']);
    const stopped = new AbortController();
    stopped.abort();
    const files = [new File([other.bytes as Uint8Array<ArrayBuffer>], 'tiny.gguf')];
    const failed = engine.load({ kind: 'files', files }, { role: 'embedder' }, () => {}, stopped.signal);
    await expect(failed).rejects.toBe(stopped.signal.reason);
    expect(await answer()).toEqual(alone);
    await engine.unload('embedder');
    await engine.unload();
  },
);

gpuTest('a model in two roles is locked for other tabs until both have let it go', async ({ gpu: _ }) => {
  const { id } = await load(chat);
  await load(chat, { role: 'embedder' });
  await engine.unload();
  const tab = new Engine({ ...environment, cache: memoryCache() });
  await expect(load(chat, {}, tab)).rejects.toMatchObject({ code: 'model-in-use', details: { id } });
  await engine.unload('embedder');
  const isHeld = async () => (await navigator.locks.query()).held?.some(({ name }) => name === `model ${id}`);
  await expect.poll(isHeld).toBe(false);
});

gpuTest(
  'out of memory: the error names what is resident, and everything else stays',
  async ({ gpu: { gpu } }) => {
    const residents = new Residents<Record<ModelRole, { destroy: () => void }>>();
    const start = gpu.allocatedBytes;
    const place = (role: 'chat' | 'vision', bytes: number) =>
      residents.place(gpu, { role, name: `${role} model` }, async (share: Gpu) => {
        let buffer: GPUBuffer | undefined;
        const destroy = () => buffer && share.destroyBuffer(buffer);
        try {
          await share.allocate(
            `${role} weights`,
            bytes,
            () => (buffer = share.createBuffer('weights', bytes)),
          );
          return { destroy };
        } catch (error) {
          destroy();
          throw error;
        }
      });
    await place('chat', 3 * 2 ** 20);
    const failure = await place('vision', 2 ** 40).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'out-of-gpu-memory',
      details: { neededBytes: 2 ** 40, resident: 'chat chat model (3 MiB)' },
    });
    expect((failure as Error).message).toContain('beside chat chat model (3 MiB)');
    expect(residents.account).toEqual([{ role: 'chat', name: 'chat model', bytes: 3 * 2 ** 20 }]);
    expect(gpu.allocatedBytes).toBe(start + 3 * 2 ** 20);
    expect(await residents.evict('chat')).toBe(3 * 2 ** 20);
    expect([gpu.allocatedBytes, gpu.holdings]).toEqual([start, []]);
  },
);

gpuTest('a lost device takes all residents with it, and loading again works', async ({ gpu: _ }) => {
  await load(chat);
  await load(other, { role: 'embedder' });
  engine.loseDevice();
  await expect.poll(() => lost).toEqual(['device-lost']);
  expect(engine.memory).toEqual({ bytes: 0, residents: [] });
  const { id } = await load(chat);
  expect(engine.residents.get('chat')?.info.id).toBe(id);
  await engine.unload();
});
