import { expect, test } from 'vitest';
import { findNaga, NAGA_MISSING } from '../../scripts/browsers/browser.mjs';
import { refusedByNaga } from '../testing/naga';
import { kernelVariants } from './everyVariant';

const variants = kernelVariants();
const shaders: Record<string, string> = import.meta.glob('../../shaders/**/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

test('every file in shaders/ is used by at least one variant', () => {
  const unused = Object.entries(shaders).filter(
    ([, text]) => !variants.some(({ wgsl }) => wgsl.includes(text.trimEnd().split('\n').at(-1) ?? '')),
  );
  expect(unused.map(([name]) => name)).toEqual([]);
});

test('names and texts are unique', () => {
  expect(new Set(variants.map(({ name }) => name)).size).toBe(variants.length);
  const twice = variants.filter(({ wgsl }, i) => variants.findIndex((other) => other.wgsl === wgsl) !== i);
  expect(twice.map(({ name }) => name)).toEqual([]);
});

test('texts have one entry point and no overrides', () => {
  for (const { name, wgsl } of variants) {
    expect(wgsl.match(/@compute/g), name).toHaveLength(1);
    expect(wgsl, name).not.toMatch(/^\s*override /m);
  }
});

const NAGA_MS = 600_000; // ten seconds on two idle cores, ten times that on busy ones
test(
  'naga, Firefox’s compiler, translates every variant to SPIR-V, MSL and HLSL',
  { timeout: NAGA_MS },
  async ({ skip }) => {
    const naga = findNaga();
    if (!naga) return skip(NAGA_MISSING);
    const wrong = { name: 'wrong', wgsl: '@compute @workgroup_size(1) fn main() { missing(); }' };
    const [refused, ...others] = await refusedByNaga(naga, [...variants, wrong]);
    expect(refused).toMatch(/^wrong: [^]*missing/);
    expect(others).toEqual([]);
    console.info(`${variants.length} variants`);
  },
);
