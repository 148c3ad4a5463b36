// Errors for browsers without a usable GPU. The test objects replace the browser's answer only.
import { expect, test } from 'vitest';
import { NEEDED_LIMITS } from './adapter';
import { openGpu } from './device';

const adapter = (limits: Partial<typeof NEEDED_LIMITS>) =>
  ({
    limits: { ...NEEDED_LIMITS, ...limits },
    requestDevice: () => Promise.reject(new Error('no device may be asked for')),
  }) as unknown as GPUAdapter;
const api = (answer: GPUAdapter | null) =>
  ({ requestAdapter: () => Promise.resolve(answer) }) as unknown as GPU;

test('without WebGPU the error names browsers that have it', async () => {
  await expect(openGpu(undefined)).rejects.toMatchObject({
    code: 'no-webgpu',
    message: /Chrome or Edge 113/,
  });
});

test('WebGPU without an adapter has an error of its own', async () => {
  await expect(openGpu(api(null))).rejects.toMatchObject({ code: 'no-adapter', message: /driver/ });
});

test.each(Object.keys(NEEDED_LIMITS) as (keyof typeof NEEDED_LIMITS)[])(
  'a smaller %s is refused with both numbers, before a device is made',
  async (limit) => {
    const available = NEEDED_LIMITS[limit] - 1;
    await expect(openGpu(api(adapter({ [limit]: available })))).rejects.toMatchObject({
      code: 'limits-too-small',
      details: { limit, needed: NEEDED_LIMITS[limit], available },
    });
  },
);
