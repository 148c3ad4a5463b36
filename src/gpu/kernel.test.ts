import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defineKernel, wgslWithConstants } from './kernel';

const kernel = defineKernel({
  name: 'example',
  wgsl: 'const WG: u32 = 64u;\nconst HALF: bool = false;\nconst LANES: u32 = WG * 2u; // derived\nconst EPS = 1e-5;\n',
  params: {},
});

test('pipeline constants replace the defaults in the text', () => {
  expect(wgslWithConstants(kernel, { WG: 128, HALF: 1 })).toBe(
    'const WG: u32 = 128u;\nconst HALF: bool = true;\nconst LANES: u32 = WG * 2u; // derived\nconst EPS = 1e-5;\n',
  );
  expect(wgslWithConstants(kernel, {})).toBe(kernel.wgsl);
});

test.each(['MISSING', 'EPS', 'W'])('a constant the text does not declare is refused: %s', (name) => {
  expect(() => wgslWithConstants(kernel, { [name]: 1 })).toThrow(`declares no constant ${name}`);
});

test('no shader uses override, which crashes Firefox', () => {
  const files = readdirSync('shaders', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.wgsl'),
  );
  expect(files.length).toBeGreaterThan(50);
  for (const file of files)
    expect(readFileSync(`shaders/${file}`, 'utf8'), file).not.toMatch(/^\s*(@id\(\d+\)\s*)?override\b/m);
});
