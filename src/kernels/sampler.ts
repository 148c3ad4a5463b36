import stateLibrary from '../../shaders/lib/state.wgsl?raw';
import wgsl from '../../shaders/sample.wgsl?raw';
import { AppError } from '../shared/errors';
import { defineKernel } from '../gpu/kernel';
import type { Pass } from '../gpu/program';
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';
import { assertState } from './state';

const kernel = defineKernel({
  name: 'sample',
  wgsl: stateLibrary + wgsl,
  params: { numRealTokens: 'u32', numTokens: 'u32', lanes: 'u32' },
});
const LANES = 256; // fixed in shaders/sample.wgsl

const MAX_VOCAB = LANES * LANES * 4; // LANES blocks of LANES quads

/** How to draw. */
export interface SamplerSettings {
  /** 0 (anything below 1e-6) is greedy: the largest logit after the penalty, of equals the lowest id. */
  temperature: number;
  /** Keep the k largest logits, and those equal to the last of them; 0 is off. */
  topK: number;
  /** Of those, keep the smallest set with this probability mass; 1 is off. */
  topP: number;
  /** Drop tokens below minP × the likeliest; 0 is off. */
  minP: number;
  /** Divides positive logits of tokens in the context and multiplies negative ones; 1 is off. */
  repetitionPenalty: number;
  /** 32-bit. */
  seed: number;
}

/** Size of the settings tensor, u32 [SAMPLER_WORDS]. */
export const SAMPLER_WORDS = 8;

/** The settings tensor's content; twin of `Settings` in shaders/sample.wgsl. */
export function encodeSampler(settings: SamplerSettings): Uint32Array<ArrayBuffer> {
  const { temperature, topK, topP, minP, repetitionPenalty, seed } = settings;
  const words = new Uint32Array(SAMPLER_WORDS);
  const scale = temperature < 1e-6 ? 0 : temperature; // below it the scaled logits could overflow: greedy
  new Float32Array(words.buffer).set([scale, topP, minP, repetitionPenalty]);
  words.set([topK, seed], 4);
  return words;
}

/** Words of a bitset with one bit per token. */
export function seenWords(vocabSize: number): number {
  return Math.ceil(vocabSize / 32);
}

/** The bitset of these tokens, for the `seen` tensor. */
export function encodeSeen(ids: Iterable<number>, vocabSize: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(seenWords(vocabSize));
  for (const id of ids) words[id >>> 5] |= 1 << (id & 31);
  return words;
}

export interface SampleArgs {
  /** f32 [1, V]; not changed. */
  logits: Tensor;
  /** Ids from here on are padding rows of the LM head and never drawn. */
  numRealTokens: number;
  /** u32 [SAMPLER_WORDS], from {@link encodeSampler}. */
  settings: Tensor;
  /** u32 [seenWords(V)], from {@link encodeSeen}: tokens in the context; the drawn one is added. */
  seen: Tensor;
  /** Read and advanced: counter by one, position by numTokens. */
  state: Tensor;
  /** Out: tokens[0]. */
  tokens: Tensor;
  /** Out, u32 [R]: element counter mod R. */
  ring: Tensor;
  /** Tokens of this pass. */
  numTokens: number;
  label?: string;
}

/**
 * Draws the next token from the whole vocabulary, in Hugging Face's order: penalty, temperature, top-k, top-p, min-p.
 * The same logits, settings and counter give the same token on the same device.
 * @throws AppError 'bug' when shapes disagree.
 */
export function sample(pass: Pass, args: SampleArgs): void {
  const { logits, numRealTokens, settings, seen, state, tokens, ring, numTokens, label } = args;
  const vocabSize = logits.shape[1];
  assertState('sample', state);
  assertShape('sample logits', logits, [1, vocabSize]);
  assertShape('sample settings', settings, [SAMPLER_WORDS]);
  assertShape('sample seen', seen, [seenWords(vocabSize)]);
  if (vocabSize > MAX_VOCAB)
    throw new AppError('bug', `sample: ${vocabSize} logits, at most ${MAX_VOCAB} are supported`);
  if (numRealTokens < 1 || numRealTokens > vocabSize) {
    throw new AppError('bug', `sample: ${numRealTokens} real tokens of ${vocabSize}`);
  }
  pass.dispatch(kernel, {
    label,
    params: { numRealTokens, numTokens, lanes: LANES },
    inputs: [logits, settings],
    outputs: [seen, state, tokens, ring],
    workgroups: [1],
  });
}
