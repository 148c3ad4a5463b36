import { expect, test } from 'vitest';
import { GLM4_9B_CHAT_METADATA as CHAT } from '../testing/glmHeader';
import { ARCHITECTURES, architectureOf } from './architecture';

test('architectureOf finds the architecture by the header', () => {
  expect(architectureOf(CHAT).id).toBe('glm4');
  expect(architectureOf({ 'general.architecture': 'glm4' }).id).toBe('glm4');
});

test('the error for an unknown architecture names it and the supported ones', () => {
  const error = expect.objectContaining({
    code: 'unsupported-architecture',
    message: expect.stringContaining('qwen2'),
    details: { architecture: 'qwen2', supported: 'chatglm, glm4' },
  });
  expect(() => architectureOf({ 'general.architecture': 'qwen2' })).toThrow(error);
});

/** Rooms above `model`, as text. */
const above: Record<string, string> = import.meta.glob(
  ['../runtime/**/*.ts', '../library/**/*.ts', '../worker/**/*.ts', '!../**/*.test.ts'],
  { query: '?raw', import: 'default', eager: true },
);

test.for(Object.entries(above))('%s knows no architecture by name', ([, text]) => {
  const folders = [...text.matchAll(/from '(?:\.\.\/)+model\/(\w+)\//g)].map(([, folder]) => folder);
  const shared = ['template']; // chat templates of files, whatever the architecture
  expect(
    folders.filter((folder) => !shared.includes(folder)),
    'imports from inside an architecture',
  ).toEqual([]);
  for (const name of ARCHITECTURES.flatMap(({ id, names }) => [id, ...names]))
    expect(text).not.toContain(`'${name}'`);
});
