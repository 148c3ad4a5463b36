import { expect } from 'vitest';
import { autotune, type Measured } from '../kernels/autotune';
import type { KernelTuning } from '../gpu/tuning';
import { KERNEL_VERSION } from '../kernels/tuning';
import { gpuTest } from '../testing/gpuTest';
import { describeTuning, tuneDevice } from './tuneDevice';
import type { KeptTuning } from './tuningStore';

const SMALL = { cols: 256, ffnSize: 512 };

gpuTest('autotune times every variant and checks its sums', async ({ gpu }) => {
  const before = gpu.gpu.tuning;
  const result = await autotune(gpu.gpu, { ...SMALL, budgetMs: 200 });
  if (!result) throw new Error('no difference could be measured');
  expect(gpu.gpu.tuning).toBe(before);
  const { best, decode, prefill } = result;
  for (const measured of [decode, prefill]) {
    expect(measured.filter(({ ms }) => ms === undefined)).toEqual([]);
    expect(new Set(measured.map(({ isInt8 }) => isInt8))).toEqual(new Set([false, true]));
    const least = Math.min(...measured.map(({ ms = Infinity }) => ms));
    const { ms } = measured.find(({ choice }) => isPartOf(choice, best)) ?? {};
    expect(ms).toBeLessThanOrEqual(1.1 * least); // floats win unless int8 gains 5 %
  }
  const shapes = new Set(prefill.map(({ choice }) => `${choice.tokenLanes} ${choice.broadcastLanes}`));
  expect(shapes.size).toBe(
    1 + Number(!gpu.gpu.adapter.software) + Number(Boolean(gpu.gpu.adapter.subgroupSize)),
  );
});

function isPartOf(choice: Measured['choice'], best: Measured['choice']): boolean {
  return Object.entries(choice).every(([key, value]) => best[key as keyof KernelTuning] === value);
}

/** A device's entry in a Map. */
function mapStore() {
  const entries = new Map<string, KeptTuning>();
  return {
    entries,
    get: (device: string) => Promise.resolve(entries.get(device)),
    set: async (device: string, kept: KeptTuning) => void entries.set(device, kept),
  };
}

gpuTest('the choice is stored and used at the next start', async ({ gpu }) => {
  const store = mapStore();
  await tuneDevice(gpu.gpu, { store, measure: SMALL });
  const [[device, kept]] = [...store.entries];
  expect(kept.version).toBe(KERNEL_VERSION);
  expect(gpu.gpu.tuning).toMatchObject(kept.best ?? {});

  const other = { ...kept.best, matvecRows: 16, matvecSlices: 2, subgroupLanes: 0, nibbles: 'dot4' as const };
  store.entries.set(device, { version: KERNEL_VERSION, best: other });
  await tuneDevice(gpu.gpu, { store, measure: SMALL });
  expect(gpu.gpu.tuning).toMatchObject(other);
  expect(describeTuning(gpu.gpu.tuning)).toMatch(
    `int8, 16 rows × 2 slices × ${other.matvecTiles} tiles; prefill`,
  );

  store.entries.set(device, { version: KERNEL_VERSION - 1, best: other }); // of older kernels
  await tuneDevice(gpu.gpu, { store, measure: SMALL });
  expect(store.entries.get(device)?.version).toBe(KERNEL_VERSION);
  expect(gpu.gpu.tuning.matvecRows).not.toBe(16);
});

gpuTest('without a working store the choice still applies', async ({ gpu }) => {
  const refused = () => Promise.reject(new Error('private window'));
  await expect(
    tuneDevice(gpu.gpu, { store: { get: refused, set: refused }, measure: SMALL }),
  ).resolves.toBeUndefined();
  expect(describeTuning(gpu.gpu.tuning)).toMatch(/f32|int8/);
});
