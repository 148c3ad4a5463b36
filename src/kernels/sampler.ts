import finiteLibrary from '../../shaders/lib/finite.wgsl?raw';
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
  wgsl: finiteLibrary + stateLibrary + wgsl,
  params: { numRealTokens: 'u32', numTokens: 'u32', vocabSize: 'u32', numRows: 'u32', lanes: 'u32' },
});
const LANES = 256; // fixed in shaders/sample.wgsl

const MAX_VOCAB = LANES * LANES * 4; // LANES blocks of LANES quads

/** How to draw. */
export interface SamplerSettings {
  /** 0 (anything below 1e-6) is greedy: the largest logit after the penalty, of equals the lowest id. */
  temperature: number;
  /** Keep the k largest logits, and those equal to the last of them; 0 is off. */
  topK: number;
  /** Keep the smallest set of those tokens with this probability mass; 1 is off. */
  topP: number;
  /** Drop tokens below minP × the likeliest; 0 is off. */
  minP: number;
  /** Divides positive logits of tokens in the context and multiplies negative ones; 1 is off. */
  repetitionPenalty: number;
  /** Taken off the logit for every time a token was drawn; default 0. */
  frequencyPenalty?: number;
  /** Taken off the logit of a token that was drawn at all; default 0. */
  presencePenalty?: number;
  /** 32-bit. */
  seed: number;
}

/** Size of the settings tensor, u32 [SAMPLER_WORDS]. */
export const SAMPLER_WORDS = 12;

/** The settings tensor's content; twin of `Settings` in shaders/sample.wgsl. */
export function encodeSampler(settings: SamplerSettings, { masked = false } = {}): Uint32Array<ArrayBuffer> {
  const { temperature, topK, topP, minP, repetitionPenalty, seed } = settings;
  const { frequencyPenalty = 0, presencePenalty = 0 } = settings;
  const words = new Uint32Array(SAMPLER_WORDS);
  const scale = temperature < 1e-6 ? 0 : temperature; // below it the scaled logits could overflow: greedy
  const floats = [scale, topP, minP, repetitionPenalty, frequencyPenalty, presencePenalty];
  new Float32Array(words.buffer).set(floats);
  words.set([topK, seed, Number(masked)], floats.length);
  return words;
}

/** Words of a bitset with one bit per token. */
export function maskWords(vocabSize: number): number {
  return Math.ceil(vocabSize / 32);
}

/** Tokens, as ids or as a bitset: bit `id % 32` of word `id / 32`; missing words are zero. */
export type TokenSet = readonly number[] | Uint32Array<ArrayBuffer>;

/** Which tokens may be drawn: those of `allow` and of `step` (default: all), but none of `suppress`. */
export interface TokenMask {
  allow?: readonly number[];
  suppress?: readonly number[];
  /** Mask of a single step, from a constraint. */
  step?: TokenSet;
}

/**
 * The bitset for the `mask` tensor.
 * @throws AppError bad-request when the mask leaves none of the real tokens.
 */
export function encodeMask(
  { allow, suppress = [], step }: TokenMask,
  { vocabSize, numRealTokens }: { vocabSize: number; numRealTokens: number },
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(maskWords(vocabSize));
  if (allow) for (const id of allow) words[id >>> 5] |= 1 << (id & 31);
  else words.fill(0xffffffff);
  if (step) {
    const allowed = step instanceof Uint32Array ? step : encodeIds(step, words.length);
    for (let i = 0; i < words.length; i++) words[i] &= allowed[i] ?? 0;
  }
  for (const id of suppress) words[id >>> 5] &= ~(1 << (id & 31));
  for (let id = 0; id < numRealTokens; id++) if ((words[id >>> 5] >>> (id & 31)) & 1) return words;
  throw new AppError('bad-request', 'The mask forbids every token.', { field: 'mask', why: 'empty' });
}

function encodeIds(ids: readonly number[], length: number): Uint32Array {
  const words = new Uint32Array(length);
  for (const id of ids) words[id >>> 5] |= 1 << (id & 31);
  return words;
}

/** Words of the `seen` tensor: a byte per token. */
export function seenWords(vocabSize: number): number {
  return Math.ceil(vocabSize / 4);
}

/** Marks a token of the prompt in its byte of `seen`; twin of IN_PROMPT in shaders/sample.wgsl. */
const IN_PROMPT = 128;

/**
 * The content of the `seen` tensor after a prompt and the first tokens of its answer. Ids of V or more, which stand for
 * injected rows, count as nothing.
 */
export function encodeSeen(
  promptIds: Iterable<number>,
  vocabSize: number,
  drawnIds: Iterable<number> = [],
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(seenWords(vocabSize) * 4);
  for (const id of promptIds) if (id < vocabSize) bytes[id] = IN_PROMPT;
  for (const id of drawnIds) if ((bytes[id] & (IN_PROMPT - 1)) < IN_PROMPT - 1) bytes[id]++;
  return bytes;
}

export interface SampleArgs {
  /**
   * f32 [rows, V], of a token and the drafts after it; not changed. Row n + 1 counts only when what row n drew is
   * the draft tokens[n + 1]: the tokens are the same as if each had been drawn by a pass of its own.
   */
  logits: Tensor;
  /** Ids from here on are padding rows of the LM head and never drawn. */
  numRealTokens: number;
  /** u32 [SAMPLER_WORDS], from {@link encodeSampler}. */
  settings: Tensor;
  /** u32 [maskWords(V)], from {@link encodeMask}; read when the settings say so. */
  mask: Tensor;
  /** u32 [seenWords(V)], from {@link encodeSeen}; drawn tokens are counted in it. */
  seen: Tensor;
  /** Read and advanced for every drawn token: counter by one, slot by numTokens. */
  state: Tensor;
  /** In: drafts from tokens[1] on. Out: tokens[0], the last drawn one. */
  tokens: Tensor;
  /** Out, u32 [R]: element counter mod R. */
  ring: Tensor;
  /** 1; 0 for the first token of an answer, whose pass has moved the slot already. */
  numTokens: number;
  label?: string;
}

/**
 * Draws the next token from the whole vocabulary, in Hugging Face's order: penalties, temperature, top-k, top-p, min-p.
 * The same logits, settings and counter give the same token on the same device. Where a logit of a real token is NaN or
 * infinite, the ring gets NOT_FINITE_ID and later rows are not drawn.
 * @throws AppError 'bug' when shapes disagree.
 */
export function sample(pass: Pass, args: SampleArgs): void {
  const { logits, numRealTokens, settings, mask, seen, state, tokens, ring, numTokens, label } = args;
  const [numRows, vocabSize] = logits.shape;
  assertState('sample', state);
  assertShape('sample logits', logits, [numRows, vocabSize]);
  assertShape('sample mask', mask, [maskWords(vocabSize)]);
  assertShape('sample settings', settings, [SAMPLER_WORDS]);
  assertShape('sample seen', seen, [seenWords(vocabSize)]);
  if (vocabSize > MAX_VOCAB)
    throw new AppError('bug', `sample: ${vocabSize} logits, at most ${MAX_VOCAB} are supported`);
  if (numRealTokens < 1 || numRealTokens > vocabSize) {
    throw new AppError('bug', `sample: ${numRealTokens} real tokens of ${vocabSize}`);
  }
  pass.dispatch(kernel, {
    label,
    params: { numRealTokens, numTokens, vocabSize, numRows, lanes: LANES },
    inputs: [logits, settings, mask],
    outputs: [seen, state, tokens, ring],
    workgroups: [1],
  });
}
