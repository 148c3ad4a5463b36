// Pictures in prompts, from files to answers: against transformers, and what the cache keeps of them.
import { expect } from 'vitest';
import { planModel } from '../../model/architecture';
import type { GenerateRequest, ImagePart, Turn } from '../../protocol/chat';
import type { LoadOptions, ModelSource } from '../../protocol/models';
import { picture } from '../../testing/eyes/checkpoint';
import { eyesGoldens } from '../../testing/eyes/goldens';
import { eyesPair, eyesRepository, type EyesKind } from '../../testing/eyes/models';
import { gpuTest } from '../../testing/gpuTest';
import { compareGreedy, compareLogits } from '../../testing/parity';
import { failureOf } from '../../weights/testKit';
import { openOfficialModel } from '../../weights/file/official/openOfficialModel';
import { bytesSource } from '../../weights/file/sources';
import { importModel } from '../../weights/pack/importer';
import { memoryCache } from '../../weights/stored/cache';
import { Engine } from '../engine';

const never = new AbortController().signal;
const GREEDY = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 };
const [BEGIN_IMAGE, END_IMAGE] = [311, 312];
const cache = memoryCache();
/** One engine for all: a device of its own would compile every kernel again. */
const engine = new Engine({
  gpuApi: navigator.gpu,
  cache,
  kernels: { nibbles: 'f32', bytes: 'f32', prefill: 'f32' },
});

const file = (name: string, bytes: Uint8Array<ArrayBuffer>) => new File([bytes], name);

interface Pair {
  source: ModelSource;
  eyes?: ModelSource;
}

function ggufPair(kind: EyesKind): Pair & { eyes: ModelSource } {
  const { text, eyes } = eyesPair(kind);
  return {
    source: { kind: 'files', files: [file(`${kind}.gguf`, text)] },
    eyes: { kind: 'files', files: [file(`mmproj-${kind}.gguf`, eyes)] },
  };
}

/** Both halves of an original repository, with their precision. */
async function exactRepository(kind: EyesKind): Promise<Pair> {
  const files = eyesRepository(kind).map(({ name, bytes }) => ({ name, source: bytesSource(bytes, name) }));
  for (const part of ['text', 'eyes'] as const) {
    const gguf = await openOfficialModel(files, { name: `exact ${kind}`, quantize: 'none', part });
    const { name, plan } = await planModel(gguf.metadata, gguf.tensors);
    await importModel({ id: `${kind} ${part}`, name, origin: `${kind} ${part}`, gguf, plan, cache });
  }
  return { source: { kind: 'cached', id: `${kind} text` } };
}

const SOURCES = { 'a GGUF pair': ggufPair, 'an original repository': exactRepository };

const load = ({ source, eyes }: { source: ModelSource; eyes?: ModelSource }, options: LoadOptions = {}) =>
  engine.load(source, { kvFormat: 'f32', eyes, ...options }, () => undefined, never);

/** A picture of noise as a PNG, which the browser decodes without loss. */
async function png(shape: { width: number; height: number; seed: number }): Promise<ImagePart> {
  const { width, height, data } = picture(shape);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(i * 3, i * 3 + 3), i * 4);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  return { type: 'image', blob: await canvas.convertToBlob({ type: 'image/png' }), alt: 'noise' };
}

for (const golden of eyesGoldens()) {
  for (const [kind, make] of Object.entries(SOURCES)) {
    if (make === exactRepository && golden.name === 'glm-4.1v') continue; // as GLM-4.6V
    gpuTest(`${golden.name} from ${kind}: logits and greedy tokens of transformers`, async ({ gpu: _ }) => {
      const info = await load(await make(golden.name));
      expect(info.eyes).toMatchObject({ packedBytes: expect.any(Number) as number });
      const pictures = await Promise.all(golden.pictures.map(png));
      const ids = golden.prompt.flatMap((part) =>
        typeof part === 'number' ? part : [BEGIN_IMAGE, END_IMAGE],
      );
      const { all, greedy } = await engine.logits({ ids, pictures, greedy: 20, all: true }, never);
      const { maxOverRms } = compareLogits(all ?? new Float32Array(), golden.logits);
      console.info(`${golden.name} from ${kind}: max|Δ|/RMS ${maxOverRms.toExponential(1)}`);
      expect(maxOverRms).toBeLessThan(1e-3);
      expect(compareGreedy(greedy, golden, 1e-3)).toEqual({ agreed: 20, excused: false });
    });
  }
}

/** An answer to these messages, and how much of its prompt was computed. */
function ask(messages: Turn[], more: Partial<GenerateRequest> = {}) {
  return engine.generate({ messages, sampling: GREEDY, maxTokens: 4, ...more }, () => undefined, never);
}

const asking = (...parts: (string | ImagePart)[]): Turn => ({
  role: 'user',
  parts: parts.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : part)),
});

gpuTest('a picture is computed once; another of its size shares nothing with it', async ({ gpu: _ }) => {
  await load(ggufPair('glm-4.6v'));
  const [one, other] = [
    await png({ width: 84, height: 84, seed: 2 }),
    await png({ width: 84, height: 84, seed: 3 }),
  ];
  const first = await ask([asking(one, 'what is it')]);
  expect(first.promptTokens).toBeGreaterThan(9);
  const again = await ask([asking({ ...one, blob: one.blob.slice() }, 'what is it')]);
  expect(again).toMatchObject({ promptTokens: first.promptTokens, prefilledTokens: 0 });
  const next = await ask([asking(one, 'what else')]);
  expect(next.reusedTokens).toBeGreaterThan(4 + 9);
  const changed = await ask([asking(other, 'what is it')]);
  expect(changed).toMatchObject({ promptTokens: first.promptTokens, reusedTokens: 5 }); // up to the token that begins it
  expect(await engine.countTokens({ messages: [asking(one, 'what is it')] })).toBe(first.promptTokens);
  const smaller = await ask([asking(await png({ width: 400, height: 300, seed: 4 }), 'x')], {
    pictureTokens: 30,
  });
  expect(smaller.promptTokens).toBeLessThan(40);
});

gpuTest('eyes are linked once, found again, given back, and needed only for pictures', async ({ gpu: _ }) => {
  const { source, eyes } = ggufPair('glm-ocr');
  await engine.unload('vision');
  const info = await load({ source });
  expect(info.eyes).toMatchObject({ name: 'tiny glm-ocr' }); // stored by a test before
  const before = engine.memory.bytes;
  const picture = await png({ width: 168, height: 56, seed: 11 });
  await ask([asking('only words')]);
  expect(engine.memory.residents.map(({ role }) => role)).toEqual(['chat']);
  await ask([asking(picture, 'read')]);
  expect(engine.memory.residents.map(({ role }) => role)).toEqual(['chat', 'vision']);
  await engine.deleteModel(info.eyes?.id ?? '');
  expect(engine.memory.residents.map(({ role }) => role)).toEqual(['chat']);
  // the two small buffers that bring rows into a pass stay
  expect(engine.memory.bytes - before).toBeLessThan(1e6);
  expect((await load({ source })).eyes).toBeNull();
  expect(await failureOf(() => ask([asking(picture, 'read again')]))).toMatchObject({ code: 'no-eyes' });
  expect((await ask([asking('words alone')])).newTokens).toBe(4);
  await engine.addEyes(eyes, () => undefined, never);
  expect((await ask([asking(picture, 'read again')])).newTokens).toBe(4);
  const alone = await failureOf(() => load({ source: eyes }));
  expect(alone).toMatchObject({ code: 'eyes-alone' });
  await load(ggufPair('glm-4.6v')); // whose eyes are others
  expect(engine.memory.residents.map(({ role }) => role)).toEqual(['chat']);
});

gpuTest('a stop during the tower ends at once, and the next answer is whole', async ({ gpu: _ }) => {
  await load(ggufPair('glm-4.6v'));
  const big = await png({ width: 336, height: 280, seed: 9 });
  const stop = new AbortController();
  const started = performance.now();
  setTimeout(() => stop.abort(), 40);
  const summary = await engine.generate(
    { messages: [asking(big, 'x')], sampling: GREEDY, maxTokens: 2 },
    () => undefined,
    stop.signal,
  );
  expect(summary.reason).toBe('aborted');
  console.info(`stopped after ${(performance.now() - started).toFixed(0)} ms`);
  expect((await ask([asking(big, 'x')])).newTokens).toBe(4);
});
