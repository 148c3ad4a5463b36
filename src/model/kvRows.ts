// Rows of the KV cache as bytes: copies of a range of positions from all layers to one buffer, and back.
import type { ByteCopy } from '../gpu/device';
import type { Tensor } from '../gpu/tensor';
import type { KvLayer } from '../kernels/kv';

/** Positions [start, end). */
export interface Range {
  start: number;
  end: number;
}

/** The tensors of a layer; each is [KV heads][capacity][…]. */
function tensorsOf({ k, v }: KvLayer): Tensor[] {
  return [k, v];
}

function rowBytesOf({ byteLength, shape: [heads, capacity] }: Tensor): number {
  return byteLength / (heads * capacity);
}

/** Bytes of one position in all layers. */
export function kvBytesPerToken(kv: KvLayer[]): number {
  return kv.flatMap(tensorsOf).reduce((sum, tensor) => sum + tensor.shape[0] * rowBytesOf(tensor), 0);
}

/**
 * Where the bytes of positions `range` lie in the cache (`from`) and in a buffer that holds the positions `held`
 * (`to`): by layer, K and V, head, position.
 */
export function kvRows(kv: KvLayer[], held: Range, buffer: GPUBuffer, range: Range = held): ByteCopy[] {
  const copies: ByteCopy[] = [];
  let base = 0;
  for (const tensor of kv.flatMap(tensorsOf)) {
    const [heads, capacity] = tensor.shape;
    const rowBytes = rowBytesOf(tensor);
    for (let head = 0; head < heads; head++) {
      copies.push({
        from: tensor.buffer,
        fromOffset: tensor.offset + (head * capacity + range.start) * rowBytes,
        to: buffer,
        toOffset: base + (range.start - held.start) * rowBytes,
        byteLength: (range.end - range.start) * rowBytes,
      });
      base += (held.end - held.start) * rowBytes;
    }
  }
  return copies;
}

/** The same copies in the other direction. */
export function reversed(copies: ByteCopy[]): ByteCopy[] {
  return copies.map(({ from, fromOffset, to, toOffset, byteLength }) => ({
    from: to,
    fromOffset: toOffset,
    to: from,
    toOffset: fromOffset,
    byteLength,
  }));
}

/** Copies of the first `count` positions of one layer into a layer of another capacity. */
export function moveRows(from: KvLayer, to: KvLayer, count: number): ByteCopy[] {
  const targets = tensorsOf(to);
  return tensorsOf(from).flatMap((tensor, i) => {
    const rowBytes = rowBytesOf(tensor);
    const [heads, capacity] = tensor.shape;
    return Array.from({ length: heads }, (_, head) => ({
      from: tensor.buffer,
      fromOffset: tensor.offset + head * capacity * rowBytes,
      to: targets[i].buffer,
      toOffset: targets[i].offset + head * targets[i].shape[1] * rowBytes,
      byteLength: count * rowBytes,
    }));
  });
}

/** The buffers of the cache. */
export function kvBuffers(kv: KvLayer[]): GPUBuffer[] {
  return kv.flatMap(tensorsOf).map(({ buffer }) => buffer);
}
