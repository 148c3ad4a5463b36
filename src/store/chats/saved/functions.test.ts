// Functions of the user: from a file into the tools, and out again.
import { expect, test } from 'vitest';
import { setUp } from '../../scriptedStore';

const file = (value: unknown) =>
  new File([typeof value === 'string' ? value : JSON.stringify(value)], 'f.json');
const roll = {
  name: 'roll',
  description: 'Rolls\n dice',
  parameters: { properties: { n: { type: 'integer' } } },
  js: 'return 4',
};

test('functions of a file become tools that ask; they survive a reload and can be deleted', async () => {
  const { store, savedFunctions } = setUp();
  await store.getState().importFunctions(file([roll, { name: 'now', js: '() => Date.now()' }]));
  expect(store.getState().tools).toMatchObject([
    { name: 'now', kind: 'function', permission: 'ask', available: true },
    { name: 'roll', description: 'Rolls dice', reach: 'caged' },
  ]);
  expect([...savedFunctions.keys()]).toEqual(['roll', 'now']);
  await store.getState().deleteFunction('now');
  expect(store.getState().tools.map(({ name }) => name)).toEqual(['roll']);
  expect([...savedFunctions.keys()]).toEqual(['roll']);
});

test('another text under the same name asks again', async () => {
  const { store } = setUp();
  const permission = () => store.getState().tools[0].permission;
  await store.getState().importFunctions(file(roll));
  store.getState().setToolPermission('roll', 'always');
  expect(permission()).toBe('always');
  await store.getState().importFunctions(file({ ...roll, js: 'return 6' }));
  expect(permission()).toBe('ask');
  await store.getState().importFunctions(file(roll));
  expect(permission()).toBe('always');
});

test('a file that is none says where', async () => {
  const { store } = setUp();
  const refused = async (value: unknown) => {
    await store.getState().importFunctions(file(value));
    const { functionError: error } = store.getState();
    expect(store.getState().tools).toEqual([]);
    return [error?.code, error?.details.where];
  };
  for (const [value, where] of [
    ['{', 'the start'],
    [[], 'the start'],
    [[roll, roll], 'the start'],
    [[roll, { ...roll, name: 'a b' }], '[1].name'],
    [{ ...roll, name: 'python' }, 'the start.name'],
    [{ ...roll, js: '' }, 'the start.js'],
    [{ ...roll, parameters: { type: 'string' } }, 'the start.parameters'],
    [
      { ...roll, parameters: { properties: { n: { $ref: '#/nowhere' } } } },
      'the start.parameters/properties/n',
    ],
  ] as const)
    expect(await refused(value)).toEqual(['bad-functions', where]);
  store.getState().dismissFunctionError();
  expect(store.getState().functionError).toBeNull();
});
