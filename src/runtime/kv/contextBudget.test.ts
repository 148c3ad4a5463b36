// The longest context by model, memory and binding limits.
import { expect, test } from 'vitest';
import type { ModelConfig } from '../../model/architecture';
import { contextFor } from './contextBudget';

const MIB = 2 ** 20;
/** The numbers of GLM-4-9B that matter here: 40 KiB a token at f16. */
const config = { numLayers: 40, numKvHeads: 2, headDim: 128, trainedContextTokens: 131072 } as ModelConfig;
const nineB = { config, kvFormat: 'f16' as const, maxBindingBytes: 128 * MIB, weightBytes: 5100 * MIB };

test('32K by default; on a GPU with less memory what fits, in multiples of 1024, but at least 4096', () => {
  expect(contextFor(nineB)).toBe(32768);
  expect(contextFor({ ...nineB, allocatableBytes: 12288 * MIB })).toBe(32768);
  expect(contextFor({ ...nineB, allocatableBytes: 6144 * MIB })).toBe(13 * 1024); // 532 MiB are left
  expect(contextFor({ ...nineB, allocatableBytes: 5120 * MIB })).toBe(4096);
});

test('a requested context is granted, up to the trained context', () => {
  expect(contextFor({ ...nineB, wantedTokens: 100_000, allocatableBytes: 6144 * MIB })).toBe(100_000);
  expect(contextFor({ ...nineB, wantedTokens: 1e7 })).toBe(131072);
  expect(contextFor({ ...nineB, wantedTokens: 0.5 })).toBe(1);
});

test('K of one layer must fit a binding', () => {
  const million = { ...config, numKvHeads: 4, trainedContextTokens: 1048576 };
  expect(contextFor({ ...nineB, config: million, wantedTokens: 1e7 })).toBe(131072);
});
