// The whole engine against two oracles on random checkpoints of every tensor type: transformers in f32 on the same
// dequantised weights (exact), and llama.cpp on the same file (which rounds activations for most types).
import { afterAll, expect } from 'vitest';
import type { KvFormat } from '../../protocol/models';
import { Engine } from '../../runtime/engine';
import { goldenCases } from '../../testing/goldenCases';
import { gpuTest } from '../../testing/gpuTest';
import { compareLogits } from '../../testing/parity';
import { memoryCache } from '../../weights/stored/cache';

const FLOAT_TYPES = ['F32', 'F16', 'BF16'];
/** Largest error against the exact oracle, as a fraction of the logits' RMS. */
const FLOAT_TOLERANCE = 1e-3;
/** llama.cpp's own f16 cache moves an F32 file's logits by up to 3.7e-3 (scripts/oracle/agreement.md). */
const F16_CACHE_TOLERANCE = 4e-3;
const MAX_KL = 5e-3;
/** What half the cache's memory may cost. */
const INT8_CACHE_MAX_KL = 1e-2;
/** Float files are loaded with a float cache; these also show what the smaller caches cost, with outliers and wide heads too. */
const ALL_CACHES = ['chatglm-f32', 'chatglm-f32-million', 'glm4-f32-head128'];
const cachesOf = (name: string, isFloat: boolean): readonly KvFormat[] =>
  ALL_CACHES.includes(name) ? ['f32', 'f16', 'i8'] : isFloat ? ['f32'] : ['f16'];
/** Tokens to decode, by the cache: an f32 file shows the f16 cache's long answers in its quantised siblings, and int8 rounds too
 * much to name tokens. */
const NUM_GREEDY: Record<KvFormat, number> = { f32: 32, f16: 20, i8: 0 };
const NUM_GREEDY_AGAIN = 8;
const never = new AbortController().signal;

/** One engine for all: a device of its own would compile every kernel again. */
const engine = new Engine({
  gpuApi: navigator.gpu,
  cache: memoryCache(),
  kernels: { nibbles: 'f32', bytes: 'f32', prefill: 'f32' }, // int8.gpu.test.ts says what int8 activations cost
});
const rows: string[] = [];
afterAll(() =>
  console.info(['golden | kv | max|Δ|/RMS exact | KL exact | KL llama.cpp | greedy', ...rows].join('\n')),
);

for (const golden of goldenCases()) {
  const isFloat = FLOAT_TYPES.includes(golden.spec.type);
  let made: ReturnType<typeof golden.model> | undefined;
  for (const kvFormat of cachesOf(golden.name, isFloat)) {
    gpuTest(`${golden.name} with a ${kvFormat} cache`, async ({ gpu: _ }) => {
      const numGreedy = isFloat && kvFormat === 'f16' ? NUM_GREEDY_AGAIN : NUM_GREEDY[kvFormat];
      const { bytes } = await (made ??= golden.model());
      const file = new File([bytes as Uint8Array<ArrayBuffer>], `${golden.name}.gguf`);
      await engine.load({ kind: 'files', files: [file] }, { kvFormat }, () => {}, never);
      const { all, greedy } = await engine.logits(
        { ids: golden.prompt, greedy: numGreedy, all: true },
        never,
      );
      if (!all) throw new Error('no logits');

      const exact = compareLogits(all, golden.exact.logits);
      const llama = compareLogits(all, golden.llama.logits);
      const tolerance = Math.max(exact.maxOverRms, FLOAT_TOLERANCE) * rms(golden.exact.logits);
      const agreed = agreement(greedy, golden.exact, 2 * tolerance);
      rows.push(
        [
          golden.name,
          kvFormat,
          exact.maxOverRms.toExponential(1),
          exact.kl.toExponential(1),
          llama.kl.toExponential(1),
          `${agreed}/${numGreedy}`,
        ].join(' | '),
      );
      if (kvFormat === 'i8') {
        expect(exact.kl).toBeLessThan(INT8_CACHE_MAX_KL);
        return;
      }
      if (isFloat)
        expect(exact.maxOverRms).toBeLessThan(kvFormat === 'f32' ? FLOAT_TOLERANCE : F16_CACHE_TOLERANCE);
      expect(exact.kl).toBeLessThan(MAX_KL);
      expect(llama.kl).toBeLessThan(MAX_KL);
    });
  }
}

/** Tokens that agree before the first near-tie; a difference where the top two are further apart fails. */
function agreement(got: number[], want: { greedy: number[]; gaps: number[] }, tolerance: number): number {
  for (let n = 0; n < got.length; n++) {
    if (got[n] === want.greedy[n]) continue;
    expect(
      want.gaps[n],
      `token ${n} is ${got[n]}, not ${want.greedy[n]}, and it was no near-tie`,
    ).toBeLessThan(tolerance);
    return n;
  }
  return got.length;
}

function rms(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
