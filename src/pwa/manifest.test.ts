import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { memoryCaches } from '../testing/memoryCaches';
import { readLaunch } from './launch';
import { receiveShare } from './share';
import { takeShared } from './takeShared';

type Manifest = Record<string, unknown> & {
  name: string;
  icons: { src: string }[];
  shortcuts: { name: string; url: string }[];
  share_target: { action: string; method: string; params: Record<string, string> };
};
const read = (name: string) => JSON.parse(readFileSync(`public/${name}`, 'utf8')) as Manifest;
const english = read('manifest.webmanifest');
const chinese = read('manifest.zh-CN.webmanifest');

test('both languages install the same app', () => {
  const untranslated = (manifest: Manifest) => ({
    ...manifest,
    name: '',
    description: '',
    lang: '',
    shortcuts: manifest.shortcuts.map((shortcut) => ({ ...shortcut, name: '' })),
  });
  expect(untranslated(chinese)).toEqual(untranslated(english));
  expect(chinese.name).toMatch(/[\u4e00-\u9fff]/);
  for (const { name } of chinese.shortcuts) expect(name).toMatch(/[\u4e00-\u9fff]/);
});

test('its icons exist, and its shortcuts are parsed', () => {
  for (const { src } of english.icons) expect(existsSync(`public/${src}`), src).toBe(true);
  for (const { url } of english.shortcuts) expect(readLaunch(url.slice(2)).action, url).toBeDefined();
});

test('shared text comes as a POST, is kept until the page takes it, and then is gone', async () => {
  const scope = 'https://host.example/app/';
  const { caches, all } = memoryCaches();
  const { action, method, params } = english.share_target;
  const body = new FormData();
  body.set(params.title, 'From another app');
  body.set(params.text, '你好 https://example.org/');
  body.set(params.url, '');
  const request = new Request(new URL(action, scope), { method, body });
  const answer = await receiveShare(request, { scope, caches });
  expect([answer?.status, answer?.headers.get('location')]).toEqual([303, `${scope}?action=shared`]);
  expect(readLaunch('?action=shared').action).toBe('shared');
  expect(await takeShared({ scope, caches })).toBe('From another app\n你好 https://example.org/');
  expect(await takeShared({ scope, caches })).toBe('');
  expect(all.size).toBe(0);
  expect(receiveShare(new Request(scope, { method: 'POST' }), { scope, caches })).toBeUndefined();
  expect(receiveShare(new Request(`${scope}share`), { scope, caches })).toBeUndefined();
});
