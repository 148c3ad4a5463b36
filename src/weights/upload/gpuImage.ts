// The packed image on the GPU: which bytes go where, and not faster than the GPU takes them.
import type { Gpu } from '../../gpu/device';

/** Where bytes [offset, offset + byteLength) of the packed image go. */
export interface Segment {
  offset: number;
  byteLength: number;
  buffer: GPUBuffer;
  bufferOffset: number;
}

/** Bytes between two fences; writing goes on while the last one is passed, and waits for the one before. */
const FENCE_BYTES = 32 * 1024 * 1024;

export class GpuImage {
  private unfencedBytes = 0;
  private fence: Promise<void> = Promise.resolve();
  /** Opens when the GPU has passed the fence before the last one. */
  private gate: Promise<void> = Promise.resolve();

  constructor(
    private readonly gpu: Gpu,
    private readonly segments: readonly Segment[],
  ) {}

  /**
   * Writes what the segments want of the image bytes from `start` on. Fences keep the browser from queueing the whole
   * model in memory. The memory of `bytes` is free as soon as this resolves.
   * @throws the loss of the device
   */
  async write(bytes: Uint8Array<ArrayBuffer>, start: number, signal?: AbortSignal): Promise<void> {
    for (let passed; passed !== this.gate;) await (passed = this.gate); // who else waited may have closed it again
    signal?.throwIfAborted(); // its buffers may be gone
    const end = start + bytes.length;
    for (const { offset, byteLength, buffer, bufferOffset } of this.segments) {
      const from = Math.max(start, offset);
      const to = Math.min(end, offset + byteLength);
      if (from >= to) continue;
      this.gpu.device.queue.writeBuffer(buffer, bufferOffset + from - offset, bytes, from - start, to - from);
    }
    this.unfencedBytes += bytes.length;
    if (this.unfencedBytes < FENCE_BYTES) return;
    this.unfencedBytes = 0;
    this.gate = this.fence.then(() => {
      this.fence = this.gpu.idle();
      this.fence.catch(() => undefined); // awaited at the next one
    });
    this.gate.catch(() => undefined); // by the next write
  }
}
