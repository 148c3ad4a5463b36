import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { httpSource, WHOLE_BYTES } from './httpSource';
import { bytesSource, fileSource } from './sources';
import { failureOf } from '../testKit';

const body = Uint8Array.from({ length: 1000 }, (_, i) => i & 255);
let server: Server | undefined;
afterEach(
  () =>
    new Promise<void>(
      (resolve) => (server ? server.close(() => resolve()) : resolve(), server?.closeAllConnections()),
    ),
);

/** Serves with `handle`. @returns the URL of the file. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(handle);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.gguf`;
}

/** A correct response to a Range request. */
function ranged(
  request: IncomingMessage,
  response: ServerResponse,
  { etag = '"1"', total = body.length } = {},
): void {
  const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '')!.map(Number);
  const end = Math.min(last, body.length - 1);
  response.writeHead(206, {
    ...{ ETag: etag, 'Content-Range': `bytes ${first}-${end}/${total}`, 'Content-Length': end - first + 1 },
  });
  response.end(body.subarray(first, end + 1));
}

describe('httpSource', () => {
  test('reads ranges and requests the size once', async () => {
    let requests = 0;
    const source = httpSource(await serve((request, response) => (requests++, ranged(request, response))));
    expect(await source.byteLength()).toBe(1000);
    expect(await source.read(10, 5)).toEqual(body.slice(10, 15));
    expect(await source.read(995, 5)).toEqual(body.slice(995));
    expect(await source.read(3, 0)).toEqual(new Uint8Array(0));
    expect(requests).toBe(3);
    expect(await failureOf(() => source.read(999, 2))).toMatchObject({
      code: 'file-truncated',
      details: { neededBytes: 1001, availableBytes: 1000 },
    });
  });

  test.each([
    [404, 'not-found'],
    [401, 'access-denied'],
    [403, 'access-denied'],
    [500, 'http-error'],
    [429, 'http-error'],
  ])('HTTP %i is %s', async (status, code) => {
    const url = await serve((_, response) => response.writeHead(status).end('no'));
    expect(await failureOf(() => httpSource(url).read(0, 4))).toMatchObject({
      code,
      details: { url, status },
    });
  });

  test('reads a small file from a host without Range support', async () => {
    const url = await serve((_, response) => response.writeHead(200).end(body));
    const source = httpSource(url);
    expect(await source.byteLength()).toBe(body.length);
    expect(await source.read(10, 5)).toEqual(body.slice(10, 15));
    expect(statSync('public/models/nano.gguf').size).toBeLessThan(WHOLE_BYTES);
  });

  test('200 to a Range request of a large file is no-range-support', async () => {
    const url = await serve((_, response) => response.writeHead(200).end(Buffer.alloc(WHOLE_BYTES + 1)));
    expect(await failureOf(() => httpSource(url).byteLength())).toMatchObject({
      code: 'no-range-support',
      details: { url },
    });
  });

  test('reads the size with HEAD when CORS hides Content-Range', async () => {
    const url = await serve((request, response) => {
      if (request.method === 'HEAD') return response.writeHead(200, { 'Content-Length': 1000 }).end();
      const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '')!.map(Number);
      response.writeHead(206).end(body.subarray(first, last + 1));
    });
    const source = httpSource(url);
    expect(await source.byteLength()).toBe(1000);
    expect(await source.read(10, 5)).toEqual(body.slice(10, 15));
  });

  test('a missing size is no-range-support', async () => {
    const url = await serve((request, response) =>
      response.writeHead(request.method === 'HEAD' ? 405 : 206).end('x'),
    );
    expect((await failureOf(() => httpSource(url).byteLength())).code).toBe('no-range-support');
  });

  test('an empty file has no bytes', async () => {
    const url = await serve((_, response) => response.writeHead(416, { 'Content-Range': 'bytes */0' }).end());
    expect(await httpSource(url).byteLength()).toBe(0);
  });

  test('a cut connection reports the bytes received', async () => {
    const url = await serve((request, response) => {
      if (request.headers.range === 'bytes=0-0') return ranged(request, response);
      if (request.headers.range !== 'bytes=100-899') return response.destroy();
      response.writeHead(206, { 'Content-Range': 'bytes 100-899/1000', 'Content-Length': 800 });
      response.write(body.subarray(100, 400), () => setTimeout(() => response.destroy(), 30));
    });
    expect(await failureOf(() => httpSource(url).read(100, 800))).toMatchObject({
      code: 'connection-lost',
      details: { url, receivedBytes: 400, totalBytes: 1000 },
    });
  });

  test('an interrupted read resumes where it stopped', async () => {
    const ranges: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      ranges.push(request.headers.range);
      if (request.headers.range !== 'bytes=100-899') return ranged(request, response);
      response.writeHead(206, { 'Content-Range': 'bytes 100-899/1000', 'Content-Length': 800 });
      response.write(body.subarray(100, 400), () => setTimeout(() => response.destroy(), 30));
    });
    expect(await httpSource(url).read(100, 800)).toEqual(body.slice(100, 900));
    expect(ranges).toEqual(['bytes=0-0', 'bytes=100-899', 'bytes=400-899']);
  });

  test.each([
    ['ETag', { etag: '"2"' }],
    ['size', { total: 2000 }],
  ])('another %s is source-changed', async (_, change) => {
    let requests = 0;
    const url = await serve((request, response) => ranged(request, response, requests++ ? change : {}));
    const source = httpSource(url);
    await source.byteLength();
    expect(await failureOf(() => source.read(0, 4))).toMatchObject({
      code: 'source-changed',
      details: { url },
    });
  });

  test('a range other than requested is source-changed', async () => {
    const url = await serve((_, response) =>
      response.writeHead(206, { 'Content-Range': 'bytes 5-9/1000' }).end('12345'),
    );
    expect((await failureOf(() => httpSource(url).read(0, 4))).code).toBe('source-changed');
  });

  test('accepts a longer range than requested', async () => {
    const url = await serve((request, response) => {
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1]); // as sirv does for bytes=0-0
      response.writeHead(206, { 'Content-Range': `bytes ${start}-999/1000` }).end(body.subarray(start));
    });
    expect(await httpSource(url).read(5, 10)).toEqual(body.slice(5, 15));
  });

  test('416 inside the file is source-changed, not data', async () => {
    const url = await serve((_, response) =>
      response.writeHead(416, { 'Content-Range': 'bytes */1000' }).end('no!!'),
    );
    expect((await failureOf(() => httpSource(url).read(0, 4))).code).toBe('source-changed');
  });

  test('an unreachable host is network, and the message also mentions CORS', async () => {
    const url = await serve(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    const failure = await failureOf(() => httpSource(url).byteLength());
    expect(failure).toMatchObject({ code: 'network', details: { url } });
    expect(failure.message).toContain('CORS');
  });

  test('an abort is an AbortError, not a failure', async () => {
    const controller = new AbortController();
    const url = await serve((request, response) => {
      if (request.headers.range === 'bytes=0-0') return ranged(request, response);
      response.writeHead(206, { 'Content-Range': 'bytes 0-999/1000' });
      response.write(body.subarray(0, 10), () => controller.abort());
    });
    const failure = await failureOf(() => httpSource(url).read(0, 1000, controller.signal));
    expect((failure as unknown as Error).name).toBe('AbortError');
  });
});

describe('fileSource and bytesSource', () => {
  test('read slices', async () => {
    const file = fileSource(new File([body], 'm.gguf'));
    expect([file.name, await file.byteLength()]).toEqual(['m.gguf', 1000]);
    expect(await file.read(7, 3)).toEqual(body.slice(7, 10));
    expect(await bytesSource(body).read(7, 3)).toEqual(body.slice(7, 10));
    expect((await failureOf(() => file.read(998, 3))).code).toBe('file-truncated');
    expect((await failureOf(() => bytesSource(body).read(998, 3))).code).toBe('file-truncated');
  });

  test('a file that changed on disk is file-unreadable', async () => {
    const gone = {
      name: 'gone.gguf',
      size: 9,
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('x', 'NotReadableError')) }),
    };
    expect(await failureOf(() => fileSource(gone as unknown as File).read(0, 4))).toMatchObject({
      code: 'file-unreadable',
      details: { name: 'gone.gguf' },
    });
  });
});
