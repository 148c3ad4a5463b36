// Reads packed tensors back as defined in src/shared/weightLayout.ts: naive loops, no code shared with the packer.
// For tests and for reference kernels on the CPU.
import { halfToFloat } from '../../shared/half';
import type { PackedTensor } from '../types';

const TILE = 64;
const UNIT = 1 / 256;

/** A packed matrix as f32 [rows, cols], row-major. @param image the tensor's own bytes. */
export function unpackMatrix(
  { shape: [rows, cols], format, interleaved }: PackedTensor,
  image: Uint8Array,
): Float32Array {
  const perBlock = { q4: 32, q4m: 32, q8: 16, q8m: 16, f16: 8, bf16: 8, f32: 4 }[format];
  const blockBytes = (cols / perBlock) * TILE * 16;
  const planeBytes = format.startsWith('q') ? (cols / 32) * TILE * 2 : 0;
  const wholeTile = blockBytes + planeBytes * (format.endsWith('m') ? 2 : 1);
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const half = (at: number): number => halfToFloat(view.getUint16(at, true));
  const out = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const halfRows = rows / 2;
    const inHalf = interleaved && row >= halfRows ? row - halfRows : row;
    const tile = interleaved
      ? 2 * Math.floor(inHalf / TILE) + (row >= halfRows ? 1 : 0)
      : Math.floor(row / TILE);
    const lane = inHalf % TILE;
    for (let col = 0; col < cols; col++) {
      const block = tile * wholeTile + (Math.floor(col / perBlock) * TILE + lane) * 16;
      const i = col % perBlock;
      const plane = tile * wholeTile + blockBytes + (Math.floor(col / 32) * TILE + lane) * 2;
      let w: number;
      if (format === 'f32') w = view.getFloat32(block + 4 * i, true);
      else if (format === 'f16') w = half(block + 2 * i);
      else if (format === 'bf16') w = bfloat(view.getUint16(block + 2 * i, true));
      else {
        const scale = half(plane) * UNIT;
        const min = format.endsWith('m') ? half(plane + planeBytes) * UNIT : 0;
        if (format === 'q8') w = view.getInt8(block + i) * scale;
        else if (format === 'q8m') w = view.getInt8(block + i) * scale + min;
        else {
          const byte = view.getUint8(block + 4 * Math.floor(i / 8) + (i % 4));
          const code = i % 8 < 4 ? byte & 15 : byte >> 4;
          w = format === 'q4' ? (code - 8) * scale : code * scale + min;
        }
      }
      out[row * cols + col] = w;
    }
  }
  return out;
}

function bfloat(bits: number): number {
  return new Float32Array(new Uint32Array([bits << 16]).buffer)[0];
}
