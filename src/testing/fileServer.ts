// A server on localhost that serves one file by ranges, with faults chosen by the test.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, and its correct response. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** First and last byte of the requested range; both -1 without a range. */
  first: number;
  last: number;
  /** Responds correctly, or sends only `limit` bytes and closes the connection. */
  serve(limit?: number): void;
}

export interface FileServer {
  readonly url: string;
  body: Uint8Array;
  etag: string | undefined;
  headers: Record<string, string>;
  /** Requested ranges, except the initial one-byte probe. */
  readonly ranges: string[];
  /** Body bytes sent, received or not. */
  sentBytes: number;
  /** Bytes per piece, and the pause before each: slow enough to be interrupted. */
  pieceBytes: number;
  pauseMs: number;
  /** Replaces the correct response; `count` is the number of requests for more than one byte so far. */
  handle: (exchange: Exchange, count: number) => void;
  close(): Promise<void>;
}

export async function startFileServer(body: Uint8Array, path = '/model.gguf'): Promise<FileServer> {
  const http = createServer((request, response) => void answer(request, response));
  http.keepAliveTimeout = 0; // a keep-alive connection closed at the moment of reuse would fail a test
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: FileServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}${path}`,
    ...{ body, etag: '"1"', headers: {}, ranges: [], sentBytes: 0, pieceBytes: 1 << 20, pauseMs: 0 },
    handle: (exchange) => exchange.serve(),
    async close() {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeAllConnections();
      await closed;
    },
  };
  let count = 0;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
    const [first, last] = range ? [Number(range[1]), Number(range[2])] : [-1, -1];
    if (last > first) {
      server.ranges.push(`${first}-${last}`);
      count++;
    }
    server.handle(
      { request, response, first, last, serve: (limit) => void serve(response, first, last, limit) },
      count,
    );
  }

  async function serve(
    response: ServerResponse,
    first: number,
    last: number,
    limit = Infinity,
  ): Promise<void> {
    const { body, etag, headers } = server;
    const end = Math.min(last, body.length - 1);
    response.writeHead(206, {
      ...(etag === undefined ? {} : { ETag: etag }),
      'Content-Range': `bytes ${first}-${end}/${body.length}`,
      'Content-Length': end - first + 1,
      ...headers,
    });
    const stop = Math.min(end + 1, first + limit);
    for (let at = first; at < stop && !response.destroyed;) {
      if (server.pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, server.pauseMs));
      const piece = body.subarray(at, Math.min(stop, at + server.pieceBytes));
      await new Promise((resolve) => response.write(piece, resolve));
      if (last > first) server.sentBytes += piece.length;
      at += piece.length;
    }
    if (stop > end) response.end();
    else setTimeout(() => response.destroy(), 20);
  }

  return server;
}
