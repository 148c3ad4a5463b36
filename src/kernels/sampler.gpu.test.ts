import { describe, expect } from 'vitest';
import type { Program as RecordedProgram } from '../gpu/program';
import { Program } from '../gpu/program';
import type { TestGpu } from '../testing/gpuTest';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { argmax, argmaxScratchShape } from './argmax';
import type { SamplerSettings } from './sampler';
import {
  encodeMask,
  encodeSampler,
  encodeSeen,
  maskWords,
  sample,
  SAMPLER_WORDS,
  seenWords,
} from './sampler';
import { randomReference, samplerProbabilities, shareReference } from './sampler.reference';
import { encodeState, NOT_FINITE_ID, STATE } from './state';

const plain: SamplerSettings = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1 };
const glm9b = { vocabSize: 151552, numRealTokens: 151343 };
const tiny = { vocabSize: 1003, numRealTokens: 998 };

const settings: Partial<SamplerSettings>[] = [
  {},
  { temperature: 0.7 },
  { temperature: 2.5, topP: 0.99 },
  { temperature: 0.02, topK: 20 },
  { topK: 1 },
  { topK: 50 },
  { topP: 0.8, temperature: 0.8 },
  { topP: 0.001 },
  { topK: 40, topP: 0.9 },
  { minP: 0.05 },
  { topK: 100, topP: 0.95, minP: 0.02, temperature: 1.3, repetitionPenalty: 1.3 },
  { temperature: 0 },
  { temperature: 0, repetitionPenalty: 3 },
  { topK: 60, frequencyPenalty: 0.9, presencePenalty: -1.5, repetitionPenalty: 1.1 },
];
const cases = settings.flatMap((setting) => [
  { ...plain, ...setting, ...tiny, draws: 100 },
  { ...plain, ...setting, ...glm9b, draws: 4 },
]);

describe('sample', () => {
  gpuTest.for(cases)(
    'V=$vocabSize: temperature $temperature, k $topK, p $topP, min-p $minP, penalty $repetitionPenalty',
    async ({ vocabSize, numRealTokens, draws, ...setting }, { gpu }) => {
      const logits = seeded(vocabSize)
        .normal(vocabSize)
        .map((x) => 2.5 * x);
      logits.fill(100, numRealTokens); // padding must never win
      const seen = new Set(
        [...logits.keys()].filter((id) => logits[id] > 7 && id < numRealTokens).slice(0, 4),
      );
      for (let id = 0; id < numRealTokens; id += 97) seen.add(id);
      const drawn = new Map([...seen].filter((_, i) => i % 2 === 0).map((id, i) => [id, 1 + (i % 3)]));
      const sampler = await makeSampler(gpu, logits, numRealTokens);
      for (let counter = 0; counter < draws; counter++) {
        const seed = setting.seed + counter;
        sampler.set({ ...setting, seed }, seen, counter, { drawn });
        const id = await sampler.next();
        const probabilities = samplerProbabilities({ ...setting, logits, numRealTokens, seen, drawn });
        const u = randomReference(seed, counter);
        const { start, end } = shareReference(probabilities, id);
        expect(probabilities[id]).toBeGreaterThan(0);
        expect(u).toBeGreaterThan(start - 1e-4);
        expect(u).toBeLessThan(end + 1e-4);
      }
    },
  );

  gpuTest.for([
    { ...plain, topK: 30, topP: 0.9 },
    { ...plain, temperature: 0 },
    { ...plain, minP: 0.01 },
  ])('masked: temperature $temperature, k $topK, p $topP, min-p $minP', async (setting, { gpu }) => {
    const { vocabSize, numRealTokens } = tiny;
    const logits = seeded(3)
      .normal(vocabSize)
      .map((x) => 3 * x);
    const allow = [...logits.keys()].filter((id) => id % 3 === 1 && id < numRealTokens);
    const suppress = allow.filter((id) => id % 2 === 1);
    const allowed = new Set(allow.filter((id) => id % 2 === 0));
    const sampler = await makeSampler(gpu, logits, numRealTokens);
    const mask = encodeMask({ allow, suppress }, tiny);
    for (let counter = 0; counter < 40; counter++) {
      sampler.set(setting, new Set(), counter, { mask });
      const id = await sampler.next();
      const probabilities = samplerProbabilities({ ...setting, logits, numRealTokens, allowed });
      const { start, end } = shareReference(probabilities, id);
      const u = randomReference(setting.seed, counter);
      expect(allowed).toContain(id);
      expect(probabilities[id] > 0 && u > start - 1e-4 && u < end + 1e-4).toBe(true);
    }
  });

  gpuTest('a mask that forbids every token is rejected', ({ gpu: _ }) => {
    const padding = { allow: [tiny.numRealTokens] };
    expect(() => encodeMask(padding, tiny)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });

  gpuTest.for([
    { ...plain, temperature: 0 },
    { ...plain, temperature: 0, repetitionPenalty: 1.2 },
    { ...plain, topK: 5, frequencyPenalty: 0.4 },
  ])(
    'drafts: equal to single draws up to the first wrong draft; k $topK, penalty $repetitionPenalty',
    async (setting, { gpu }) => {
      const [rows, vocabSize] = [5, 1003]; // rows not aligned to four values
      const values = seeded(21).normal(rows * vocabSize).map((x) => 4 * x); // prettier-ignore
      const at = (row: number) => values.slice(row * vocabSize, (row + 1) * vocabSize);
      const single = await makeSampler(gpu, at(0), vocabSize);
      single.set(setting, new Set([4]), 9);
      const want: number[] = [];
      for (let row = 0; row < rows; row++) {
        single.setLogits(at(row));
        want.push(await single.next());
      }
      const [seenAfter, stateAfter] = [await single.seen(), await single.state()];
      const many = await makeSampler(gpu, values, vocabSize, { rows, greedy: setting.temperature === 0 && setting.repetitionPenalty === 1 }); // prettier-ignore
      for (let right = 0; right < rows; right++) {
        const drafts = want.slice(0, rows - 1).map((id, i) => (i < right ? id : (id + 1) % vocabSize));
        many.set(setting, new Set([4]), 9);
        many.setDrafts(drafts);
        await many.next();
        const state = await many.state();
        const count = state[STATE.counter] - 9;
        expect(count).toBe(right + 1);
        expect(state[STATE.slot]).toBe(70 + count * 3);
        expect((await many.ring()).slice(9, 9 + count)).toEqual(want.slice(0, count));
        if (right < rows - 1) continue;
        expect(state).toEqual(stateAfter);
        if (setting.temperature > 0) expect(await many.seen()).toEqual(seenAfter);
      }
    },
  );

  gpuTest.for([
    { bad: NaN, greedy: true, row: 0 },
    { bad: Infinity, greedy: false, row: 0 },
    { bad: -Infinity, greedy: true, row: 1 },
    { bad: NaN, greedy: false, row: 1 },
  ])('a logit of $bad in row $row is reported, greedy: $greedy', async ({ bad, greedy, row }, { gpu }) => {
    const [rows, vocabSize, numRealTokens] = [3, 1003, 998];
    const logits = seeded(31).normal(rows * vocabSize);
    const best = [0, 1, 2].map((n) => {
      const own = logits.subarray(n * vocabSize, n * vocabSize + numRealTokens);
      return own.indexOf(Math.max(...own));
    });
    logits[2 * vocabSize + numRealTokens] = NaN; // padding does not count
    const sampler = await makeSampler(gpu, logits, numRealTokens, { rows, greedy });
    const draw = async () => {
      sampler.set({ ...plain, temperature: 0, repetitionPenalty: greedy ? 1 : 1.1 }, new Set(), 0);
      sampler.setDrafts(best.slice(0, 2));
      const last = await sampler.next();
      return { last, count: (await sampler.state())[STATE.counter], ring: await sampler.ring() };
    };
    expect(await draw()).toMatchObject({ last: best[2], count: 3 });
    logits[row * vocabSize + 700] = bad;
    sampler.setLogits(logits as Float32Array<ArrayBuffer>);
    const { last, count, ring } = await draw();
    expect({ last, count }).toEqual({ last: 0, count: row + 1 });
    expect(ring.slice(0, row + 1)).toEqual([...best.slice(0, row), NOT_FINITE_ID]);
  });

  gpuTest('draw frequencies match the probabilities', async ({ gpu }) => {
    const logits = Float32Array.from({ length: 67 }, (_, id) => (id % 7) * 0.4 - (id % 3));
    const setting = { ...plain, temperature: 0.9, topK: 30, topP: 0.95 };
    const sampler = await makeSampler(gpu, logits, 64);
    sampler.set(setting, new Set(), 0);
    const draws = 2000;
    const counts = new Float64Array(67);
    for (const id of await sampler.take(draws)) counts[id]++;
    const probabilities = samplerProbabilities({ ...setting, logits, numRealTokens: 64 });
    let chiSquare = 0;
    let cells = 0;
    probabilities.forEach((probability, id) => {
      if (probability === 0) return expect(counts[id]).toBe(0);
      chiSquare += (counts[id] - draws * probability) ** 2 / (draws * probability);
      cells++;
    });
    expect(cells).toBeGreaterThan(20);
    expect(chiSquare).toBeLessThan(cells - 1 + 4 * Math.sqrt(2 * cells)); // mean plus 4 standard deviations
  });

  gpuTest(
    'ties are kept together: at rank k, in flat logits; greedy takes the lowest id',
    async ({ gpu }) => {
      const flat = await makeSampler(gpu, new Float32Array(1003), 1003);
      flat.set({ ...plain, topK: 1, topP: 0.5 }, new Set(), 0);
      const ids = await flat.take(300);
      expect(new Set(ids).size).toBeGreaterThan(200); // nothing is cut off: all logits are equal
      flat.set({ ...plain, temperature: 0 }, new Set(), 0);
      expect(await flat.next()).toBe(0);
    },
  );

  gpuTest(
    'adds the token to the seen set and the ring, advances the position; a seed repeats',
    async ({ gpu }) => {
      const logits = seeded(8).normal(500);
      const sampler = await makeSampler(gpu, logits, 500);
      const penalised = { ...plain, temperature: 0, repetitionPenalty: 1e6 };
      sampler.set(penalised, new Set(), 0);
      const order = [...logits.keys()].sort((a, b) => logits[b] - logits[a]);
      expect(await sampler.take(5)).toEqual(order.slice(0, 5)); // each token once: then it counts as seen
      expect(await sampler.state()).toMatchObject({ [STATE.slot]: 70 + 5 * 3, [STATE.counter]: 5 });
      sampler.set(plain, new Set(), 40);
      const first = await sampler.take(20);
      sampler.set(plain, new Set(), 40);
      expect(await sampler.take(20)).toEqual(first);
      sampler.set({ ...plain, seed: 2 }, new Set(), 40);
      expect(await sampler.take(20)).not.toEqual(first);
    },
  );
});

const RING = 64;

/** A recorded sampler over fixed logits, with its buffers. */
async function makeSampler(
  gpu: TestGpu,
  logitValues: Float32Array,
  numRealTokens: number,
  { rows = 1, greedy = false } = {},
) {
  const vocabSize = logitValues.length / rows;
  const logits = gpu.tensor(logitValues, [rows, vocabSize], 'logits');
  const scratch = gpu.zeros(argmaxScratchShape(rows));
  const settingsTensor = gpu.tensor(new Uint32Array(SAMPLER_WORDS), [SAMPLER_WORDS], 'settings');
  const seen = gpu.tensor(encodeSeen([], vocabSize), [seenWords(vocabSize)], 'seen');
  const mask = gpu.tensor(new Uint32Array(maskWords(vocabSize)), [maskWords(vocabSize)], 'mask');
  const state = gpu.tensor(new Uint32Array(8), [8], 'state');
  const tokens = gpu.tensor(new Uint32Array(8), [8], 'tokens');
  const ring = gpu.tensor(new Uint32Array(RING), [RING], 'ring');
  const args = {
    logits,
    numRealTokens,
    settings: settingsTensor,
    mask,
    seen,
    state,
    tokens,
    ring,
    numTokens: 3,
  };
  const program: RecordedProgram = await Program.record(gpu.gpu, 'sampler', (pass) =>
    greedy ? argmax(pass, { ...args, scratch }) : sample(pass, args),
  ).prepare();
  let drawn = 0;
  const sampler = {
    set(
      setting: SamplerSettings,
      seenIds: ReadonlySet<number>,
      counter: number,
      more: { drawn?: ReadonlyMap<number, number>; mask?: Uint32Array<ArrayBuffer> } = {},
    ) {
      const bytes = encodeSeen(seenIds, vocabSize);
      more.drawn?.forEach((times, id) => (bytes[id] += times));
      gpu.gpu.write(settingsTensor, encodeSampler(setting, { masked: more.mask !== undefined }));
      if (more.mask) gpu.gpu.write(mask, more.mask);
      gpu.gpu.write(seen, bytes);
      gpu.gpu.write(state, encodeState({ slot: 70, counter }));
      drawn = counter;
    },
    async next(): Promise<number> {
      gpu.gpu.submit([program]);
      drawn++;
      return (await gpu.readU32(tokens))[0];
    },
    /** Draws many tokens and reads them from the ring afterwards. */
    async take(count: number): Promise<number[]> {
      const ids: number[] = [];
      while (ids.length < count) {
        const part = Math.min(RING, count - ids.length);
        gpu.gpu.submit(new Array(part).fill(program));
        const words = await gpu.readU32(ring);
        for (let i = 0; i < part; i++) ids.push(words[(drawn + i) % RING]);
        drawn += part;
      }
      return ids;
    },
    setLogits: (row: Float32Array<ArrayBuffer>) => gpu.gpu.write(logits, row),
    setDrafts: (drafts: number[]) => gpu.gpu.write(tokens, Uint32Array.from([0, ...drafts])),
    seen: () => gpu.readU32(seen),
    ring: async () => [...(await gpu.readU32(ring))],
    state: async () => [...(await gpu.readU32(state))],
  };
  return sampler;
}
