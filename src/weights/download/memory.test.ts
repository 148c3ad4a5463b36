import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { open, server, soon, useDownloads } from '../../testing/downloadKit';
import { downloadPool, memoryStaging } from './index';
import type { ChunkStaging } from './types';

const MIB = 1 << 20;
const COUNT = 40;
const folders: string[] = [];

useDownloads();
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

/** Stores chunks in files, as a browser does, not in memory. */
async function diskStaging(): Promise<ChunkStaging> {
  const folder = await mkdtemp(join(tmpdir(), 'chunks-'));
  folders.push(folder);
  const inner = memoryStaging();
  return {
    ...inner,
    async putChunk(key, index, { blob, digest }) {
      const path = join(folder, String(index));
      await writeFile(path, new Uint8Array(await blob.arrayBuffer()));
      await inner.putChunk(key, index, { blob: await openAsBlob(path), digest });
    },
  };
}

/** Bytes in live ArrayBuffers. */
async function liveBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return process.memoryUsage().arrayBuffers;
}

test('memory holds a few chunks, however far reads and hash lag behind', async () => {
  server.body = new Uint8Array(COUNT * MIB);
  server.body.forEach((_, i, all) => (all[i] = i >> 12));
  const staging = await diskStaging();
  let goOn = (): void => undefined;
  const slowDisk = new Promise<void>((resolve) => (goOn = resolve));
  const chunk: ChunkStaging['chunk'] = (key, index) => slowDisk.then(() => staging.chunk(key, index));
  const pool = downloadPool({ aheadBytes: COUNT * MIB });
  const source = open({ sha256: '0'.repeat(64) }, { staging: { ...staging, chunk }, chunkBytes: MIB, pool });
  // the first chunk arrives late, so the hash must read others back, which takes long
  const others = (): void => expect(source.stats().stagedBytes).toBeGreaterThan(10 * MIB);
  server.handle = ({ first, last, serve }) =>
    void (first === 0 && last > 0 ? soon(others).then(() => serve()) : serve());
  await source.byteLength();
  const before = await liveBytes();
  await source.retain([{ offset: 0, length: COUNT * MIB }]);
  await soon(() => expect(source.stats().stagedBytes).toBe(COUNT * MIB));
  expect(source.stats().hashedBytes).toBeLessThan(10 * MIB);
  await soon(async () => expect((await liveBytes()) - before).toBeLessThan(12 * MIB)); // chunks in flight are temporary
  goOn();
  await soon(() => expect(source.stats().hashedBytes).toBe(COUNT * MIB));
}, 60_000);
