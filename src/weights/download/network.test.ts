import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  asked,
  body,
  open,
  server,
  sha256,
  stagedIndices,
  TOTAL,
  soon,
  useDownloads,
} from '../../testing/downloadKit';
import { startFileServer } from '../../testing/fileServer';
import { httpSource } from '../file/httpSource';
import { failureOf } from '../testKit';
import { databaseStaging, memoryStaging } from './index';
import { backoffMs, RETRY_TIMING } from './retry';
import type { RetryNotice } from './types';

useDownloads();
afterEach(() => vi.unstubAllGlobals());

/** Collects retry notices. */
function notices(): { list: (RetryNotice | null)[]; onRetry: (notice: RetryNotice | null) => void } {
  const list: (RetryNotice | null)[] = [];
  return { list, onRetry: (notice) => void list.push(notice) };
}

describe('retries', () => {
  test('a cut chunk, from where it stopped', async () => {
    server.handle = ({ first, serve }) => serve(first === 2000 ? 400 : first === 2400 ? 100 : undefined);
    const source = open();
    expect(await source.read(2000, 1000)).toEqual(body.slice(2000, 3000));
    expect(asked()).toEqual(['2000-2999', '2400-2999', '2500-2999']);
    expect(source.stats().receivedBytes).toBe(1000);
  });

  test.each([408, 429, 500, 502, 503])('HTTP %i, with a notice until bytes flow again', async (status) => {
    const { list, onRetry } = notices();
    server.handle = ({ response, serve }, count) =>
      count > 0 && count < 4 ? response.writeHead(status).end('no') : serve();
    expect(await open({}, { onRetry }).read(0, 1000)).toEqual(body.slice(0, 1000));
    expect(list.at(-1)).toBeNull();
    expect(list[0]).toMatchObject({ attempt: 1, error: { code: 'http-error', details: { status } } });
    expect(list.map((notice) => notice?.attempt)).toEqual([1, 2, 3, undefined]);
  });

  test('not before Retry-After, which the notice reports', async () => {
    const { list, onRetry } = notices();
    let refusedMs = 0;
    server.handle = ({ response, serve, first, last }) => {
      if (last === first || refusedMs > 0) return serve();
      refusedMs = Date.now();
      response.writeHead(429, { 'Retry-After': '1' }).end();
    };
    await open({}, { onRetry, timing: { giveUpMs: 60_000 } }).read(0, 1000);
    expect(Date.now() - refusedMs).toBeGreaterThanOrEqual(990);
    expect(list[0]?.inSeconds).toBeGreaterThanOrEqual(1);
  });

  test('a stalled body', async () => {
    const stuck: ServerResponse[] = [];
    server.handle = ({ first, response, serve }) => {
      if (first !== 3000) return serve();
      stuck.push(response);
      response.writeHead(206, { 'Content-Range': `bytes 3000-3999/${TOTAL}`, ETag: '"1"' });
      response.write(body.subarray(3000, 3300));
    };
    expect(await open({}, { timing: { stallMs: 500 } }).read(3000, 1000)).toEqual(body.slice(3000, 4000));
    expect(asked()).toEqual(expect.arrayContaining(['3000-3999', '3300-3999']));
    expect(stuck.length).toBeGreaterThan(0);
  });

  test('a server that does not answer', async () => {
    server.handle = ({ first, last, serve }, count) => (last > first && count === 1 ? undefined : serve());
    expect(await open({}, { timing: { stallMs: 500 } }).read(0, 1000)).toEqual(body.slice(0, 1000));
  });

  test('an unavailable server, with several reads waiting', async () => {
    const { list, onRetry } = notices();
    const source = open({}, { onRetry });
    await source.read(0, 1000);
    const handle = server.handle;
    let refused = 0;
    server.handle = ({ response }) => (refused++, response.destroy());
    const reads = [1000, 5000, 9000, 20_000].map((offset) => source.read(offset, 1000));
    await soon(() => expect(refused).toBeGreaterThan(8));
    await soon(() => expect(list).not.toEqual([]));
    server.handle = handle;
    expect(await Promise.all(reads)).toEqual(
      [1000, 5000, 9000, 20_000].map((at) => body.slice(at, at + 1000)),
    );
    expect(list[0]?.error.code).toBe('network');
    expect(list.at(-1)).toBeNull();
  });

  test('at once when the browser is online again', async () => {
    const events = new EventTarget();
    vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
    vi.stubGlobal('removeEventListener', events.removeEventListener.bind(events));
    const { list, onRetry } = notices();
    const source = open({}, { onRetry, timing: { baseMs: 600_000, capMs: 600_000, giveUpMs: 6_000_000 } });
    await source.byteLength();
    vi.spyOn(Math, 'random').mockReturnValue(1);
    let isAway = true;
    server.handle = ({ response, serve }) => (isAway ? response.destroy() : serve());
    const read = source.read(0, 1000);
    await soon(() => expect(list).toHaveLength(1)); // the retry is waiting
    isAway = false;
    events.dispatchEvent(new Event('online'));
    expect(await read).toEqual(body.slice(0, 1000));
    vi.restoreAllMocks();
  });

  test('at the original URL for each request: a redirect may expire', async () => {
    const cdn = await startFileServer(body);
    const signed = new Set<string>();
    cdn.handle = ({ request, response, serve }) => {
      if (signed.delete(request.url ?? '')) serve();
      else response.writeHead(403).end('expired');
    };
    server.handle = ({ response }) => {
      const path = `/signed?${Math.random()}`;
      signed.add(path);
      response.writeHead(302, { Location: new URL(path, cdn.url).href }).end();
    };
    expect(await open().read(0, 9000)).toEqual(body.slice(0, 9000));
    await cdn.close();
  });

  test('after growing, varying pauses, never shorter than Retry-After', () => {
    const longest = (attempt: number): number =>
      Math.max(...Array.from({ length: 200 }, () => backoffMs(attempt, undefined, RETRY_TIMING)));
    expect(longest(1)).toBeLessThanOrEqual(500);
    expect(longest(5)).toBeGreaterThan(4000);
    expect(longest(20)).toBeLessThanOrEqual(30_000);
  });
});

describe('gives up', () => {
  test('after a long time without bytes: connection-lost, and a later load resumes', async () => {
    const source = open({}, { timing: { giveUpMs: 150 } });
    await source.read(0, 3000);
    const handle = server.handle;
    server.handle = ({ response }) => response.destroy();
    expect(await failureOf(() => source.read(0, 6000))).toMatchObject({
      code: 'connection-lost',
      details: { url: server.url, totalBytes: TOTAL },
    });
    source.close();
    await new Promise((resolve) => setTimeout(resolve, 30)); // requests in flight
    server.handle = handle;
    asked();
    expect(await open().read(0, 6000)).toEqual(body.slice(0, 6000));
    // A request that was in flight longer may appear once more.
    expect([...new Set(asked())].sort()).toEqual(['3000-3999', '4000-4999', '5000-5999']);
  });

  test('with the server’s message, if any', async () => {
    server.handle = ({ response }) => response.writeHead(503).end();
    const failure = await failureOf(() => open({}, { timing: { giveUpMs: 100 } }).byteLength());
    expect(failure).toMatchObject({ code: 'http-error', details: { status: 503 } });
  });

  test('not while the browser reports that it is offline', async () => {
    const source = open({}, { timing: { giveUpMs: 100 } });
    await source.byteLength();
    vi.stubGlobal('navigator', { onLine: false });
    const handle = server.handle;
    server.handle = ({ response }) => response.destroy();
    const read = source.read(0, 1000);
    await new Promise((resolve) => setTimeout(resolve, 400));
    server.handle = handle;
    expect(await read).toEqual(body.slice(0, 1000));
  });

  test('soon on a host that never answered: the cause may be CORS', async () => {
    await server.close();
    const failure = await failureOf(() => open({}, { timing: { giveUpMs: 600_000 } }).byteLength());
    expect(failure).toMatchObject({ code: 'network', details: { url: server.url } });
    expect(failure.message).toContain('CORS');
    expect(await databaseStaging().list()).toEqual([]);
  });
});

describe('fails at once and keeps staged chunks', () => {
  test.each<[number, string, Record<string, string>, string]>([
    [401, 'access-denied', {}, 'no'],
    [403, 'access-denied', { 'Content-Type': 'text/html' }, '<html>sign in'],
    [404, 'not-found', {}, 'no'],
    [410, 'not-found', {}, 'no'],
    [418, 'http-error', {}, 'no'],
    [511, 'not-a-file', {}, 'log in to the network'],
    [200, 'no-range-support', { 'Content-Type': 'application/octet-stream' }, 'GGUF'],
    [200, 'not-a-file', { 'Content-Type': 'text/html; charset=utf-8' }, 'log in'],
    [200, 'not-a-file', {}, '\n<!DOCTYPE html><title>Hotel'],
    [416, 'source-changed', { 'Content-Range': `bytes */${TOTAL}` }, ''],
  ])('HTTP %i is %s', async (status, code, headers, text) => {
    const source = open();
    await source.read(0, 3000);
    server.handle = ({ response }) => response.writeHead(status, headers).end(text);
    expect(await failureOf(() => source.read(3000, 1000))).toMatchObject({
      code,
      details: { url: server.url },
    });
    expect(asked().slice(3)).toEqual(['3000-3999']);
    expect(await stagedIndices()).toEqual(code === 'source-changed' ? [] : [0, 1, 2]);
    // Outside of a download, a small file is read whole; this one ends too early.
    const direct = { 'source-changed': 'source-changed', 'no-range-support': 'file-truncated' }[code];
    expect((await failureOf(() => httpSource(server.url).read(3000, 1000))).code).toBe(direct ?? code);
  });

  test('a web page served in ranges is not downloaded', async () => {
    server.body = new TextEncoder().encode(`<!doctype html><html>${' '.repeat(5000)}`);
    expect((await failureOf(() => open().read(0, 100))).code).toBe('not-a-file');
    expect(await databaseStaging().list()).toEqual([]);
    server.headers = { 'Content-Type': 'text/html' };
    expect((await failureOf(() => open().byteLength())).code).toBe('not-a-file');
  });

  test('a failed prefetch stops prefetching, and the next read reports it', async () => {
    const source = open();
    await source.read(0, 10);
    server.handle = ({ response }) => response.writeHead(403).end();
    await source.retain([{ offset: 0, length: TOTAL }]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(asked().length).toBeLessThanOrEqual(5);
    expect((await failureOf(() => source.read(30_000, 10))).code).toBe('access-denied');
    server.handle = ({ serve }) => serve();
    expect(await source.read(0, TOTAL)).toEqual(body);
  });
});

describe('the token', () => {
  test('is sent to the origin of the URL, not to a redirect’s target', async () => {
    const cdn = await startFileServer(body);
    const seen: (string | undefined)[][] = [[], []];
    cdn.handle = ({ request, serve }) => (seen[1].push(request.headers.authorization), serve());
    server.handle = ({ request, response }) => {
      seen[0].push(request.headers.authorization);
      response.writeHead(302, { Location: cdn.url }).end();
    };
    await open({}, { token: 'hf_secret' }).read(0, 10);
    await httpSource(server.url, { token: 'hf_secret' }).read(0, 10);
    expect(new Set(seen[0])).toEqual(new Set(['Bearer hf_secret']));
    expect(new Set(seen[1])).toEqual(new Set([undefined]));
    await cdn.close();
  });

  test('access-denied reports whether one was sent', async () => {
    server.handle = ({ response }) => response.writeHead(403).end();
    const refusal = async (token?: string): Promise<unknown> =>
      (await failureOf(() => open({}, { token }).byteLength())).details;
    expect(await refusal('t')).toEqual({ url: server.url, status: 403, token: 'sent' });
    expect(await refusal()).toEqual({ url: server.url, status: 403, token: 'none' });
  });
});

test('downloads without IndexedDB, with a digest, counting bytes as they arrive', async () => {
  let received = 0;
  const source = open(
    { sha256, bytes: TOTAL },
    { staging: memoryStaging(), onBytes: (bytes) => (received += bytes) },
  );
  await source.retain([{ offset: 0, length: TOTAL }]);
  expect(await source.read(0, TOTAL)).toEqual(body);
  await source.verify();
  expect(received).toBe(TOTAL);
  expect(source.stats()).toEqual({
    receivedBytes: TOTAL,
    stagedBytes: TOTAL,
    hashedBytes: TOTAL,
    totalBytes: TOTAL,
  });
  await source.forget();
  expect(source.stats().stagedBytes).toBe(0);
});
