// The buffers of one pass of the encoder, and the places of several texts in it.
import type { Tensor, TensorAllocator } from '../../gpu/tensor';
import { kvTensorShape, type KvLayer } from '../../kernels/kv';
import { encodeState, STATE_WORDS } from '../../kernels/state';
import { rowsFrom } from '../../shared/shape';
import type { EmbedderConfig } from './config';

const STATE_STRIDE = 64; // words: minStorageBufferOffsetAlignment
/** A text takes at least two tokens and its begin, the next one's, is even: so many fit a pass of as many tokens. */
export const LEAST_TOKENS = 4;

/** T tokens, S texts; all f32 but ids, states and ranges. */
export interface EmbedderActivations {
  tokens: Tensor; // u32 [T]
  positions: Tensor; // u32 [T]
  types: Tensor; // u32 [T]: zeros
  states: Tensor; // u32 [S + 1, STATE_STRIDE]: of each text, then of the pass
  ranges: Tensor; // u32 [S, 2]
  angles: Tensor; // [T, 2]: no rotation
  x: Tensor; // [T, D]
  normed: Tensor; // [T, D]
  qkv: Tensor; // [T, 3D]
  q: Tensor; // [T, D]
  heads: Tensor; // [T, D]
  up: Tensor; // [T, F]
  curved: Tensor; // [T, F]
  pooled: Tensor; // [S, D]
  /** Keys and values of one layer; the buffers are longer by the rows of one head, so that a view of a later text ends inside them. */
  kv: KvLayer;
}

/** A text's place in a pass. */
export interface TextPlace {
  /** First token; even, so that WebGPU can bind rows from there on. */
  first: number;
  count: number;
}

/** Places for texts of so many tokens, one after the other. */
export function placesOf(counts: readonly number[]): TextPlace[] {
  let next = 0;
  return counts.map((count) => {
    const first = next;
    next += count + (count % 2);
    return { first, count };
  });
}

export function createEmbedderActivations(
  gpu: TensorAllocator,
  { hiddenSize: D, ffnSize: F, numHeads, headDim, maxTokens: T }: EmbedderConfig,
): EmbedderActivations {
  const S = Math.ceil(T / LEAST_TOKENS);
  const shape = { format: 'f32' as const, capacity: T, numKvHeads: numHeads, headDim };
  const tensor = (name: string, rows: number, columns: number) =>
    gpu.createTensor(`embedder ${name}`, [rows, columns]);
  const words = (name: string, dims: number[]) => gpu.createTensor(`embedder ${name}`, dims, 'u32');
  const cache = (name: string): Tensor => {
    const wanted = kvTensorShape(shape).shape;
    const longer = tensor(name, numHeads + 1, T * headDim);
    return { ...longer, shape: wanted, byteLength: (longer.byteLength / (numHeads + 1)) * numHeads };
  };
  return {
    tokens: words('tokens', [T]),
    positions: words('positions', [T]),
    types: words('types', [T]),
    states: words('states', [S + 1, STATE_STRIDE]),
    ranges: words('ranges', [S, 2]),
    angles: tensor('angles', T, 2),
    x: tensor('x', T, D),
    normed: tensor('normed', T, D),
    qkv: tensor('qkv', T, 3 * D),
    q: tensor('q', T, D),
    heads: tensor('heads', T, D),
    up: tensor('up', T, F),
    curved: tensor('curved', T, F),
    pooled: tensor('pooled', S, D),
    kv: { ...shape, k: cache('k'), v: cache('v') },
  };
}

/** Every tensor of the activations. */
export const tensorsOf = ({ kv, ...others }: EmbedderActivations): Tensor[] => [
  ...Object.values(others),
  kv.k,
  kv.v,
];

/** The content of `states`: every token of a text sees all of it; the last state appends the rows of the whole pass. */
export function statesOf(places: readonly TextPlace[], numStates: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(numStates * STATE_STRIDE);
  places.forEach(({ count }, i) =>
    words.set(encodeState({ slot: 0, counter: 0, prefixEnd: count }), i * STATE_STRIDE),
  );
  return words;
}

/** The state of a text, or with the number of the last one that of the pass. */
export function stateOf({ states }: EmbedderActivations, index: number): Tensor {
  return { ...rowsFrom(states, index, 1), shape: [STATE_WORDS], byteLength: STATE_WORDS * 4 };
}

/** K and V from a text's first token on, as a cache of their own. */
export function kvFrom({ kv }: EmbedderActivations, first: number): KvLayer {
  const bytes = first * kv.headDim * 4;
  const from = (tensor: Tensor): Tensor => ({ ...tensor, offset: tensor.offset + bytes });
  return { ...kv, k: from(kv.k), v: from(kv.v) };
}
