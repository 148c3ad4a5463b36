// Shared by the download tests: a faulty file server, and downloads from it in small chunks.
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, vi } from 'vitest';
import { databaseStaging, downloadSource, fileKeyOf } from '../weights/download';
import type { DownloadFile, DownloadOptions, DownloadSource } from '../weights/download/types';
import { startFileServer, type FileServer } from './fileServer';
import { seeded } from './random';

export const CHUNK = 1000;
export const TOTAL = CHUNK * 40 - 300;
export const body = seeded(1).bytes(TOTAL);
export const sha256 = createHash('sha256').update(body).digest('hex');
export const everything = [{ offset: 0, length: TOTAL }];

export let server: FileServer;
let sources: DownloadSource[] = [];

/** A fresh server and a fresh IndexedDB for every test. */
export function useDownloads(): void {
  beforeEach(async () => {
    globalThis.indexedDB = new IDBFactory();
    server = await startFileServer(body.slice());
  });
  afterEach(async () => {
    sources.forEach((source) => source.close());
    sources = [];
    await server.close();
  });
}

/** A download of the server's file; closed after the test. */
export function open(
  file: Partial<DownloadFile> = {},
  options: Partial<DownloadOptions> = {},
): DownloadSource {
  const timing = { baseMs: 5, capMs: 20, stallMs: 10_000, giveUpMs: 20_000, ...options.timing };
  const source = downloadSource(
    { url: server.url, name: 'model.gguf', ...file },
    { staging: databaseStaging(), chunkBytes: CHUNK, ...options, timing },
  );
  sources.push(source);
  return source;
}

/** Ranges requested since the last call. */
export const asked = (): string[] => server.ranges.splice(0);

/** The chunks on disk. */
export async function stagedIndices(file: Partial<DownloadFile> = {}): Promise<number[]> {
  const key = await fileKeyOf({ url: server.url, ...file });
  return (await databaseStaging().chunkIndices(key)).sort((a, b) => a - b);
}

/** Waits until `holds` does not throw. The timeout is generous, because the test machine may be busy. */
export function soon(holds: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(holds, { interval: 1, timeout: 60_000 });
}
