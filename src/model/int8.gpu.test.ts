// Accuracy of int8 activations: logits against those of float activations, one token at a time as in decoding, and in longer
// passes as in prefill.
import { expect } from 'vitest';
import { Engine } from '../runtime/engine';
import { goldenCases } from '../testing/goldenCases';
import { gpuTest } from '../testing/gpuTest';
import { compareLogits } from '../testing/parity';
import { memoryCache } from '../weights/stored/cache';

const MAX_MEAN_KL = 1e-2;
const MIN_SAME_TOP = 0.95;
/** Logits of the likeliest two that are closer than this are no disagreement. */
const NEAR_TIE = 0.05;
const notAborted = new AbortController().signal;
const FLOATS = { nibbles: 'f32', bytes: 'f32', prefill: 'f32' } as const;
const INT8 = { nibbles: 'dot4', bytes: 'dot4', prefill: 'dot4' } as const;
/** A prompt of at least this many tokens is more than a few: many tokens' kernels take it. */
const PREFILL_STEPS = [12, 17, 40, 64];

/** One engine for each arithmetic: a device of its own would compile every kernel again. */
const [floats, int8] = [FLOATS, INT8].map(
  (kernels) => new Engine({ gpuApi: navigator.gpu, cache: memoryCache(), kernels }),
);

/**
 * Logits after so many ids, for each list of lengths from an empty cache: each call goes on from what the cache has, in a
 * pass over what is new.
 */
async function logitsAfter(
  engine: Engine,
  file: File,
  ids: number[],
  runs: number[][],
): Promise<Float32Array[][]> {
  const results: Float32Array[][] = [];
  for (const lengths of runs) {
    await engine.load({ kind: 'files', files: [file] }, {}, () => {}, notAborted);
    const logits: Float32Array[] = [];
    for (const n of lengths) {
      const { all } = await engine.logits({ ids: ids.slice(0, n), all: true }, notAborted);
      if (!all) throw new Error('no logits');
      logits.push(all);
    }
    results.push(logits);
  }
  await engine.unload();
  return results;
}

/** Compares int8 with floats one token at a time, as in decoding, and in longer passes, as in prefill. */
async function compare(file: File, ids: number[]): Promise<void> {
  const runs = [ids.map((_, i) => i + 1), PREFILL_STEPS.filter((n) => n <= ids.length)];
  const want = await logitsAfter(floats, file, ids, runs);
  const got = await logitsAfter(int8, file, ids, runs);
  runs.forEach((_, run) => {
    const steps = want[run].map((logits, i) => compareLogits(got[run][i], logits));
    const meanKl = steps.reduce((sum, { kl }) => sum + kl, 0) / steps.length;
    const sameTop = steps.filter((step) => step.sameTop || step.topGap < NEAR_TIE).length / steps.length;
    console.info(
      `${file.name}: mean KL ${meanKl.toExponential(1)}, same top ${(100 * sameTop).toFixed(0)} %`,
    );
    expect(meanKl).toBeGreaterThan(0); // int8 was in use
    expect(meanKl).toBeLessThan(MAX_MEAN_KL);
    expect(sameTop).toBeGreaterThanOrEqual(MIN_SAME_TOP);
  });
}

const MODELS = ['chatglm-q4_0', 'glm4-q4_1'];
const cases = goldenCases().filter(({ name }) => MODELS.includes(name));
gpuTest.for(cases)('$name: int8 against floats', async (golden, { gpu: _ }) => {
  const { bytes } = await golden.model();
  const file = new File([bytes as Uint8Array<ArrayBuffer>], `${golden.name}.gguf`);
  await compare(file, golden.prompt);
});

gpuTest('Nano: int8 against floats on a chat', async ({ gpu: _ }) => {
  const response = await fetch('/models/nano.gguf');
  const file = new File([await response.blob()], 'nano.gguf');
  const text =
    '你好！我想去北京旅游，有什么推荐吗？ Hello, can you tell me about the weather in spring? 谢谢你的帮助。';
  const source = { kind: 'files' as const, files: [file] };
  const { ids } = await floats.tokenize({ text, source }, notAborted);
  await compare(file, ids);
});
