// Serves one file over loopback HTTP with Range, and counts bytes sent more than once.
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const BLOCK_BYTES = 4096;

export interface CountingServer {
  url: string;
  /** Resets the counts of `life`, keeps the record of sent bytes, and stops sending after `holdBytes`. */
  beginLife(holdBytes?: number): void;
  /** Bytes sent since beginLife, and the part already sent in an earlier life (in blocks of 4 KiB). */
  life(): { sentBytes: number; repeatedBytes: number };
  requests(): number;
  close(): Promise<void>;
}

/** Serves `file` to pages of any origin. Counts bytes accepted by the socket, even if a killed browser never read them. */
export async function countingServer(file: string): Promise<CountingServer> {
  const totalBytes = statSync(file).size;
  const etag = `"${createHash('sha1').update(`${file} ${totalBytes}`).digest('hex')}"`;
  const earlier = new Uint8Array(Math.ceil(totalBytes / BLOCK_BYTES));
  let current = new Uint8Array(earlier.length);
  let sentBytes = 0;
  let mostBytes = Infinity;
  let numRequests = 0;
  const server = createServer((request, response) => {
    numRequests++;
    const headers = {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': '*',
      'Access-Control-Expose-Headers': 'Content-Range, Content-Length, ETag',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      ETag: etag,
    };
    if (request.method === 'OPTIONS') return void response.writeHead(204, headers).end();
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const first = range ? Number(range[1]) : 0;
    const last = Math.min(range?.[2] ? Number(range[2]) : totalBytes - 1, totalBytes - 1);
    if (first >= totalBytes) {
      return void response.writeHead(416, { ...headers, 'Content-Range': `bytes */${totalBytes}` }).end();
    }
    response.writeHead(range ? 206 : 200, {
      ...headers,
      'Content-Length': last - first + 1,
      ...(range && { 'Content-Range': `bytes ${first}-${last}/${totalBytes}` }),
    });
    if (request.method === 'HEAD') return void response.end();
    let at = first;
    const stream = createReadStream(file, { start: first, end: last });
    stream.on('data', (piece) => {
      sentBytes += piece.length;
      current.fill(1, Math.ceil(at / BLOCK_BYTES), Math.floor((at + piece.length) / BLOCK_BYTES));
      at += piece.length;
      if (sentBytes >= mostBytes) stream.unpipe(response).pause();
    });
    response.on('close', () => stream.destroy());
    stream.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${encodeURIComponent(path.basename(file))}`,
    beginLife(holdBytes = Infinity) {
      mostBytes = holdBytes;
      current.forEach((sent, i) => sent && (earlier[i] = 1));
      current = new Uint8Array(earlier.length);
      sentBytes = 0;
    },
    life() {
      const repeatedBytes = current.reduce((sum, sent, i) => sum + (sent & earlier[i]), 0) * BLOCK_BYTES;
      return { sentBytes, repeatedBytes };
    },
    requests: () => numRequests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
