// Views on GPU memory. A tensor does not own its buffer: the creator of the buffer destroys it.
import type { WeightFormat } from '../shared/weightLayout';

export type Dtype = 'f32' | 'u32';

/** A typed, shaped range of a GPU buffer. Row-major; `offset` in bytes, a multiple of 256 when it is bound. */
export interface Tensor {
  label: string;
  buffer: GPUBuffer;
  offset: number;
  byteLength: number;
  dtype: Dtype;
  shape: number[];
}

/** Allocates tensors: a Gpu, or `shapesOnly` of src/kernels/variants.ts. */
export interface TensorAllocator {
  createTensor(label: string, shape: number[], dtype?: Dtype): Tensor;
}

/** Some whole tiles of a weight matrix, in one buffer of at most 128 MiB. */
export interface WeightChunk {
  /** Index of the chunk's first tile in the matrix. */
  firstTile: number;
  numTiles: number;
  tensor: Tensor; // raw bytes, dtype u32
}

/** A weight matrix [rows, cols] in the tile layout of src/shared/weightLayout.ts. */
export interface WeightMatrix {
  label: string;
  rows: number;
  cols: number;
  format: WeightFormat;
  /** Rows are two halves (gate, up) whose tiles alternate. */
  interleaved: boolean;
  chunks: WeightChunk[];
}
