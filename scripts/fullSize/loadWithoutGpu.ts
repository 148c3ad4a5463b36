// A warm start without a GPU: reads and compares, and passes the bytes to dummy buffers. Runs in the page.
import type { Gpu } from '../../src/gpu/device';
import { openCache } from '../../src/weights/stored/cache';
import { uploadModel } from '../../src/weights/upload/uploader';

declare global {
  interface Window {
    /** @returns MB/s */
    loadWithoutGpu: (id: string) => Promise<number>;
  }
}

const nothing = {
  createBuffer: (label: string, size: number) => ({ label, size }),
  destroyBuffer: () => undefined,
  allocate: (_what: string, _bytes: number, make: () => unknown) => Promise.resolve(make()),
  idle: () => Promise.resolve(),
  device: { queue: { writeBuffer: () => undefined } },
} as unknown as Gpu;

window.loadWithoutGpu = async (id) => {
  const cache = await openCache();
  const manifest = await cache.manifest(id);
  if (!manifest) throw new Error(`${id} is not stored`);
  const began = performance.now();
  await uploadModel({ gpu: nothing, manifest, cache });
  return manifest.packedBytes / 1e3 / (performance.now() - began);
};
