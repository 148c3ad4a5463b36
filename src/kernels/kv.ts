// The KV cache of one layer: two tensors, [numKvHeads][capacity][headDim], as half floats, floats or int8.
import kvF16 from '../../shaders/lib/kv_f16.wgsl?raw';
import kvF32 from '../../shaders/lib/kv_f32.wgsl?raw';
import kvI8 from '../../shaders/lib/kv_i8.wgsl?raw';
import { AppError } from '../shared/errors';
import type { Gpu } from '../gpu/device';
import type { Dtype, Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';

/** f16 packs two values in a word and saturates at ±65504; i8 packs four, and a scale follows each position of a head. */
export type KvFormat = 'f16' | 'f32' | 'i8';

export interface KvShape {
  format: KvFormat;
  /** Positions. */
  capacity: number;
  numKvHeads: number;
  /** A multiple of 4, at most 128. */
  headDim: number;
}

/** One layer's cache. A head's positions are contiguous; at f16 and headDim 128 each takes 256 bytes. */
export interface KvLayer extends KvShape {
  k: Tensor;
  v: Tensor;
}

/** WGSL of `KvQuad`, `pack_kv` and `unpack_kv`. */
export const KV_LIBRARY: Record<KvFormat, string> = { f16: kvF16, f32: kvF32, i8: kvI8 };

/** Shape and type of the K tensor, and of the V tensor, of one layer. */
export function kvTensorShape({ format, capacity, numKvHeads, headDim }: KvShape): {
  shape: number[];
  dtype: Dtype;
} {
  const dtype = format === 'f32' ? 'f32' : 'u32';
  return { shape: [numKvHeads, capacity, rowWords(format, headDim)], dtype };
}

/** Words of one position of a head. */
function rowWords(format: KvFormat, headDim: number): number {
  return { f32: headDim, f16: headDim / 2, i8: headDim / 4 + 1 }[format];
}

/** Bytes of K and V of one layer together. */
export function kvLayerBytes({ format, capacity, numKvHeads, headDim }: KvShape): number {
  return 2 * numKvHeads * capacity * rowWords(format, headDim) * 4;
}

/** A zeroed cache for one layer; the caller destroys the buffers of its `k` and `v`. */
export function createKvLayer(gpu: Gpu, label: string, kvShape: KvShape): KvLayer {
  const { shape, dtype } = kvTensorShape(kvShape);
  const { format, capacity, numKvHeads, headDim } = kvShape;
  return {
    k: gpu.createTensor(`${label}.k`, shape, dtype),
    v: gpu.createTensor(`${label}.v`, shape, dtype),
    format,
    capacity,
    numKvHeads,
    headDim,
  };
}

/** @throws AppError 'bug' when the tensors do not have the layout's shape. */
export function assertKvLayer(what: string, kv: KvLayer): void {
  const { shape } = kvTensorShape(kv);
  if (kv.headDim % 4 !== 0 || kv.headDim > 128) {
    throw new AppError(
      'bug',
      `${what}: head dimension ${kv.headDim}, supported are multiples of 4 up to 128`,
    );
  }
  assertShape(`${what} K cache`, kv.k, shape);
  assertShape(`${what} V cache`, kv.v, shape);
}
