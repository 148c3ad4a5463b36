import { expect } from 'vitest';
import { MODELS } from '../../catalogue/models';
import { predict } from '../../catalogue/predict';
import type { DeviceProbe } from '../../protocol/device';
import { gpuTest } from '../../testing/gpuTest';
import { benchmarkLayer } from './layerBenchmark';
import { probeDevice } from './probe';

/** A chunk costs at least one token, and not much more than its tokens one by one. */
const isPlausible = ({ layer: { decodeMs, prefillMs, prefillTokens } }: DeviceProbe) =>
  prefillMs >= decodeMs && prefillMs < 3 * prefillTokens * decodeMs;

gpuTest('the probe measures, frees what it took, and leaves a device that works', async ({ gpu }) => {
  const before = gpu.gpu.allocatedBytes;
  const data = Float32Array.from({ length: 64 }, (_, i) => i);
  const kept = gpu.tensor(data, [64]); // as a loaded model would be
  const fractions: number[] = [];
  const requests = performance.getEntriesByType('resource').length;

  let probe = await probeDevice(gpu.gpu, (fraction) => fractions.push(fraction));

  expect(performance.getEntriesByType('resource').length).toBe(requests);
  expect(probe.layer.weightBytes).toBe(114_720_768); // INT4 with f16 scales: 4.5 bits for 203.9 million weights
  expect(probe.head.weightBytes / probe.layer.weightBytes).toBeCloseTo(3.04, 2);
  for (const ms of [
    probe.layer.decodeMs,
    probe.layer.prefillMs,
    probe.head.decodeMs,
    probe.stepMs,
    probe.tookMs,
  ])
    expect(ms).toBeGreaterThan(0);
  expect(probe.allocatableBytes).toBeGreaterThanOrEqual(2 ** 28);
  expect(fractions[0]).toBe(0);
  expect(fractions.at(-1)).toBe(1);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  // Retried where other load disturbed the measurement.
  for (let tries = 0; tries < 4 && !isPlausible(probe); tries++) probe = await probeDevice(gpu.gpu);
  expect(probe.layer).toSatisfy(() => isPlausible(probe));

  expect(gpu.gpu.allocatedBytes - before).toBe(kept.buffer.size);
  expect(await gpu.readF32(kept)).toEqual(data);
  for (const model of MODELS) {
    const prediction = predict(probe, model, model.variants[0], 8192);
    expect(prediction.tokensPerSecond, model.id).toBeGreaterThan(0);
    expect(prediction.prefillTokensPerSecond, model.id).toBeGreaterThan(0);
  }
});

gpuTest('out of time, only what a prediction cannot do without is run, and it says so', async ({ gpu }) => {
  const before = gpu.gpu.allocatedBytes;
  const times = await benchmarkLayer(gpu.gpu, { deadline: 0 });
  expect(times.head.estimated).toBe(true);
  const bytesPerMs = ({ weightBytes, decodeMs }: { weightBytes: number; decodeMs: number }) =>
    weightBytes / decodeMs;
  expect(bytesPerMs(times.head) / bytesPerMs(times.layer)).toBeCloseTo(1, 6);
  expect(times.layer.decodeMs).toBeGreaterThan(0);
  if (gpu.gpu.adapter.software) expect(times.layer.prefillTokens).toBe(1);
  expect(gpu.gpu.allocatedBytes).toBe(before);
});

gpuTest('a stopped probe frees what it took', async ({ gpu }) => {
  const before = gpu.gpu.allocatedBytes;
  const controller = new AbortController();
  const stopAt = (fraction: number) => fraction >= 0.5 && controller.abort();
  await expect(probeDevice(gpu.gpu, stopAt, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(gpu.gpu.allocatedBytes).toBe(before);
  await gpu.gpu.idle();
});
