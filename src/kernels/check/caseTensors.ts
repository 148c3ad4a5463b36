// The tensors of kernel checks: as shapes, to see which kernels a case dispatches, and on the GPU.
import type { Gpu } from '../../gpu/device';
import type { Tensor, WeightMatrix } from '../../gpu/tensor';
import { sizeOf } from '../../shared/shape';
import { numTiles } from '../../shared/weightLayout';
import { noise } from '../noise';
import { shapesOnly } from '../variants';
import { packValues, uploadMatrix, type PackedMatrix, type PackedShape } from '../weights.reference';
import type { CaseTensors } from './kernelCase';

/** Tensors without memory and without data. */
export const caseShapes: CaseTensors = {
  floats: (shape) => shapesOnly.createTensor('check', shape),
  words: (shape) => shapesOnly.createTensor('check', shape, 'u32'),
  zeros: (shape, dtype) => shapesOnly.createTensor('check', shape, dtype),
  matrix: (shape) => ({ weights: matrixShape(shape), values: () => packed(shape) }),
};

function matrixShape({ format, rows, cols, interleaved = false }: PackedShape): WeightMatrix {
  const tensor = shapesOnly.createTensor('check', [1], 'u32');
  const chunks = [{ firstTile: 0, numTiles: numTiles(rows, interleaved), tensor }];
  return { label: `${format} [${rows}, ${cols}]`, rows, cols, format, interleaved, chunks };
}

/** Matrices by their shape: cases of several lengths share one. */
const matrices = new Map<string, PackedMatrix>();

function packed(shape: PackedShape): PackedMatrix {
  const { rows, cols } = shape;
  const key = JSON.stringify(shape);
  let matrix = matrices.get(key);
  if (!matrix) {
    const values = noise(rows * cols, rows * cols).map((value) => (1.7 * value) / Math.sqrt(cols) + 0.01);
    matrices.set(key, (matrix = packValues(shape, values)));
  }
  return matrix;
}

/** Several chunks, so that their first tiles matter; whole pairs of tiles for interleaved and rotated rows. */
const TILES_PER_CHUNK = 2;

/** Tensors on the GPU, until {@link release}. */
export class GpuCaseTensors implements CaseTensors {
  private readonly made: GPUBuffer[] = [];
  private readonly weights = new Map<string, WeightMatrix>();

  constructor(private readonly gpu: Gpu) {}

  floats(shape: number[], data: () => Float32Array<ArrayBuffer>): Tensor {
    return this.filled(shape, 'f32', data());
  }

  words(shape: number[], data: () => Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>): Tensor {
    return this.filled(shape, 'u32', data());
  }

  zeros(shape: number[], dtype: 'f32' | 'u32' = 'f32'): Tensor {
    const tensor = this.gpu.createTensor('check', shape, dtype);
    this.made.push(tensor.buffer);
    return tensor;
  }

  matrix(shape: PackedShape) {
    const key = JSON.stringify(shape);
    let weights = this.weights.get(key);
    if (!weights) {
      const upload = { tensor: (data: Uint8Array, size: number[]) => this.filled(size, 'u32', data) };
      weights = uploadMatrix(upload, packed(shape), TILES_PER_CHUNK);
      this.weights.set(key, weights);
    }
    return { weights, values: () => packed(shape) };
  }

  private filled(shape: number[], dtype: 'f32' | 'u32', data: ArrayBufferView): Tensor {
    const tensor = this.zeros(shape, dtype);
    const whole = new Uint8Array(sizeOf(shape) * 4); // writes are whole words
    whole.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.gpu.write(tensor, whole);
    return tensor;
  }

  release(): void {
    for (const buffer of this.made) this.gpu.destroyBuffer(buffer);
    this.made.length = 0;
    this.weights.clear();
  }
}
