// Functions of the user: from a file into the tools, and out again.
import { expect, test } from 'vitest';
import { setUp } from '../../scriptedStore';

const file = (value: unknown) =>
  new File([typeof value === 'string' ? value : JSON.stringify(value)], 'f.json');
/** Imports, and keeps what was read. */
async function add({ getState }: ReturnType<typeof setUp>['store'], value: unknown) {
  await getState().toolkit.importFunctions(file(value));
  await getState().toolkit.keepFunctions(getState().kit.functionReview?.functions ?? []);
}
const roll = {
  name: 'roll',
  description: 'Rolls\n dice',
  parameters: { properties: { n: { type: 'integer' } } },
  js: 'return 4',
};

test('functions of a file become tools that ask; they survive a reload and can be deleted', async () => {
  const { store, savedFunctions } = setUp();
  await store.getState().toolkit.importFunctions(file([roll, { name: 'now', js: '() => Date.now()' }]));
  // Nothing of a file is kept, or can be called, before a person has seen it.
  expect(store.getState().kit.functionReview).toMatchObject({
    source: 'f.json',
    functions: [{ js: 'return 4' }, {}],
  });
  expect([store.getState().tools, savedFunctions.size]).toEqual([[], 0]);
  await store.getState().toolkit.keepFunctions(store.getState().kit.functionReview?.functions ?? []);
  expect(store.getState().kit.functionReview).toBeNull();
  expect(store.getState().tools).toMatchObject([
    { name: 'now', kind: 'function', permission: 'ask', available: true },
    { name: 'roll', description: 'Rolls dice', reach: 'caged' },
  ]);
  expect([...savedFunctions.keys()]).toEqual(['roll', 'now']);
  await store.getState().toolkit.deleteFunction('now');
  expect(store.getState().tools.map(({ name }) => name)).toEqual(['roll']);
  expect([...savedFunctions.keys()]).toEqual(['roll']);
});

test('another text under the same name asks again', async () => {
  const { store } = setUp();
  const permission = () => store.getState().tools[0].permission;
  await add(store, roll);
  store.getState().setToolPermission('roll', 'always');
  expect(permission()).toBe('always');
  await add(store, { ...roll, js: 'return 6' });
  expect(permission()).toBe('ask');
  await add(store, roll);
  expect(permission()).toBe('always');
});

test('a file that is none says where', async () => {
  const { store } = setUp();
  const refused = async (value: unknown) => {
    await store.getState().toolkit.importFunctions(file(value));
    const { functionError: error } = store.getState().kit;
    expect(store.getState().tools.filter(({ kind }) => kind === 'function')).toEqual([]);
    return [error?.code, error?.details.where];
  };
  for (const [value, where] of [
    ['{', 'the start'],
    [[], 'the start'],
    [[roll, roll], 'the start'],
    [[roll, { ...roll, name: 'a b' }], '[1].name'],
    [{ ...roll, name: 'python' }, 'the start.name'],
    [{ ...roll, js: '' }, 'the start.js'],
    [{ name: 'get', http: { url: 'https://{host}/' } }, 'the start.http.url'],
    [
      { name: 'get', http: { url: 'https://a.example/', headers: { Cookie: 'x' } } },
      'the start.http.headers.Cookie',
    ],
    [{ ...roll, parameters: { type: 'string' } }, 'the start.parameters'],
    [
      { ...roll, parameters: { properties: { n: { $ref: '#/nowhere' } } } },
      'the start.parameters/properties/n',
    ],
  ] as const)
    expect(await refused(value)).toEqual(['bad-functions', where]);
  store.getState().toolkit.dismissFunctionError();
  expect(store.getState().kit.functionError).toBeNull();
});

test('keys of imported requests become secrets: no export and no state of the page has them', async () => {
  const { store, savedFunctions, savedServices, savedFiles } = setUp();
  const http = { url: 'https://api.example/me', headers: { Authorization: 'Bearer t0p-s3cret' } };
  await store.getState().toolkit.importFunctions(file({ name: 'me', http }));
  // The review shows the request; what it shows is state of the page.
  expect(JSON.stringify(store.getState())).toContain('Bearer {{ME_KEY}}');
  expect(JSON.stringify(store.getState())).not.toContain('t0p-s3cret');
  expect(store.getState().kit.secrets).toEqual([]);
  await store.getState().toolkit.keepFunctions(store.getState().kit.functionReview?.functions ?? []);
  expect(store.getState().tools).toMatchObject([{ name: 'me', reach: 'sends' }]);
  expect(store.getState().kit.secrets).toEqual([{ name: 'ME_KEY', origin: 'https://api.example' }]);
  await store.getState().toolkit.exportFunctions();
  expect(savedFiles[0].fileName).toBe('me.json');
  const exported = await savedFiles[0].blob.text();
  expect(exported).toContain('Bearer {{ME_KEY}}');
  const seen = [exported, store.getState(), [...savedFunctions.values()]];
  expect(JSON.stringify(seen)).not.toContain('t0p-s3cret');
  expect([...savedServices.values()]).toEqual([
    { kind: 'secret', name: 'ME_KEY', value: 't0p-s3cret', origin: 'https://api.example' },
  ]);
  // Another host gets a secret of its own; the one of the request that is replaced goes.
  await add(store, {
    name: 'me',
    http: { ...http, url: 'https://other.example/', headers: { 'X-Api-Key': 'another-key' } },
  });
  expect(store.getState().kit.secrets).toEqual([{ name: 'ME_2_KEY', origin: 'https://other.example' }]);
  await store.getState().wipe(false);
  expect([store.getState().kit.secrets, savedServices.size]).toEqual([[], 0]);
});

test('a function that is deleted or changed takes along the secrets that no function sends any more', async () => {
  const { store, savedFunctions, savedServices } = setUp();
  const { toolkit } = store.getState();
  const names = () => store.getState().kit.secrets.map(({ name }) => name);
  const sends = (name: string, ...keys: string[]) => ({
    ...{ name, description: name, http: { url: 'https://api.example/me', headers: headersOf(keys) } },
  });
  const headersOf = (keys: string[]) =>
    Object.fromEntries(keys.map((key) => [`X-${key.replace('_', '-')}`, `{{${key}}}`]));
  await add(store, [sends('one', 'A_KEY', 'SHARED', 'IMAGES_KEY'), sends('two', 'SHARED')]);
  for (const name of ['A_KEY', 'SHARED', 'IMAGES_KEY'])
    await toolkit.saveSecret({ name, value: 't0p-s3cret', origin: 'https://api.example' });
  await add(store, [sends('one', 'SHARED', 'IMAGES_KEY')]);
  expect(names()).toEqual(['IMAGES_KEY', 'SHARED']);
  await toolkit.deleteFunction('one');
  expect(names()).toEqual(['IMAGES_KEY', 'SHARED']);
  const remove = savedFunctions.delete;
  savedFunctions.delete = () => {
    throw new Error('refused');
  };
  await toolkit.deleteFunction('two'); // it is there after a reload
  expect(names()).toEqual(['IMAGES_KEY', 'SHARED']);
  savedFunctions.delete = remove;
  await add(store, [sends('two', 'SHARED')]);
  await toolkit.deleteFunction('two');
  expect(names()).toEqual(['IMAGES_KEY']);
  expect(savedServices.size).toBe(1);
});
