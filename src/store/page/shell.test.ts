import { expect, test } from 'vitest';
import { gate, setUp, summary, until } from '../scriptedStore';

const ready = { updateReady: true, installable: false };

test('a new version is offered, postponed, and taken', async () => {
  const { store, tellShell, shellCalls } = setUp();
  await store.getState().desk.startModel();
  expect(store.getState().app.update).toBe('none');
  tellShell(ready);
  await until(() => store.getState().app.update === 'ready');
  store.getState().page.postponeUpdate();
  tellShell(ready); // the hourly look finds it again
  await Promise.resolve();
  expect(store.getState().app.update).toBe('later');
  expect(shellCalls).toEqual([]);
  store.getState().page.updateApp();
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
  await until(() => store.getState().app.update === 'ready');
  store.getState().page.updateApp();
  expect(shellCalls).toEqual([]);
  expect(store.getState().app.update).toBe('agreed');
  answer.open();
  await until(() => store.getState().turn === null);
  expect(shellCalls).toEqual([]); // the page loads what the end of an answer brings
  await until(() => shellCalls.length > 0);
});

test('a second thought keeps the page', async () => {
  const answer = gate();
  const { store, tellShell, shellCalls } = setUp({
    generate: async () => (await answer.promise, summary('stop')),
  });
  await store.getState().desk.startModel();
  store.getState().send('hello');
  tellShell(ready);
  await until(() => store.getState().app.update === 'ready');
  store.getState().page.updateApp();
  store.getState().page.postponeUpdate();
  answer.open();
  await until(() => store.getState().turn === null);
  expect(shellCalls).toEqual([]);
});

test('the browser’s offer to install is kept for the button', async () => {
  const { store, tellShell, shellCalls } = setUp();
  tellShell({ updateReady: false, installable: true });
  await until(() => store.getState().app.installable);
  store.getState().page.installApp();
  expect(shellCalls).toEqual(['install']);
});
