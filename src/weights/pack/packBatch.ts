// Packs a filled batch into pieces of the image, and trims batches to the required tiles.
import { tileBytes } from '../../shared/weightLayout';
import { dequantize } from '../file/dequantize';
import { convolutionRun } from './convolution';
import { tileRows, type Batch } from './importPlan';
import { badValues, packRows } from './packer';
import type { FilledBatch } from './readAhead';
import type { ByteRange, WeightSource } from '../types';

/** The pieces in image order, the first one at imageStart(batch). Each piece is overwritten by the next. */
export function* packBatch(filled: FilledBatch): Generator<Uint8Array> {
  const { kind, format, shape } = filled.batch.target.packed;
  if (kind === 'vector') {
    yield packVector(filled);
    return;
  }
  const { batch, bytes } = filled;
  const { packed } = batch.target;
  const cols = shape[1];
  const scratch = new Uint8Array(tileBytes(format, cols));
  for (let tile = batch.firstTile; tile < batch.firstTile + batch.numTiles; tile++) {
    scratch.fill(0); // padding rows
    const { firstRow, numRows } = tileRows(packed, tile);
    if (batch.target.convolution) {
      packRows(convolutionRun(filled, { firstRow, numRows }), format, cols, scratch);
      yield scratch;
      continue;
    }
    batch.reads.forEach(({ part, ...read }, i) => {
      const from = Math.max(firstRow, read.firstRow);
      const to = Math.min(firstRow + numRows, read.firstRow + read.numRows);
      if (from >= to) return;
      const run = {
        tensor: part.tensor.name,
        type: part.type,
        bytes: bytes[i],
        offset: (from - read.firstRow) * part.rowBytes,
        numRows: to - from,
        firstRow: from - firstRow,
      };
      packRows(run, format, cols, scratch);
    });
    yield scratch;
  }
}

/** A vector as f32, its parts concatenated. */
function packVector({ batch, bytes }: FilledBatch): Uint8Array {
  const values = new Float32Array(batch.target.packed.shape[0]);
  batch.reads.forEach(({ part, firstRow, numRows }, i) => {
    const floats = dequantize(part.type, bytes[i], 0, numRows);
    if (!floats.every(Number.isFinite)) throw badValues(part.tensor.name);
    values.set(floats, firstRow);
  });
  return new Uint8Array(values.buffer);
}

/** Image offset of the first byte of a batch. */
export function imageStart({ target: { packed }, firstTile }: Batch): number {
  return packed.offset + (firstTile && firstTile * tileBytes(packed.format, packed.shape[1]));
}

/** Image offset just past the last byte of a batch. */
function imageEnd({ target: { packed }, firstTile, numTiles }: Batch): number {
  if (packed.kind === 'vector') return packed.offset + packed.byteLength;
  return packed.offset + (firstTile + numTiles) * tileBytes(packed.format, packed.shape[1]);
}

/** The batches that hold bytes [start, end) of the image, trimmed to whole tiles. */
export function batchesWithin(batches: Batch[], start: number, end = Infinity): Batch[] {
  return batches.flatMap((batch) => {
    const [from, to] = [imageStart(batch), imageEnd(batch)];
    if (to <= start || from >= end) return [];
    if ((from >= start && to <= end) || batch.numTiles === 0) return [batch];
    const oneTile = (to - from) / batch.numTiles;
    const first = Math.max(0, Math.floor((start - from) / oneTile));
    const last = Math.min(batch.numTiles, Math.ceil((end - from) / oneTile));
    return [cutTiles(batch, batch.firstTile + first, last - first)];
  });
}

/** The batch with fewer tiles, and only the rows those tiles need. */
function cutTiles({ target, reads }: Batch, firstTile: number, numTiles: number): Batch {
  const { packed } = target;
  const needed = Array.from({ length: numTiles }, (_, i) => tileRows(packed, firstTile + i));
  const cut = reads.flatMap(({ part, firstRow, numRows }) => {
    // the tiles of one half are consecutive rows, and a read never spans both halves
    const inside = needed.filter(
      (tile) => tile.firstRow < firstRow + numRows && tile.firstRow + tile.numRows > firstRow,
    );
    if (inside.length === 0) return [];
    const last = inside[inside.length - 1];
    const from = Math.max(firstRow, inside[0].firstRow);
    const to = Math.min(firstRow + numRows, last.firstRow + last.numRows);
    return [{ part, firstRow: from, numRows: to - from }];
  });
  const sourceBytes = cut.reduce((sum, { part, numRows }) => sum + numRows * part.rowBytes, 0);
  return { target, firstTile, numTiles, reads: cut, sourceBytes };
}

/** Ranges that the batches read, plus `more`, per source, sorted and merged. */
export function rangesOf(
  batches: Batch[],
  more: ReadonlyMap<WeightSource, ByteRange[]>,
): Map<WeightSource, ByteRange[]> {
  const all = new Map([...more].map(([source, ranges]) => [source, [...ranges]]));
  for (const { reads } of batches) {
    for (const { part, firstRow, numRows } of reads) {
      const { source, offset } = part.tensor;
      const ranges = all.get(source) ?? [];
      all.set(source, ranges);
      ranges.push({
        offset: offset + (firstRow - part.firstRow) * part.rowBytes,
        length: numRows * part.rowBytes,
      });
    }
  }
  for (const [source, ranges] of all) all.set(source, merged(ranges));
  return all;
}

function merged(ranges: ByteRange[]): ByteRange[] {
  const result: ByteRange[] = [];
  for (const { offset, length } of ranges.toSorted((a, b) => a.offset - b.offset)) {
    const last = result.at(-1);
    if (last && offset <= last.offset + last.length)
      last.length = Math.max(last.length, offset + length - last.offset);
    else result.push({ offset, length });
  }
  return result;
}
