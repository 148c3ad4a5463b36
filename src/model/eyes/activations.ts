// The buffers of one picture on its way through the tower, and its rows in chunks.
import type { Tensor, TensorAllocator } from '../../gpu/tensor';
import { kvTensorShape, type KvFormat, type KvLayer } from '../../kernels/kv';
import { encodeState, STATE_WORDS } from '../../kernels/state';
import { rowsFrom } from '../../shared/shape';
import type { EyesConfig } from './config';
import { MERGE } from './pixels/smartResize';
import { PATCH_ROW } from './tensors';

/** Patches of a chunk are a multiple of this: views then begin where WebGPU can bind them, between merged patches. */
export const CHUNK_STEP = 16;
const PER_ROW = MERGE * MERGE;
const STATE_STRIDE = 64; // words: minStorageBufferOffsetAlignment

/** N patches, R of them in a chunk; all f32. */
export interface EyesActivations {
  patches: Tensor; // [R, PATCH_ROW]: of the chunk that comes next
  residual: Tensor; // [N, H]
  /** Queries of one layer, in which every patch sees every other. */
  q: Tensor; // [N, H]
  kv: KvLayer;
  angles: Tensor; // [N, headDim]
  states: Tensor; // u32 [chunks, STATE_STRIDE]
  normed: Tensor; // [R, H]
  qkv: Tensor; // [R, 3H]
  heads: Tensor; // [R, H]
  gateUp?: Tensor; // [R, 2F], only with biases
  gated: Tensor; // [R, F]
  merged: Tensor; // [R/4, D]
  projected: Tensor; // [R/4, D]
  mergerGated: Tensor; // [R/4, F of the merger]
  features: Tensor; // [N/4, D]
}

/**
 * Patches that one dispatch reads. Attention of a chunk grows with the picture; like the merger of 64 rows it stays within
 * 20 GFLOP, which is 100 ms on a GPU of 0.2 TFLOP/s. A processor has a hundredth of that and takes the smallest chunks.
 */
export function chunkSizeFor(numPatches: number, isSoftware: boolean): number {
  if (isSoftware) return CHUNK_STEP;
  if (numPatches > 24_000) return 64;
  return numPatches > 12_000 ? 128 : 256;
}

/** Some neighbouring patches. */
export interface Chunk {
  index: number;
  /** The first patch. */
  first: number;
  count: number;
}

/** Cuts a picture's patches into chunks of at most `size`, a multiple of {@link CHUNK_STEP}. */
export function chunksOf(numPatches: number, size: number): Chunk[] {
  return Array.from({ length: Math.ceil(numPatches / size) }, (_, index) => {
    const first = index * size;
    return { index, first, count: Math.min(size, numPatches - first) };
  });
}

export interface EyesSizes {
  numPatches: number;
  chunkSize: number;
  kvFormat: KvFormat;
}

/** Bytes of {@link createEyesActivations}. */
export function eyesActivationBytes(config: EyesConfig, sizes: EyesSizes): number {
  let bytes = 0;
  createEyesActivations(
    {
      createTensor(label, shape, dtype = 'f32') {
        const byteLength = shape.reduce((product, dim) => product * dim, 4);
        bytes += byteLength;
        return { label, buffer: {} as GPUBuffer, offset: 0, byteLength, dtype, shape };
      },
    },
    config,
    sizes,
  );
  return bytes;
}

export function createEyesActivations(
  gpu: TensorAllocator,
  config: EyesConfig,
  { numPatches: N, chunkSize, kvFormat: format }: EyesSizes,
): EyesActivations {
  const { hiddenSize: H, numHeads, headDim, ffnSize: F, outSize: D, mergerSize } = config;
  const R = Math.min(N, chunkSize);
  const cache = { format, capacity: N, numKvHeads: numHeads, headDim };
  const { shape, dtype } = kvTensorShape(cache);
  const tensor = (name: string, rows: number, columns: number) =>
    gpu.createTensor(`eyes ${name}`, [rows, columns]);
  return {
    patches: tensor('patches', R, PATCH_ROW),
    residual: tensor('residual', N, H),
    q: tensor('q', N, H),
    kv: {
      ...cache,
      k: gpu.createTensor('eyes k', shape, dtype),
      v: gpu.createTensor('eyes v', shape, dtype),
    },
    angles: tensor('angles', N, headDim),
    states: gpu.createTensor('eyes states', [Math.ceil(N / chunkSize), STATE_STRIDE], 'u32'),
    normed: tensor('normed', R, H),
    qkv: tensor('qkv', R, 3 * H),
    heads: tensor('heads', R, H),
    ...(config.biases && { gateUp: tensor('gateUp', R, 2 * F) }),
    gated: tensor('gated', R, F),
    merged: tensor('merged', R / PER_ROW, D),
    projected: tensor('projected', R / PER_ROW, D),
    mergerGated: tensor('mergerGated', R / PER_ROW, mergerSize),
    features: tensor('features', N / PER_ROW, D),
  };
}

/** Every tensor of the activations. */
export function tensorsOf({ kv, ...others }: EyesActivations): Tensor[] {
  return [...Object.values(others).filter((tensor) => tensor !== undefined), kv.k, kv.v];
}

/** The content of `states`: where the rows of each chunk go, and that every patch of the picture is visible to all. */
export function chunkStates(chunks: readonly Chunk[], numPatches: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(chunks.length * STATE_STRIDE);
  for (const { index, first } of chunks)
    words.set(encodeState({ slot: first, counter: 0, prefixEnd: numPatches }), index * STATE_STRIDE);
  return words;
}

/** The state of a chunk: what ropeAppend and attention read. */
export function stateOf({ states }: EyesActivations, { index }: Chunk): Tensor {
  return { ...rowsFrom(states, index, 1), shape: [STATE_WORDS], byteLength: STATE_WORDS * 4 };
}

/** The rows of the merged patches of a chunk. */
export function mergedOf({ first, count }: Chunk): { first: number; count: number } {
  return { first: first / PER_ROW, count: count / PER_ROW };
}

/** Four neighbouring rows side by side: [R, H] as [R/4, 4H]. */
export function sideBySide(tensor: Tensor): Tensor {
  const [rows, columns] = tensor.shape;
  return { ...tensor, shape: [rows / PER_ROW, columns * PER_ROW] };
}
