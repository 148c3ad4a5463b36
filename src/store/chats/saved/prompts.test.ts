import { expect, test } from 'vitest';
import { fillPrompt, parsePrompts, promptVariables } from './prompts';
import { setUp } from '../../scriptedStore';

test('variables are names in double braces, and values are not looked through again', () => {
  expect(promptVariables('{{a}} and {{ b c }} and {{a}} {x}')).toEqual(['a', 'b c']);
  expect(fillPrompt('{{a}} {{b}}', { a: '{{b}}' })).toBe('{{b}} {{b}}');
});

test('a library of this or another app is imported once, and nonsense is refused', async () => {
  const { store, savedPrompts } = setUp();
  const file = (content: string) => new File([content], 'p.json');
  const library = JSON.stringify({
    version: 1,
    prompts: [{ title: 'B', text: 'b' }, { title: 'A', content: 'a' }, 7],
  });
  await store.getState().importPrompts(file(library));
  await store.getState().importPrompts(file(library));
  expect(store.getState().prompts.map(({ title, text }) => [title, text])).toEqual([
    ['A', 'a'],
    ['B', 'b'],
  ]);
  expect(savedPrompts).toHaveLength(2);
  for (const bad of ['', '{}', '[]', 'null', '[{"title":1}]', '{"prompts":3}']) {
    expect(() => parsePrompts(bad, 'p.json')).toThrow('p.json is no prompt library');
  }
  await store.getState().importPrompts(file('nonsense'));
  expect(store.getState().promptError?.code).toBe('bad-prompts');
});
