import { expect, test } from 'vitest';
import { gate, setUp, summary, until } from '../scriptedStore';

const ready = { updateReady: true, installable: false };

test('a new version is offered, postponed, and taken', async () => {
  const { store, tellShell, shellCalls } = setUp();
  await store.getState().desk.startModel();
  expect(store.getState().appUpdate).toBe('none');
  tellShell(ready);
  await until(() => store.getState().appUpdate === 'ready');
  store.getState().postponeUpdate();
  tellShell(ready); // the hourly look finds it again
  await Promise.resolve();
  expect(store.getState().appUpdate).toBe('later');
  expect(shellCalls).toEqual([]);
  store.getState().updateApp();
  expect(shellCalls).toEqual(['update']);
});

test('an answer under way is finished first', async () => {
  const answer = gate();
  const { store, tellShell, shellCalls } = setUp({
    generate: async () => (await answer.promise, summary('stop')),
  });
  await store.getState().desk.startModel();
  store.getState().send('hello');
  tellShell(ready);
  await until(() => store.getState().appUpdate === 'ready');
  store.getState().updateApp();
  expect(shellCalls).toEqual([]);
  expect(store.getState().appUpdate).toBe('agreed');
  answer.open();
  await until(() => shellCalls.length > 0);
  expect(store.getState().turn).toBeNull();
});

test('a second thought keeps the page', async () => {
  const answer = gate();
  const { store, tellShell, shellCalls } = setUp({
    generate: async () => (await answer.promise, summary('stop')),
  });
  await store.getState().desk.startModel();
  store.getState().send('hello');
  tellShell(ready);
  await until(() => store.getState().appUpdate === 'ready');
  store.getState().updateApp();
  store.getState().postponeUpdate();
  answer.open();
  await until(() => store.getState().turn === null);
  expect(shellCalls).toEqual([]);
});

test('the browser’s offer to install is kept for the button', async () => {
  const { store, tellShell, shellCalls } = setUp();
  tellShell({ updateReady: false, installable: true });
  await until(() => store.getState().installable);
  store.getState().installApp();
  expect(shellCalls).toEqual(['install']);
});
