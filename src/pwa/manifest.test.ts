import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readLaunch } from './launch';

type Manifest = Record<string, unknown> & {
  name: string;
  icons: { src: string }[];
  shortcuts: { name: string; url: string }[];
  share_target: { params: Record<string, string> };
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

test('its icons exist, and its shortcuts and shared text are parsed', () => {
  for (const { src } of english.icons) expect(existsSync(`public/${src}`), src).toBe(true);
  for (const { url } of english.shortcuts) expect(readLaunch(url.slice(2)).action, url).toBeDefined();
  const { params } = english.share_target;
  expect(readLaunch(`?${params.text}=a&${params.title}=b&${params.url}=c`).text).toBe('b\na\nc');
});
