// Tint, Chromium's WGSL compiler, reads every text that the app can give it; src/model/kernelVariants.test.ts asks naga.
import { expect } from 'vitest';
import { gpuTest } from '../testing/gpuTest';
import { kernelVariants } from './everyVariant';

const SUBGROUPS = /^enable subgroups;$/m;
const variants = kernelVariants();
const texts = {
  'without subgroups': variants.filter(({ wgsl }) => !SUBGROUPS.test(wgsl)),
  'with subgroups': variants.filter(({ wgsl }) => SUBGROUPS.test(wgsl)),
};

gpuTest.for(['without subgroups', 'with subgroups'] as const)(
  'the browser’s compiler accepts every kernel variant %s',
  async (kind, { gpu, skip }) => {
    const { device } = gpu.gpu;
    if (kind === 'with subgroups' && !device.features.has('subgroups'))
      return skip('not run: this adapter has no subgroups');
    const refused: string[] = [];
    for (const { name, wgsl } of texts[kind]) {
      device.pushErrorScope('validation');
      const { messages } = await device.createShaderModule({ label: name, code: wgsl }).getCompilationInfo();
      const error = await device.popErrorScope();
      const words = messages
        .filter(({ type }) => type === 'error')
        .map(({ lineNum, message }) => `${lineNum}: ${message}`);
      if (error || words.length > 0) refused.push([name, ...words, error?.message ?? ''].join('\n'));
    }
    console.info(`${texts[kind].length} variants ${kind}`);
    expect(texts[kind].length).toBeGreaterThan(100);
    expect(refused).toEqual([]);
  },
);
