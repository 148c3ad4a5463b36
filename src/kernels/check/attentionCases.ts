// Checks of rotation and attention at the head sizes of a model, over its format of the KV cache.
import type { Arithmetic } from '../../gpu/tuning';
import { floatToHalf, halfToFloat } from '../../shared/half';
import { sizeOf } from '../../shared/shape';
import type { WeightFormat } from '../../shared/weightLayout';
import { FEW_TOKENS, QUANTIZED_WORDS } from '../activations';
import { attention, attentionScratchShape, combineSplits } from '../attention';
import { attentionReference, combineReference } from '../attention.reference';
import type { KvFormat, KvLayer } from '../kv';
import { kvTensorShape } from '../kv';
import { decodeI8, encodeI8 } from '../kv.reference';
import { matmulReference } from '../matmul.reference';
import { noise } from '../noise';
import { qkvRopeAppend } from '../qkvRope';
import { ropeAppend, ropeTable } from '../rope';
import { ropeReference } from '../rope.reference';
import { encodeState, STATE_WORDS } from '../state';
import { compareCodes, compareEach, compareFloats, peaks, type Comparison } from './compare';
import { readable, type CaseTensors, type KernelCase, type ModelFacts, type Outcome } from './kernelCase';

const CLOSE = { ofRms: 1e-4 };
/** Rounding error of a cache value, by format. For int8 it depends on the row: half a step is added there. */
const KV_REL: Record<KvFormat, number> = { f16: 2e-3, f32: 1e-4, i8: 1e-4 };
const BASE = 10000;
const COLS = 96;

export function attentionCases(facts: ModelFacts): KernelCase[] {
  return [
    ...[3, 1].map((numTokens) => rope(facts, numTokens)),
    ...facts.formats.flatMap((format) => [1, 3].map((numTokens) => qkvRope(facts, format, numTokens))),
    ...(facts.headDim % 32 === 0 ? (['f32', 'dot4'] as const) : (['f32'] as const)).map((to) =>
      combined(facts, to),
    ),
    ...facts.formats.flatMap((reader) => [1, 3, 11].map((numTokens) => attended(facts, reader, numTokens))),
  ];
}

const positionOfRope = 5;

/** Fewer heads than the model has: pipelines depend on their sizes only. */
function ropeHeads(facts: ModelFacts) {
  const { headDim, ropeDims, ropePairing: pairing } = facts;
  return { numHeads: 2, numKvHeads: 1, headDim, ropeDims, pairing, base: BASE };
}

function cacheOf(facts: ModelFacts, capacity: number, numKvHeads: number) {
  const shape = { format: facts.kvFormat, capacity, numKvHeads, headDim: facts.headDim };
  return { ...shape, ...kvTensorShape(shape) };
}

function rope(facts: ModelFacts, numTokens: number): KernelCase {
  const heads = ropeHeads(facts);
  const width = 4 * heads.headDim;
  return {
    name: `rope_append ${facts.kvFormat}, ${numTokens} tokens`,
    record(pass, tensors) {
      const data = () => noise(numTokens * width, 41);
      const { args, outcomes } = ropeTensors(facts, tensors, numTokens, data);
      ropeAppend(pass, { ...args, qkv: tensors.floats([numTokens, width], data) });
      return outcomes;
    },
  };
}

function qkvRope(facts: ModelFacts, format: WeightFormat, numTokens: number): KernelCase {
  const heads = ropeHeads(facts);
  const width = 4 * heads.headDim;
  return {
    name: `qkv with rotation ${format}, ${numTokens} tokens`,
    record(pass, tensors) {
      const matrix = tensors.matrix({ format, rows: width, cols: COLS });
      const data = () => noise(numTokens * COLS, 43);
      const { x, values } = readable(pass, tensors, matrix.weights, [numTokens, COLS], data);
      const bias = () => noise(width, 44);
      const qkv = () => {
        const biases = bias();
        const sums = matmulReference(values(), matrix.values());
        return Float32Array.from(sums, (sum, i) => sum + biases[i % width]);
      };
      const { args, outcomes } = ropeTensors(facts, tensors, numTokens, qkv);
      const { weights } = matrix;
      const [biases, scratch] = [tensors.floats([width], bias), tensors.zeros([numTokens, width])];
      qkvRopeAppend(pass, { ...args, x, weights, bias: biases, qkv: scratch });
      return outcomes;
    },
  };
}

/** Everything of a rotation but its input, and the comparison with that of `qkv`. */
function ropeTensors(
  facts: ModelFacts,
  tensors: CaseTensors,
  numTokens: number,
  qkv: () => Float32Array<ArrayBuffer>,
) {
  const heads = ropeHeads(facts);
  const { numHeads, numKvHeads, headDim, ropeDims, pairing } = heads;
  const capacity = positionOfRope + numTokens + 1;
  const { shape, dtype, ...layer } = cacheOf(facts, capacity, numKvHeads);
  const kv: KvLayer = { ...layer, k: tensors.zeros(shape, dtype), v: tensors.zeros(shape, dtype) };
  const q = tensors.zeros([numTokens, numHeads * headDim]);
  const table = tensors.floats([capacity, ropeDims], () => ropeTable({ capacity, ropeDims, base: BASE }));
  const state = stateOf(tensors, positionOfRope);
  const want = once(() => ropeReference({ ...heads, qkv: qkv(), position: positionOfRope }));
  /** Rows of the cache that the pass should have written; the others stay zero. */
  const rows = (values: Float32Array) => {
    const all = new Float32Array(numKvHeads * capacity * headDim);
    all.set(values, positionOfRope * headDim);
    return all;
  };
  const outcomes: Outcome[] = [
    {
      output: q,
      compare: (bytes) => compareFloats(new Float32Array(bytes), want().q, CLOSE),
    },
    { output: kv.k, compare: (bytes) => compareCache(facts, bytes, rows(want().k)) },
    { output: kv.v, compare: (bytes) => compareCache(facts, bytes, rows(want().v)) },
  ];
  return { args: { table, state, q, kv, numHeads, pairing }, outcomes };
}

function compareCache({ kvFormat, headDim }: ModelFacts, bytes: ArrayBuffer, want: Float32Array): Comparison {
  const got = decodeKv(kvFormat, bytes, headDim);
  const steps = kvFormat === 'i8' ? peaks(want, headDim).map((peak) => (0.55 * peak) / 127) : [];
  const allowed = (i: number) =>
    KV_REL[kvFormat] * Math.abs(want[i]) + 1e-4 + (steps[Math.floor(i / headDim)] ?? 0);
  return compareEach(got, want, allowed);
}

function combined({ headDim }: ModelFacts, written: Arithmetic): KernelCase {
  const [numTokens, numHeads, splitLength, numSplits] = [2, 3, 64, 4];
  const [slot, numUsed] = [150, 3]; // the fourth split holds no visible row, and garbage
  const shape = [numTokens * numHeads, numSplits, headDim + 4];
  return {
    name: `attention_combine to ${written}`,
    record(pass, tensors) {
      const data = () => {
        const values = noise(sizeOf(shape), 57);
        for (let at = headDim; at < values.length; at += headDim + 4) {
          values[at] *= 20; // peaks
          values[at + 1] = 1 + Math.abs(values[at + 1]); // totals
        }
        return values;
      };
      const width = numHeads * headDim;
      const y =
        written === 'f32'
          ? tensors.zeros([numTokens, width])
          : tensors.zeros([numTokens, width / 32, QUANTIZED_WORDS], 'u32');
      const partials = tensors.floats(shape, data);
      const sizes = { numTokens, numHeads, headDim, splitLength, numSplits };
      combineSplits(pass, { partials, state: stateOf(tensors, slot), y, written, ...sizes });
      const want = () => combineReference(data(), { headDim, numSplits, numUsed });
      const compare = (bytes: ArrayBuffer) =>
        written === 'f32'
          ? compareFloats(new Float32Array(bytes), want(), CLOSE)
          : compareCodes(new Uint32Array(bytes), want());
      return [{ output: y, compare }];
    },
  };
}

function attended(facts: ModelFacts, readerFormat: WeightFormat, numTokens: number): KernelCase {
  const { headDim, kvFormat } = facts;
  const numKvHeads = Math.min(2, facts.numKvHeads);
  const numHeads = (facts.numHeads / facts.numKvHeads) * numKvHeads;
  const width = numHeads * headDim;
  const [capacity, position] = [150, 131]; // three splits of 64 when decoding
  return {
    name: `attention ${kvFormat} for ${readerFormat}, ${numTokens} tokens`,
    record(pass, tensors) {
      const { shape, dtype, ...layer } = cacheOf(facts, capacity, numKvHeads);
      const cached = (seed: number) => {
        const values = noise(numKvHeads * capacity * headDim, seed);
        for (let i = 3; i < values.length; i += 37 * headDim) values[i] *= 6; // keys that stand out
        return encodeKv(kvFormat, values, headDim);
      };
      const [k, v] = [once(() => cached(51)), once(() => cached(52))];
      const data = () => noise(numTokens * width, 53).map((value) => (2 * value) / Math.sqrt(headDim));
      const kv: KvLayer = { ...layer, k: kvTensor(k), v: kvTensor(v) };
      function kvTensor(make: () => Uint8Array<ArrayBuffer>) {
        return { ...tensors.words(shape, make), dtype };
      }
      const isDecoded = numTokens <= FEW_TOKENS;
      const scratchShape = attentionScratchShape({ numHeads, headDim, maxLength: capacity, numTokens });
      const y = attention(pass, {
        q: tensors.floats([numTokens, width], data),
        kv,
        state: stateOf(tensors, position, numTokens === 3 ? 0 : capacity - 4),
        y: tensors.zeros([numTokens, width]),
        reader: {
          label: 'reader', rows: 64, cols: width, format: readerFormat, interleaved: false, chunks: [],
        }, // prettier-ignore
        codes: tensors.zeros([numTokens, Math.ceil(width / 32) * QUANTIZED_WORDS], 'u32'),
        numHeads,
        scratch: isDecoded ? tensors.zeros(scratchShape) : undefined,
      });
      const want = once(() =>
        attentionReference({
          q: data(),
          k: decodeKv(kvFormat, k().buffer, headDim),
          v: decodeKv(kvFormat, v().buffer, headDim),
          position,
          prefixEnd: numTokens === 3 ? 0 : capacity - 4,
          numHeads,
          numKvHeads,
          headDim,
        }),
      );
      const compare = (bytes: ArrayBuffer): Comparison =>
        y.dtype === 'f32'
          ? compareFloats(new Float32Array(bytes), want(), { ofRms: 1e-3 })
          : compareCodes(new Uint32Array(bytes), want(), 1e-4);
      return [{ output: y, compare }];
    },
  };
}

function stateOf(tensors: CaseTensors, slot: number, prefixEnd = 0) {
  return tensors.words([STATE_WORDS], () => encodeState({ slot, counter: 0, prefixEnd }));
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Rows of headDim values in the format of the cache. */
function encodeKv(format: KvFormat, values: Float32Array<ArrayBuffer>, headDim: number) {
  if (format === 'i8') return encodeI8(values, headDim);
  if (format === 'f32') return new Uint8Array(values.buffer);
  return new Uint8Array(Uint16Array.from(values, floatToHalf).buffer);
}

function decodeKv(format: KvFormat, bytes: ArrayBuffer, headDim: number): Float32Array {
  if (format === 'i8') return decodeI8(bytes, headDim);
  if (format === 'f32') return new Float32Array(bytes);
  return Float32Array.from(new Uint16Array(bytes), halfToFloat);
}
