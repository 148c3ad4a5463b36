// Writes the packed image to GPU buffers, throttled by fences.
import type { Gpu } from '../../gpu/device';

/** Target of bytes [offset, offset + byteLength) of the packed image. */
export interface Segment {
  offset: number;
  byteLength: number;
  buffer: GPUBuffer;
  bufferOffset: number;
}

/** Bytes between two fences. Writing waits for the fence before the last one, so two intervals overlap. */
const FENCE_BYTES = 32 * 1024 * 1024;

export class GpuImage {
  private unfencedBytes = 0;
  private fence: Promise<void> = Promise.resolve();
  /** Resolves when the GPU has passed the fence before the last one. */
  private gate: Promise<void> = Promise.resolve();

  constructor(
    private readonly gpu: Gpu,
    private readonly segments: readonly Segment[],
  ) {}

  /**
   * Writes the image bytes from `start` on into the segments they overlap. Fences keep the browser from queueing the
   * whole model in memory. The memory of `bytes` is free once this resolves.
   * @throws when the device is lost
   */
  async write(bytes: Uint8Array<ArrayBuffer>, start: number, signal?: AbortSignal): Promise<void> {
    for (let passed; passed !== this.gate;) await (passed = this.gate); // another waiting write may have set a new gate
    signal?.throwIfAborted(); // an aborted load may have freed its buffers
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
      this.fence.catch(() => undefined); // reported when the fence is awaited
    });
    this.gate.catch(() => undefined); // reported by the next write
  }
}
