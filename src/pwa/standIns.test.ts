// @vitest-environment jsdom
import { afterEach, expect, test, vi } from 'vitest';
import { installStandIns } from './standIns';

const refuse = () => {
  throw new DOMException('Access is denied for this document.', 'SecurityError');
};
afterEach(() => vi.unstubAllGlobals());

test('where the browser has everything, nothing is replaced', () => {
  const before = [localStorage, sessionStorage, BroadcastChannel, crypto.randomUUID];
  installStandIns();
  expect([localStorage, sessionStorage, BroadcastChannel, crypto.randomUUID]).toEqual(before);
});

test('ids on plain http are UUIDs', () => {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
  installStandIns();
  const ids = Array.from({ length: 100 }, () => crypto.randomUUID());
  for (const id of ids)
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(new Set(ids).size).toBe(100);
});

test('with site data blocked, storage lasts as long as the page and channels are silent', () => {
  for (const name of ['localStorage', 'sessionStorage'])
    Object.defineProperty(globalThis, name, { configurable: true, get: refuse });
  vi.stubGlobal('BroadcastChannel', class { constructor() { refuse(); } }); // prettier-ignore
  installStandIns();
  localStorage.setItem('a', '1');
  expect([localStorage.getItem('a'), localStorage.length, sessionStorage.getItem('a')]).toEqual([
    '1',
    1,
    null,
  ]);
  localStorage.removeItem('a');
  expect(localStorage.getItem('a')).toBeNull();
  const channel = new BroadcastChannel('x');
  channel.addEventListener('message', () => undefined);
  channel.postMessage('heard by no one');
  channel.close();
});
