// Settings of two tabs over one localStorage.
import { expect, test } from 'vitest';
import type { SmallStorage } from '../ports';
import { DEFAULT_PREFERENCES } from './preferences';
import { Settings } from './settings';

function sharedStorage(): SmallStorage {
  const saved = new Map<string, string>();
  return { getItem: (key) => saved.get(key) ?? null, setItem: (key, value) => void saved.set(key, value) };
}

test('two tabs that change different settings keep both changes', () => {
  const storage = sharedStorage();
  const [one, two] = [new Settings(storage), new Settings(storage)];
  one.change({ theme: 'dark' });
  two.change({ language: 'zh-CN', sampling: { topP: 0.5 } });
  one.change({ fontSize: 'large' });
  const expected = { ...DEFAULT_PREFERENCES, theme: 'dark', language: 'zh-CN', fontSize: 'large', sampling: { topP: 0.5 } }; // prettier-ignore
  expect(one.state).toEqual(expected);
  expect(new Settings(storage).state).toEqual(expected);
  two.follow();
  expect(two.state).toEqual(expected);
});

test('the same setting: the last change counts', () => {
  const storage = sharedStorage();
  const [one, two] = [new Settings(storage), new Settings(storage)];
  one.change({ theme: 'dark' });
  two.change({ theme: 'light' });
  one.follow();
  expect(one.state.theme).toBe('light');
});

test('a storage that refuses costs nothing while the page is open', () => {
  const refuse = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  const settings = new Settings({ getItem: refuse, setItem: refuse });
  settings.change({ theme: 'dark' });
  settings.change({ fontSize: 'large' });
  expect(settings.state).toMatchObject({ theme: 'dark', fontSize: 'large' });
});
