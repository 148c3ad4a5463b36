// Checks of the norms, of injected rows and of the choice of a token.
import type { Pass } from '../../gpu/program';
import type { Arithmetic } from '../../gpu/tuning';
import { QUANTIZED_WORDS } from '../activations';
import { addRmsNorm } from '../addNorm';
import { addRmsNormReference } from '../addNorm.reference';
import { argmax, argmaxScratchShape } from '../argmax';
import { injectRows } from '../inject';
import { injectReference } from '../inject.reference';
import { noise } from '../noise';
import { rmsNorm } from '../rmsnorm';
import { rmsNormReference } from '../rmsnorm.reference';
import { encodeSampler, encodeSeen, maskWords, sample, SAMPLER_WORDS, seenWords } from '../sampler';
import type { SamplerSettings } from '../sampler';
import { randomReference, samplerProbabilities, shareReference } from '../sampler.reference';
import { encodeState, NOT_FINITE_ID, STATE_WORDS } from '../state';
import { compareCodes, compareFloats, EQUAL, type Comparison } from './compare';
import { activations, type CaseTensors, type KernelCase, type Outcome } from './kernelCase';

const CLOSE = { abs: 1e-6, rel: 1e-4 };
const EPS = 1.5e-7;
/** Not a multiple of a workgroup. */
const [ROWS, DIM] = [3, 352];

export function rowCases(): KernelCase[] {
  return [
    ...(['f32', 'dot4'] as const).flatMap((to) => [
      { name: `rmsnorm to ${to}`, record: (pass: Pass, tensors: CaseTensors) => norm(pass, tensors, to) },
      { name: `add_norm to ${to}`, record: (pass: Pass, tensors: CaseTensors) => addNorm(pass, tensors, to) },
    ]),
    { name: 'inject', record: inject },
    { name: 'argmax', record: (pass, tensors) => [...choice(pass, tensors), ...choice(pass, tensors, NaN)] },
    {
      name: 'sample',
      record: (pass, tensors) => [
        ...draw(pass, tensors, { temperature: 0.8, topK: 50, topP: 0.9, minP: 0.01 }),
        ...draw(pass, tensors, { temperature: 1.3, topP: 1, topK: 0, minP: 0 }),
        ...draw(pass, tensors, { temperature: 0, topP: 1, topK: 0, minP: 0 }, Infinity),
      ],
    },
  ];
}

function output(tensors: CaseTensors, rows: number, to: Arithmetic) {
  return to === 'f32' ? tensors.zeros([rows, DIM]) : tensors.zeros([rows, DIM / 32, QUANTIZED_WORDS], 'u32');
}

function compareAs(to: Arithmetic, bytes: ArrayBuffer, want: Float32Array): Comparison {
  return to === 'f32'
    ? compareFloats(new Float32Array(bytes), want, CLOSE)
    : compareCodes(new Uint32Array(bytes), want);
}

function norm(pass: Pass, tensors: CaseTensors, to: Arithmetic): Outcome[] {
  const [x, gain] = [() => activations(ROWS, DIM, 21), () => noise(DIM, 22)];
  const y = output(tensors, ROWS - 1, to);
  const args = { x: tensors.floats([ROWS, DIM], x), gain: tensors.floats([DIM], gain), y, eps: EPS };
  rmsNorm(pass, { ...args, firstRow: 1 });
  const want = () => rmsNormReference(x(), gain(), EPS).subarray(DIM);
  return [{ output: y, compare: (bytes) => compareAs(to, bytes, want()) }];
}

function addNorm(pass: Pass, tensors: CaseTensors, to: Arithmetic): Outcome[] {
  const [x, a] = [() => activations(ROWS, DIM, 23), () => activations(ROWS, DIM, 24)];
  const [postGain, gain] = [() => noise(DIM, 25), () => noise(DIM, 26)];
  const residual = tensors.floats([ROWS, DIM], x);
  const y = output(tensors, ROWS - 1, to);
  addRmsNorm(pass, {
    x: residual,
    a: tensors.floats([ROWS, DIM], a),
    postGain: tensors.floats([DIM], postGain),
    gain: tensors.floats([DIM], gain),
    y,
    firstRow: 1,
    eps: EPS,
  });
  const sums = () => addRmsNormReference(x(), a(), postGain(), EPS);
  return [
    { output: residual, compare: (bytes) => compareFloats(new Float32Array(bytes), sums(), CLOSE) },
    {
      output: y,
      compare: (bytes) => compareAs(to, bytes, rmsNormReference(sums(), gain(), EPS).subarray(DIM)),
    },
  ];
}

function inject(pass: Pass, tensors: CaseTensors): Outcome[] {
  const [dim, source] = [100, [0, 2, 0, 1]];
  const [rows, y] = [() => noise(2 * dim, 27), () => noise(4 * dim, 28)];
  const target = tensors.floats([4, dim], y);
  injectRows(pass, {
    source: tensors.words([4], () => Uint32Array.from(source)),
    rows: tensors.floats([2, dim], rows),
    y: target,
  });
  const want = () => injectReference(source, rows(), y(), dim);
  return [{ output: target, compare: (bytes) => compareFloats(new Float32Array(bytes), want(), {}) }];
}

const [VOCAB, REAL] = [1003, 998];
const [RING, COUNTER, SEED] = [8, 3, 77];

/** Logits with a tie at the top, beside padding that must never win. */
function logits(bad: number | undefined): Float32Array<ArrayBuffer> {
  const values = noise(VOCAB, 31).map((value) => 6 * value);
  values[400] = values[700] = 6.5;
  values.fill(100, REAL);
  if (bad !== undefined) values[900] = bad;
  return values;
}

function choiceTensors(tensors: CaseTensors, bad: number | undefined) {
  return {
    logits: tensors.floats([1, VOCAB], () => logits(bad)),
    numRealTokens: REAL,
    state: tensors.words([STATE_WORDS], () => encodeState({ slot: 9, counter: COUNTER })),
    tokens: tensors.zeros([2], 'u32'),
    ring: tensors.zeros([RING], 'u32'),
    numTokens: 1,
  };
}

function choice(pass: Pass, tensors: CaseTensors, bad?: number): Outcome[] {
  const args = choiceTensors(tensors, bad);
  argmax(pass, { ...args, scratch: tensors.zeros(argmaxScratchShape(1)) });
  const want = bad === undefined ? 400 : NOT_FINITE_ID;
  return [{ output: args.ring, compare: (bytes) => compareFloats([chosen(bytes)], [want], {}) }];
}

type Drawing = Pick<SamplerSettings, 'temperature' | 'topK' | 'topP' | 'minP'>;

function draw(pass: Pass, tensors: CaseTensors, drawing: Drawing, bad?: number): Outcome[] {
  const args = choiceTensors(tensors, bad);
  const settings = { ...drawing, repetitionPenalty: 1.1, seed: SEED };
  const seen = new Set([400, 12, 13]);
  sample(pass, {
    ...args,
    settings: tensors.words([SAMPLER_WORDS], () => encodeSampler(settings)),
    mask: tensors.zeros([maskWords(VOCAB)], 'u32'),
    seen: tensors.words([seenWords(VOCAB)], () => encodeSeen(seen, VOCAB)),
  });
  const compare = (bytes: ArrayBuffer): Comparison => {
    const id = chosen(bytes);
    if (bad !== undefined) return compareFloats([id], [NOT_FINITE_ID], {});
    const probabilities = samplerProbabilities({
      ...settings,
      logits: logits(bad),
      numRealTokens: REAL,
      seen,
    });
    if (!(probabilities[id] > 0)) return { difference: Infinity, allowed: 0 };
    const { start, end } = shareReference(probabilities, id);
    const u = randomReference(SEED, COUNTER);
    const difference = Math.max(0, start - u, u - end);
    return difference > 0 ? { difference, allowed: 1e-4 } : EQUAL;
  };
  return [{ output: args.ring, compare }];
}

function chosen(ring: ArrayBuffer): number {
  return new Uint32Array(ring)[COUNTER];
}
