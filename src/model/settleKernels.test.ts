import { expect, test } from 'vitest';
import { HARDWARE_TUNING, type KernelTuning } from '../gpu/tuning';
import { glm4 } from './glm4/architecture';
import { settleKernels, type KernelChoice, type Verdict } from './settleKernels';
import { usedKernels, type ModelShape } from './usedKernels';

const config = { ...glm4.published[0], numLayers: 2 };
const matrices = glm4.planTensors(config, new Map()).filter(({ kind }) => kind === 'matrix');
const shape: ModelShape = {
  architecture: glm4,
  config,
  formats: new Map(matrices.map(({ name }) => [name, 'q4'])),
};
const SUBGROUPS: KernelTuning = {
  ...HARDWARE_TUNING,
  nibbles: 'dot4',
  prefill: 'dot4',
  subgroupLanes: 128,
  broadcastLanes: 8,
};

/** A device on which kernels of these names compute wrongly. */
async function settleOn(wrong: RegExp, choice: KernelChoice, known: Record<string, Verdict> = {}) {
  const checked: string[] = [];
  const settled = await settleKernels({
    choice,
    adapter: { software: false, subgroupSize: 8, features: ['subgroups'] },
    deviceName: 'a device',
    verdicts: known,
    used: (other) => usedKernels(shape, other),
    judge: (other, wanted) => {
      checked.push(...wanted);
      const verdicts = [...usedKernels(shape, other).values()].map(({ name, text }) => {
        const isWrong = wrong.test(name);
        return [name, { text, right: !isWrong, difference: isWrong ? 0.5 : 0, allowed: 1e-4 }] as const;
      });
      return Promise.resolve(new Map(verdicts));
    },
  });
  const used = [...usedKernels(shape, settled).keys()];
  return { ...settled, checked, used };
}

const f16 = { tuning: SUBGROUPS, kvFormat: 'f16' as const };

test('a right device is checked once, and never again', async () => {
  const known: Record<string, Verdict> = {};
  const first = await settleOn(/nothing/, f16, known);
  expect(first).toMatchObject({ ...f16, replaced: [] });
  expect(first.checked.length).toBe(first.used.length);
  expect((await settleOn(/matvec/, f16, known)).checked).toEqual([]);
});

test('kernels of another version of the app are checked anew', async () => {
  const known: Record<string, Verdict> = {};
  await settleOn(/nothing/, f16, known);
  const [[name, verdict]] = Object.entries(known);
  known[name] = { ...verdict, text: 'of an older version' };
  expect((await settleOn(/nothing/, f16, known)).checked).toEqual([name]);
});

test.for<[string, RegExp, Partial<KernelTuning>]>([
  ['int8 mat-vec → floats', /^matvec.*_dot4/, { nibbles: 'f32', prefill: 'dot4' }],
  ['int8 matmul → floats', /^matmul.*int8/, { prefill: 'f32', nibbles: 'dot4' }],
  ['codes of a norm → floats throughout', /rmsnorm_to_dot4/, { nibbles: 'f32', prefill: 'f32' }],
  ['subgroup mat-vec → tiles', /subgroups/, { subgroupLanes: 0, nibbles: 'dot4' }],
  ['broadcasting matmul → tiled', /matmul_broadcast/, { broadcastLanes: 0 }],
  ['all int8 and all subgroups → neither', /dot4|int8|subgroups|broadcast/, { nibbles: 'f32', prefill: 'f32', subgroupLanes: 0, broadcastLanes: 0 }],
  ['broadcasting attention → tiled', /attention_broadcast/, { tiledAttention: true, broadcastLanes: 8 }],
  ['rotation after the mat-vec → apart', /matvec_rope/, { separateRope: true, subgroupLanes: 128 }],
  ['argmax → sampler', /^argmax/, { greedyBySampling: true }],
])('%s', async ([, wrong, tuning]) => {
  const { used, replaced, ...settled } = await settleOn(wrong, f16);
  expect(settled).toMatchObject({ tuning, kvFormat: 'f16' });
  expect(used.filter((name) => wrong.test(name))).toEqual([]);
  expect(replaced.every((name) => wrong.test(name))).toBe(true);
}); // prettier-ignore

test('a half-float cache gives way to floats', async () => {
  const settled = await settleOn(/rope_append_f16/, f16);
  expect(settled).toMatchObject({ kvFormat: 'f32', tuning: SUBGROUPS });
});

test('when none is left, the error names kernel, device and difference', async () => {
  for (const wrong of [/^embed/, /^sample$/, /^matmul|^matvec/])
    await expect(settleOn(wrong, f16)).rejects.toMatchObject({
      code: 'kernel-wrong',
      details: {
        kernel: expect.stringMatching(wrong) as string,
        device: 'a device',
        difference: '0.50',
        allowed: '0.00010',
        refused: 'no',
      },
    });
});
