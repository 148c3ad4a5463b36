// The download in a real browser: fetch, IndexedDB, and WebAssembly for the hash. Needs no GPU.
import { expect, test } from 'vitest';
import { databaseStaging, downloadSource, fileKeyOf } from './index';
import type { DownloadSource } from './types';

const url = new URL('/models/nano.gguf', location.href).href; // the dev server answers Range requests
const chunkBytes = 64 * 1024;

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

test('an interrupted download resumes, is verified, and leaves nothing behind', async () => {
  const whole = new Uint8Array(await (await fetch(url)).arrayBuffer());
  const file = { url, name: 'nano.gguf', bytes: whole.length, sha256: await sha256Of(whole) };
  const staging = databaseStaging();
  const begin = (): DownloadSource => downloadSource(file, { staging: databaseStaging(), chunkBytes });
  await staging.deleteDownload(await fileKeyOf(file));

  const half = Math.floor(whole.length / 2);
  const first = begin();
  expect(await sha256Of(await first.read(0, half))).toBe(await sha256Of(whole.slice(0, half)));
  await first.retain([{ offset: half, length: whole.length - half }]);
  first.close();

  const second = begin();
  await second.retain([{ offset: half, length: whole.length - half }]);
  const rest = await second.read(half, whole.length - half);
  expect(await sha256Of(rest)).toBe(await sha256Of(whole.slice(half)));
  await second.verify();
  expect(second.stats().receivedBytes).toBeLessThanOrEqual(whole.length - half + chunkBytes);
  await second.forget();
  expect((await staging.list()).map(({ fileKey }) => fileKey)).not.toContain(await fileKeyOf(file));
});
