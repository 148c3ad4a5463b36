import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { asked, body, open, server, sha256, TOTAL, useDownloads } from '../../testing/downloadKit';
import type { FileServer } from '../../testing/fileServer';
import { failureOf } from '../testKit';
import { databaseStaging, fileKeyOf } from './index';
import type { StagedChunk } from './types';

useDownloads();

describe('damage', () => {
  async function flip(index: number): Promise<void> {
    const key = await fileKeyOf({ url: server.url });
    const staging = databaseStaging();
    const { blob, digest } = (await staging.chunk(key, index)) as StagedChunk;
    const bytes = new Uint8Array(await blob.arrayBuffer());
    bytes[3] ^= 1;
    await staging.putChunk(key, index, { blob: new Blob([bytes]), digest });
  }

  test('one flipped bit on disk: only its chunk is refetched', async () => {
    await open().read(0, 6000);
    asked();
    await flip(4);
    expect(await open().read(0, 6000)).toEqual(body.slice(0, 6000));
    expect(asked()).toEqual(['4000-4999']);
  });

  test('a missing chunk is refetched', async () => {
    const source = open();
    await source.read(0, 6000);
    asked();
    await databaseStaging().deleteChunks(await fileKeyOf({ url: server.url }), [1]);
    expect(await source.read(0, 6000)).toEqual(body.slice(0, 6000));
    expect(asked()).toEqual(['1000-1999']);
  });

  test('content other than published fails with hash-mismatch, and the next attempt starts over', async () => {
    server.body[12_345] ^= 4;
    const source = open({ sha256 });
    await source.read(0, TOTAL);
    const found = createHash('sha256').update(server.body).digest('hex');
    expect(await failureOf(() => source.verify())).toMatchObject({
      code: 'hash-mismatch',
      details: { url: server.url, expected: sha256, found },
    });
    expect(await databaseStaging().list()).toEqual([]);
    server.body[12_345] ^= 4;
    server.sentBytes = 0;
    const again = open({ sha256: sha256.toUpperCase() });
    await again.verify();
    expect(server.sentBytes).toBe(TOTAL);
  });

  test('closing ends verify, even if only disk reads are left', async () => {
    await open({ sha256: '0'.repeat(64) }).read(1000, 5000);
    const staging = databaseStaging();
    const source = open({ sha256: '0'.repeat(64) }, { staging });
    await source.read(0, 1000);
    await source.retain([]);
    const verified = failureOf(() => source.verify());
    source.close();
    expect(((await verified) as unknown as Error).name).toBe('AbortError');
  });

  test('verify requests nothing without a published digest', async () => {
    await open().verify();
    expect(asked()).toEqual([]);
  });

  test('a size other than published fails with size-mismatch before anything is fetched', async () => {
    expect(await failureOf(() => open({ bytes: 5 }).read(0, 4))).toMatchObject({
      code: 'size-mismatch',
      details: { url: server.url, expected: 5, found: TOTAL },
    });
    expect(asked()).toEqual([]);
    expect(await databaseStaging().list()).toEqual([]);
  });
});

describe('a file that changed', () => {
  test.each<[string, (server: FileServer) => void]>([
    ['ETag between sessions', (it) => (it.etag = '"2"')],
    ['size between sessions', (it) => (it.body = it.body.slice(0, -1))],
    [
      'date between sessions, when the ETag is hidden',
      (it) => (it.headers = { 'Last-Modified': 'Tue, 02 Jan 2024 00:00:00 GMT' }),
    ],
  ])('%s is source-changed; nothing is mixed, and another try begins anew', async (what, change) => {
    if (what.startsWith('date')) {
      server.etag = undefined;
      server.headers = { 'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT' };
    }
    await open().read(0, 5000);
    change(server);
    const failure = await failureOf(() => open().read(5000, 1000));
    expect(failure).toMatchObject({ code: 'source-changed', details: { url: server.url } });
    expect(await databaseStaging().list()).toEqual([]);
    expect(await open().read(0, 5000)).toEqual(body.slice(0, 5000));
  });

  test('is detected within a session, while several chunks are in flight', async () => {
    const source = open();
    await source.read(0, 3000);
    server.etag = '"2"';
    expect((await failureOf(() => source.read(0, 9000))).code).toBe('source-changed');
    expect(await databaseStaging().list()).toEqual([]);
    expect(await source.read(0, 9000)).toEqual(body.slice(0, 9000));
  });

  test('is source-changed too when the server supports If-Range and answers 200', async () => {
    await open().read(0, 1000);
    server.handle = ({ request, response, serve }) =>
      request.headers['if-range'] === '"1"'
        ? response.writeHead(200, { ETag: '"2"' }).end('the new file')
        : serve();
    expect((await failureOf(() => open().read(5000, 1000))).code).toBe('source-changed');
  });
});
