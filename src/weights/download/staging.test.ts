import { describe, expect, test, vi } from 'vitest';
import {
  body,
  CHUNK,
  open,
  server,
  stagedIndices,
  TOTAL,
  soon,
  useDownloads,
} from '../../testing/downloadKit';
import { startFileServer } from '../../testing/fileServer';
import { failureOf } from '../testKit';
import { databaseStaging, fileKeyOf } from './index';
import type { ChunkStaging, StagedChunk } from './types';

useDownloads();

describe('staging', () => {
  test('lists, finds orphans, deletes; forget leaves nothing', async () => {
    const other = await startFileServer(body.slice(0, 2500), '/b.gguf');
    const source = open();
    await source.read(0, 2000);
    await source.read(TOTAL - 1, 1);
    await open({ url: other.url, name: 'b' }).read(0, 2500);
    const staging = databaseStaging();
    const key = await fileKeyOf({ url: server.url });
    const list = await staging.list();
    expect(list.map(({ name, stagedBytes, totalBytes }) => ({ name, stagedBytes, totalBytes }))).toEqual([
      { name: 'b', stagedBytes: 2500, totalBytes: 2500 },
      { name: 'model.gguf', stagedBytes: 2700, totalBytes: TOTAL },
    ]);
    expect((await staging.orphans([key])).map(({ name }) => name)).toEqual(['b']);
    await staging.deleteDownload(await fileKeyOf({ url: other.url }));
    await source.forget();
    expect(await staging.list()).toEqual([]);
    await other.close();
  });

  test('forget after close leaves nothing, even with writes pending', async () => {
    const source = open();
    const read = source.read(0, 9000).catch(() => undefined);
    await soon(async () => expect(await stagedIndices()).not.toEqual([]));
    source.close();
    await source.forget();
    await read;
    expect(await databaseStaging().list()).toEqual([]);
  });

  test('chunks without a record are listed with their size and not used', async () => {
    const key = await fileKeyOf({ url: server.url });
    const staging = databaseStaging();
    await staging.putChunk(key, 3, { blob: new Blob(['leftover']), digest: '' });
    expect(await staging.orphans([])).toEqual([
      { fileKey: key, name: '', stagedBytes: 8, totalBytes: 0, updatedAt: 0 },
    ]);
    await open().read(0, 10);
    expect(await stagedIndices()).toEqual([0]);
  });

  test('a full disk is storage-quota with the amount; staged chunks stay, and freed room is used', async () => {
    const real = databaseStaging();
    let isFull = false;
    const staging: ChunkStaging = {
      ...real,
      putChunk: (key, index, chunk) => {
        if (!isFull) return real.putChunk(key, index, chunk);
        const { put } = IDBObjectStore.prototype;
        vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
          this: IDBObjectStore,
          ...args
        ) {
          if ((args[0] as StagedChunk).blob) throw new DOMException('full', 'QuotaExceededError');
          return put.apply(this, args);
        });
        return real.putChunk(key, index, chunk).finally(() => vi.restoreAllMocks());
      },
    };
    const source = open({}, { staging });
    await source.read(0, 3000);
    isFull = true;
    expect(await failureOf(() => source.read(3000, 1000))).toMatchObject({
      code: 'storage-quota',
      details: { neededBytes: CHUNK },
    });
    expect(await stagedIndices()).toEqual([0, 1, 2]);
    isFull = false;
    expect(await source.read(0, 5000)).toEqual(body.slice(0, 5000));
  });

  test('the key distinguishes files, ignores signatures, and contains no secret', async () => {
    const key = (url: string): Promise<string> => fileKeyOf({ url });
    expect(await key('https://u:p@h/m.gguf?token=SECRET&X-Amz-Signature=s#x')).toBe('url:https://h/m.gguf');
    const parts = await Promise.all(
      ['a', 'b'].map((name) => key(`https://h/repo?FilePath=${name}&Expires=1`)),
    );
    expect(parts[0]).not.toBe(parts[1]);
    expect(await key('https://h/repo?FilePath=a&Expires=2')).toBe(parts[0]);
    expect(await fileKeyOf({ url: 'https://h/m', sha256: 'AB' })).toBe('sha256:ab');
  });

  test('no stored data contains the token or the query', async () => {
    await open({ url: `${server.url}?token=hf_query` }, { token: 'hf_header' }).read(0, 10);
    const record = await databaseStaging().record(await fileKeyOf({ url: server.url }));
    expect(record).toBeDefined();
    expect(JSON.stringify(record)).not.toMatch(/hf_/);
  });
});
