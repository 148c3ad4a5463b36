// From the model's tensor plan to the layout of the packed image: all checks that need only headers, and all reads.
import { AppError } from '../../shared/errors';
import { sizeOf } from '../../shared/shape';
import { GROUP_SIZE, numTiles, rowOfTile, TILE_ROWS, tileBytes } from '../../shared/weightLayout';
import { commonFormat, convolutionFormat } from './formats';
import type { GgufFile } from '../file/gguf';
import { assertSupported, type SupportedType } from '../file/ggmlTypes';
import type { ConvolutionRows, GgufTensor, PackedTensor, TensorPlan } from '../types';

/** Tensors start at multiples of this: minStorageBufferOffsetAlignment, so that vectors can share a buffer. */
const TENSOR_ALIGNMENT = 256;
/** Source bytes of one batch, unless a single tile needs more. */
const BATCH_BYTES = 8 * 1024 * 1024;

/** A planned tensor with its place in the packed image and its source tensors. */
export interface ImportTensor {
  packed: PackedTensor;
  parts: ImportPart[];
  /** Each part then has all rows. */
  convolution?: ConvolutionRows;
  flat?: boolean;
}

export interface ImportPart {
  tensor: GgufTensor;
  type: SupportedType;
  /** First row of this part in the stacked matrix; the first element for a vector. */
  firstRow: number;
  numRows: number;
  rowBytes: number;
}

/** Rows of one part, read with one call. */
export interface RowRead {
  part: ImportPart;
  /** First row in the stacked matrix. */
  firstRow: number;
  numRows: number;
}

/** Tiles packed together, and the reads they need. A vector is a batch without tiles. */
export interface Batch {
  target: ImportTensor;
  firstTile: number;
  numTiles: number;
  reads: RowRead[];
  sourceBytes: number;
}

/**
 * Checks a plan against a file and lays out the packed image, in plan order.
 * @throws AppError missing-tensor, wrong-shape, unsupported-tensor-type.
 */
export function layOut(gguf: GgufFile, plan: TensorPlan[]): { tensors: ImportTensor[]; packedBytes: number } {
  let end = 0;
  const tensors = plan.map((planned) => {
    const parts = resolveParts(gguf, planned);
    const { name, kind, shape, interleaved = false, convolution, flat, exact } = planned;
    const types = parts.map(({ type }) => type);
    const format =
      kind === 'vector'
        ? 'f32'
        : convolution
          ? convolutionFormat(parts, convolution)
          : commonFormat(types, exact ? undefined : gguf.quantize);
    const byteLength =
      kind === 'vector' ? shape[0] * 4 : numTiles(shape[0], interleaved) * tileBytes(format, shape[1]);
    const offset = Math.ceil(end / TENSOR_ALIGNMENT) * TENSOR_ALIGNMENT;
    end = offset + byteLength;
    const packed = { name, kind, shape, format, interleaved, offset, byteLength };
    return { packed, parts, ...(convolution && { convolution }), ...(flat && { flat }) };
  });
  return { tensors, packedBytes: end };
}

function resolveParts(
  gguf: GgufFile,
  { name, kind, shape, parts = [name], interleaved, convolution, flat }: TensorPlan,
): ImportPart[] {
  const cols = kind === 'matrix' ? shape[1] : 1;
  let firstRow = 0;
  const resolved = parts.map((partName): ImportPart => {
    const tensor = gguf.tensors.get(partName);
    if (!tensor) {
      const message = `The file has no tensor ${partName}. It is not a complete model of this architecture.`;
      throw new AppError('missing-tensor', message, { tensor: partName });
    }
    const type = assertSupported(tensor.type, partName);
    const numRows = parts.length === 1 || convolution ? shape[0] : tensor.shape[0];
    const { channels = 0, frames = 0, positions = 0 } = convolution ?? {};
    const expected = convolution
      ? [numRows, channels * frames * positions]
      : kind === 'matrix'
        ? [numRows, cols]
        : [numRows];
    const found = convolution
      ? [tensor.shape[0], sizeOf(tensor.shape.slice(1))]
      : flat
        ? [sizeOf(tensor.shape)]
        : tensor.shape;
    if (!sameShape(found, expected)) throw wrongShape(partName, tensor.shape, `[${expected.join(', ')}]`);
    const part = { tensor, type, firstRow, numRows, rowBytes: tensor.byteLength / numRows };
    if (!convolution) firstRow += numRows;
    return part;
  });
  if (firstRow !== shape[0] && !convolution)
    throw wrongShape(name, [firstRow, ...shape.slice(1)], `[${shape.join(', ')}]`);
  if (cols % GROUP_SIZE !== 0 && kind === 'matrix')
    throw wrongShape(name, shape, `columns in multiples of ${GROUP_SIZE}`);
  if (interleaved && shape[0] % 2 !== 0) throw wrongShape(name, shape, 'two halves of equally many rows');
  return resolved;
}

/** Splits a tensor into batches of whole tiles with at most BATCH_BYTES of source, in image order. */
export function batchesOf(target: ImportTensor): Batch[] {
  const { packed, parts } = target;
  if (packed.kind === 'vector') {
    const reads = parts.map((part) => ({ part, firstRow: part.firstRow, numRows: part.numRows }));
    return [{ target, firstTile: 0, numTiles: 0, reads, sourceBytes: bytesOf(reads) }];
  }
  const [rows] = packed.shape;
  const step = packed.interleaved ? 2 : 1;
  const widestRow = Math.max(...parts.map((part) => part.rowBytes));
  const tilesPerBatch = step * Math.max(1, Math.floor(BATCH_BYTES / (widestRow * TILE_ROWS * step)));
  const total = numTiles(rows, packed.interleaved);
  const batches: Batch[] = [];
  for (let firstTile = 0; firstTile < total; firstTile += tilesPerBatch) {
    const count = Math.min(tilesPerBatch, total - firstTile);
    const reads: RowRead[] = [];
    for (let half = 0; half < step; half++) {
      const first = tileRows(packed, firstTile + half);
      const last = tileRows(packed, firstTile + count - step + half);
      reads.push(...cutByParts(parts, first.firstRow, last.firstRow + last.numRows));
    }
    batches.push({ target, firstTile, numTiles: count, reads, sourceBytes: bytesOf(reads) });
  }
  return batches;
}

/** The matrix rows of a tile; they are consecutive. */
export function tileRows(
  { shape, interleaved }: PackedTensor,
  tile: number,
): { firstRow: number; numRows: number } {
  const firstRow = rowOfTile(tile, 0, shape[0], interleaved);
  const end = interleaved ? ((tile & 1) + 1) * (shape[0] / 2) : shape[0];
  return { firstRow, numRows: Math.min(TILE_ROWS, end - firstRow) };
}

function cutByParts(parts: ImportPart[], from: number, to: number): RowRead[] {
  return parts.flatMap((part) => {
    const firstRow = Math.max(from, part.firstRow);
    const numRows = Math.min(to, part.firstRow + part.numRows) - firstRow;
    return numRows > 0 ? [{ part, firstRow, numRows }] : [];
  });
}

function bytesOf(reads: RowRead[]): number {
  return reads.reduce((sum, { part, numRows }) => sum + numRows * part.rowBytes, 0);
}

function sameShape(a: number[], b: number[]): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

function wrongShape(tensor: string, found: number[], expected: string): AppError {
  const shape = `[${found.join(', ')}]`;
  const message = `Tensor ${tensor} has shape ${shape}, expected ${expected}. The file belongs to another model.`;
  return new AppError('wrong-shape', message, { tensor, found: shape, expected });
}
