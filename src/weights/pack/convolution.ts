// Convolution kernels as rows of a matrix: a convolution whose windows do not overlap is a matrix product over patches.
import { dequantize } from '../file/dequantize';
import type { ConvolutionRows } from '../types';
import { isSum } from './formats';
import type { RowRun } from './packer';
import type { FilledBatch } from './readAhead';
import { AppError } from '../../shared/errors';

/** The rows of a tile in their packed order, as the packer takes them. */
export function convolutionRun(
  { batch, bytes }: FilledBatch,
  { firstRow, numRows }: { firstRow: number; numRows: number },
): RowRun {
  const { packed, parts, convolution } = batch.target;
  if (!convolution) throw new AppError('bug', `${packed.name} is no convolution`);
  const cols = packed.shape[1];
  const rowsOf = batch.reads.map(({ part, firstRow: first }, i) => ({
    part,
    bytes: bytes[i],
    offset: (firstRow - first) * part.rowBytes,
  }));
  const tensor = parts[0].tensor.name;
  if (isSum(parts, convolution)) {
    const sums = new Float32Array(numRows * cols);
    for (const { part, bytes: source, offset } of rowsOf) {
      const values = dequantize(part.type, source, offset, numRows * sourceColumns(convolution));
      place(values, sums, { convolution, numRows, cols });
    }
    return { tensor, type: 'F32', bytes: new Uint8Array(sums.buffer), offset: 0, numRows, firstRow: 0 };
  }
  const [{ part, bytes: source, offset }] = rowsOf;
  const raw = source.slice(offset, offset + numRows * part.rowBytes); // slice() aligns the bytes
  const Words = part.type === 'F32' ? Uint32Array : Uint16Array;
  const moved = new Words(numRows * cols);
  place(new Words(raw.buffer), moved, { convolution, numRows, cols });
  return { tensor, type: part.type, bytes: new Uint8Array(moved.buffer), offset: 0, numRows, firstRow: 0 };
}

const sourceColumns = ({ channels, frames, positions }: ConvolutionRows): number =>
  channels * frames * positions;

/** Adds each value to its place in the packed rows, which are zero before; of a single frame that moves its bits. */
function place<T extends Float32Array | Uint32Array | Uint16Array>(
  source: T,
  target: T,
  { convolution, numRows, cols }: { convolution: ConvolutionRows; numRows: number; cols: number },
): void {
  const { channels, frames, positions, channelsLast } = convolution;
  let from = 0;
  for (let row = 0; row < numRows; row++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let frame = 0; frame < frames; frame++) {
        for (let position = 0; position < positions; position++) {
          const column = channelsLast ? position * channels + channel : channel * positions + position;
          target[row * cols + column] += source[from++];
        }
      }
    }
  }
}
