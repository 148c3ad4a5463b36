// Reference dequantisation of ggml blocks: naive loops, f64 arithmetic, rounded to f32 once. Tests compare the packer
// with it; the packer uses it where formats can only be joined as f32. Source: ggml's src/ggml-quants.c.
import { bfloatToFloat, halfToFloat } from '../../shared/half';
import { rowBytes, type SupportedType } from './ggmlTypes';

type Block = (view: DataView, at: number, y: Float32Array, k: number) => void;

/**
 * `count` weights that begin at byte `offset`; count is a multiple of the type's block.
 * @returns f32 [count]
 */
export function dequantize(
  type: SupportedType,
  bytes: Uint8Array,
  offset: number,
  count: number,
): Float32Array<ArrayBuffer> {
  const { block, weights } = BLOCKS[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, rowBytes(type, count));
  const blockBytes = rowBytes(type, weights);
  const y = new Float32Array(count);
  for (let k = 0; k < count; k += weights) block(view, (k / weights) * blockBytes, y, k);
  return y;
}

const BLOCKS: Record<SupportedType, { weights: number; block: Block }> = {
  F32: { weights: 1, block: (view, at, y, k) => (y[k] = view.getFloat32(at, true)) },
  F16: { weights: 1, block: (view, at, y, k) => (y[k] = half(view, at)) },
  BF16: { weights: 1, block: (view, at, y, k) => (y[k] = bfloatToFloat(view.getUint16(at, true))) },
  Q4_0: { weights: 32, block: q4_0 },
  Q4_1: { weights: 32, block: q4_1 },
  Q5_0: { weights: 32, block: q5_0 },
  Q5_1: { weights: 32, block: q5_1 },
  Q8_0: { weights: 32, block: q8_0 },
  Q4_K: { weights: 256, block: q4_k },
  Q5_K: { weights: 256, block: q5_k },
  Q6_K: { weights: 256, block: q6_k },
};

function half(view: DataView, at: number): number {
  return halfToFloat(view.getUint16(at, true));
}

function q4_0(view: DataView, at: number, y: Float32Array, k: number): void {
  const d = half(view, at);
  for (let j = 0; j < 16; j++) {
    const byte = view.getUint8(at + 2 + j);
    y[k + j] = ((byte & 15) - 8) * d;
    y[k + j + 16] = ((byte >> 4) - 8) * d;
  }
}

function q4_1(view: DataView, at: number, y: Float32Array, k: number): void {
  const [d, m] = [half(view, at), half(view, at + 2)];
  for (let j = 0; j < 16; j++) {
    const byte = view.getUint8(at + 4 + j);
    y[k + j] = (byte & 15) * d + m;
    y[k + j + 16] = (byte >> 4) * d + m;
  }
}

function q5_0(view: DataView, at: number, y: Float32Array, k: number): void {
  const d = half(view, at);
  const high = view.getUint32(at + 2, true);
  for (let j = 0; j < 16; j++) {
    const byte = view.getUint8(at + 6 + j);
    y[k + j] = (((byte & 15) | (((high >>> j) & 1) << 4)) - 16) * d;
    y[k + j + 16] = (((byte >> 4) | (((high >>> (j + 16)) & 1) << 4)) - 16) * d;
  }
}

function q5_1(view: DataView, at: number, y: Float32Array, k: number): void {
  const [d, m] = [half(view, at), half(view, at + 2)];
  const high = view.getUint32(at + 4, true);
  for (let j = 0; j < 16; j++) {
    const byte = view.getUint8(at + 8 + j);
    y[k + j] = ((byte & 15) | (((high >>> j) & 1) << 4)) * d + m;
    y[k + j + 16] = ((byte >> 4) | (((high >>> (j + 16)) & 1) << 4)) * d + m;
  }
}

function q8_0(view: DataView, at: number, y: Float32Array, k: number): void {
  const d = half(view, at);
  for (let j = 0; j < 32; j++) y[k + j] = view.getInt8(at + 2 + j) * d;
}

/** The 6-bit scale and min of sub-block i, 0 to 7, from the 12 bytes of a Q4_K or Q5_K block. */
function scaleAndMin(view: DataView, at: number, i: number): [scale: number, min: number] {
  const byte = (n: number): number => view.getUint8(at + n);
  if (i < 4) return [byte(i) & 63, byte(i + 4) & 63];
  return [(byte(i + 4) & 15) | ((byte(i - 4) >> 6) << 4), (byte(i + 4) >> 4) | ((byte(i) >> 6) << 4)];
}

function q4_k(view: DataView, at: number, y: Float32Array, k: number): void {
  const [d, dmin] = [half(view, at), half(view, at + 2)];
  for (let i = 0; i < 8; i++) {
    const [scale, min] = scaleAndMin(view, at + 4, i);
    for (let l = 0; l < 32; l++) {
      const byte = view.getUint8(at + 16 + 32 * (i >> 1) + l);
      const code = i & 1 ? byte >> 4 : byte & 15;
      y[k + 32 * i + l] = d * scale * code - dmin * min;
    }
  }
}

function q5_k(view: DataView, at: number, y: Float32Array, k: number): void {
  const [d, dmin] = [half(view, at), half(view, at + 2)];
  for (let i = 0; i < 8; i++) {
    const [scale, min] = scaleAndMin(view, at + 4, i);
    for (let l = 0; l < 32; l++) {
      const byte = view.getUint8(at + 48 + 32 * (i >> 1) + l);
      const fifth = (view.getUint8(at + 16 + l) >> i) & 1;
      const code = (i & 1 ? byte >> 4 : byte & 15) + 16 * fifth;
      y[k + 32 * i + l] = d * scale * code - dmin * min;
    }
  }
}

function q6_k(view: DataView, at: number, y: Float32Array, k: number): void {
  const d = half(view, at + 208);
  for (let n = 0; n < 2; n++) {
    for (let t = 0; t < 4; t++) {
      for (let l = 0; l < 32; l++) {
        const low = view.getUint8(at + 64 * n + 32 * (t & 1) + l);
        const high = (view.getUint8(at + 128 + 32 * n + l) >> (2 * t)) & 3;
        const code = ((t < 2 ? low & 15 : low >> 4) | (high << 4)) - 32;
        const scale = view.getInt8(at + 192 + 8 * n + 2 * t + (l >> 4));
        y[k + 128 * n + 32 * t + l] = d * scale * code;
      }
    }
  }
}
