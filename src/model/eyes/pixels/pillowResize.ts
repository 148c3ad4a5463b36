// Bicubic resizing, equal to Pillow's to the bit: models were trained on its pixels. A canvas must never scale, because its
// filter is unspecified. Source: Pillow 13, src/libImaging/Resample.c.
import type { Size } from './smartResize';

/** Bytes in rows from the top, `channels` of them a pixel. */
export interface Pixels extends Size {
  channels: 3 | 4;
  data: Uint8Array | Uint8ClampedArray;
}

const A = -0.5;
const SUPPORT = 2;
/** Weights are integers with so many bits behind the point. */
const PRECISION = 22;

/** The first three channels at another size: [height, width, 3]. */
export function pillowResize(from: Pixels, to: Size): Pixels {
  const horizontal = (picture: Pixels) =>
    picture.width === to.width ? picture : resizeRows(picture, to.width);
  const vertical = (picture: Pixels) =>
    picture.height === to.height ? picture : resizeColumns(picture, to.height);
  // Since Pillow 13: less work where the height shrinks more. It changes bytes of the result.
  const shrunkRows = from.height - to.height;
  const isVerticalFirst = shrunkRows > 0 && shrunkRows > 2 * (from.width - to.width);
  return withoutAlpha(isVerticalFirst ? horizontal(vertical(from)) : vertical(horizontal(from)));
}

/** For each output: its first input, and the weights of it and those that follow. */
interface Taps {
  first: Int32Array;
  count: Int32Array;
  weights: Int32Array; // [outputs, most]
  most: number;
}

function tapsOf(inputs: number, outputs: number): Taps {
  const scale = inputs / outputs;
  const filterScale = Math.max(scale, 1);
  const support = SUPPORT * filterScale;
  const most = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputs);
  const count = new Int32Array(outputs);
  const weights = new Int32Array(outputs * most);
  for (let i = 0; i < outputs; i++) {
    const center = (i + 0.5) * scale;
    const from = Math.max(Math.trunc(center - support + 0.5), 0);
    const end = Math.min(Math.trunc(center + support + 0.5), inputs);
    const exact = Array.from({ length: end - from }, (_, x) =>
      bicubic((x + from - center + 0.5) * (1 / filterScale)),
    );
    const sum = exact.reduce((total, weight) => total + weight, 0);
    exact.forEach((weight, x) => {
      const scaled = (sum !== 0 ? weight / sum : weight) * 2 ** PRECISION;
      weights[i * most + x] = Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5));
    });
    first[i] = from;
    count[i] = end - from;
  }
  return { first, count, weights, most };
}

function bicubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * A;
  return 0;
}

const clampByte = (sum: number): number => Math.min(Math.max(sum >> PRECISION, 0), 255);
const HALF = 2 ** (PRECISION - 1);

function resizeRows({ width, height, channels, data }: Pixels, newWidth: number): Pixels {
  const { first, count, weights, most } = tapsOf(width, newWidth);
  const out = new Uint8Array(newWidth * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++) {
      let [r, g, b] = [HALF, HALF, HALF];
      let at = (y * width + first[x]) * channels;
      for (let tap = x * most, end = tap + count[x]; tap < end; tap++, at += channels) {
        const weight = weights[tap];
        r += weight * data[at];
        g += weight * data[at + 1];
        b += weight * data[at + 2];
      }
      const to = (y * newWidth + x) * 3;
      out[to] = clampByte(r);
      out[to + 1] = clampByte(g);
      out[to + 2] = clampByte(b);
    }
  }
  return { width: newWidth, height, channels: 3, data: out };
}

function resizeColumns({ width, height, channels, data }: Pixels, newHeight: number): Pixels {
  const { first, count, weights, most } = tapsOf(height, newHeight);
  const out = new Uint8Array(width * newHeight * 3);
  const sums = new Int32Array(width * 3);
  for (let y = 0; y < newHeight; y++) {
    sums.fill(HALF);
    for (let tap = 0; tap < count[y]; tap++) {
      const weight = weights[y * most + tap];
      let at = (first[y] + tap) * width * channels;
      for (let i = 0; i < sums.length; i += 3, at += channels) {
        sums[i] += weight * data[at];
        sums[i + 1] += weight * data[at + 1];
        sums[i + 2] += weight * data[at + 2];
      }
    }
    for (let i = 0; i < sums.length; i++) out[y * sums.length + i] = clampByte(sums[i]);
  }
  return { width, height: newHeight, channels: 3, data: out };
}

function withoutAlpha(picture: Pixels): Pixels {
  if (picture.channels === 3) return picture;
  const { width, height, data } = picture;
  const out = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < out.length; from += 4, to += 3) {
    out[to] = data[from];
    out[to + 1] = data[from + 1];
    out[to + 2] = data[from + 2];
  }
  return { width, height, channels: 3, data: out };
}
