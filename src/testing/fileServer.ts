// A server on localhost that hands out one file by ranges, and misbehaves as a test wants it to.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, and the proper answer to it. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Of the range that was asked for; both -1 when there was none. */
  first: number;
  last: number;
  /** Answers properly, or only `limit` bytes and then cuts the connection. */
  serve(limit?: number): void;
}

export interface FileServer {
  readonly url: string;
  body: Uint8Array;
  etag: string | undefined;
  headers: Record<string, string>;
  /** Ranges asked for, but for the first look of one byte. */
  readonly ranges: string[];
  /** Body bytes sent, whatever became of them. */
  sentBytes: number;
  /** Bytes a piece, and the pause before each: slow enough to be interrupted. */
  pieceBytes: number;
  pauseMs: number;
  /** What is done instead of the proper answer; `count` is the number of requests of more than one byte so far. */
  handle: (exchange: Exchange, count: number) => void;
  close(): Promise<void>;
}

export async function startFileServer(body: Uint8Array, path = '/model.gguf'): Promise<FileServer> {
  const http = createServer((request, response) => void answer(request, response));
  http.keepAliveTimeout = 0; // a connection closed just when it is used again would fail a test
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
