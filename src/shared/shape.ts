// Tensor shapes, for GPU and CPU memory alike.
import { AppError } from './errors';

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** @throws AppError 'bug' naming both shapes when they differ. */
export function assertShape(what: string, tensor: { shape: number[] }, expected: number[]): void {
  if (tensor.shape.length !== expected.length || tensor.shape.some((dim, i) => dim !== expected[i])) {
    throw new AppError('bug', `${what} has shape [${tensor.shape}], expected [${expected}]`);
  }
}

/** A view of the first `count` rows of a tensor whose first axis is rows; shares its memory. */
export function firstRows<T extends { shape: number[]; byteLength: number }>(tensor: T, count: number): T {
  const rowBytes = tensor.byteLength / tensor.shape[0];
  return { ...tensor, shape: [count, ...tensor.shape.slice(1)], byteLength: rowBytes * count };
}

/** A view of `count` rows from row `first` on; to be bound, it must begin at a multiple of 256 bytes. */
export function rowsFrom<T extends { shape: number[]; byteLength: number; offset: number }>(
  tensor: T,
  first: number,
  count: number,
): T {
  const rowBytes = tensor.byteLength / tensor.shape[0];
  return { ...firstRows(tensor, count), offset: tensor.offset + first * rowBytes };
}
