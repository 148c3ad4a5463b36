// A model file on a server, read with HTTP Range requests (RFC 9110, section 14).
import { AppError, type ErrorCode } from '../shared/errors';
import { assertInside } from './truncation';
import type { WeightSource } from './types';

/** Pauses before the rest of a cut read is asked for again; then it is given up. */
const RETRY_MS = [300, 1000];

/** What the first answer said about the file; later answers must agree. */
interface Identity {
  totalBytes: number;
  etag: string | null;
}

/**
 * A file at `url`. Its size comes from the first answer's Content-Range (HEAD is often refused).
 * @throws AppError not-found, access-denied, http-error, no-range-support, network, connection-lost, source-changed.
 */
export function httpSource(url: string): WeightSource {
  let known: Identity | undefined;

  /** Sends one Range request and checks everything about the answer but its body. */
  async function request(offset: number, length: number, signal?: AbortSignal): Promise<Response> {
    const last = offset + length - 1;
    let response: Response;
    try {
      // no-store: gigabytes in the HTTP cache would compete for disk with our own cache
      response = await fetch(url, {
        headers: { Range: `bytes=${offset}-${last}` },
        cache: 'no-store',
        signal,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      const message = `Cannot reach ${url}: the network is off, the host is unknown, or it does not allow this page (CORS).`;
      throw new AppError('network', message, { url }, error);
    }
    if (response.status !== 206 && response.status !== 416) throw refuse(response, url);
    const identity = contentRange(response, offset) ?? known ?? (await askHead(url, response, signal));
    const isRefused = identity !== 'other range' && response.status === 416 && offset < identity.totalBytes;
    if (identity === 'other range' || isRefused || (known && !sameFile(known, identity))) {
      void response.body?.cancel();
      throw failure('source-changed', url, 'the file changed on the server while it was read. Load it again');
    }
    known ??= identity;
    return response;
  }

  async function byteLength(signal?: AbortSignal): Promise<number> {
    if (!known) {
      const response = await request(0, 1, signal);
      await response.body?.cancel();
    }
    return known?.totalBytes ?? 0;
  }

  async function read(
    offset: number,
    length: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const totalBytes = await byteLength(signal);
    assertInside(url, offset, length, totalBytes);
    if (length === 0) return new Uint8Array(0);
    const bytes = new Uint8Array(length);
    let filled = 0;
    let cause: unknown;
    // a long download meets a cut now and then: ask for the rest, unless nothing comes any more
    for (let failures = 0; filled < length && failures <= RETRY_MS.length;) {
      if (failures > 0) await pause(RETRY_MS[failures - 1], signal);
      const before = filled;
      try {
        const response = await request(offset + filled, length - filled, signal);
        for await (const piece of bodyOf(response)) {
          if (filled === length) break; // more than was asked for; a body read to its end keeps the connection
          const fitting = piece.subarray(0, length - filled);
          bytes.set(fitting, filled);
          filled += fitting.length;
        }
      } catch (error) {
        if (signal?.aborted || (error instanceof AppError && error.code !== 'network')) throw error;
        cause = error;
      }
      failures = filled > before ? 1 : failures + 1;
    }
    if (filled === length) return bytes;
    const receivedBytes = offset + filled;
    const message = `The connection to ${url} was lost after ${receivedBytes} of ${totalBytes} bytes. Try again.`;
    throw new AppError('connection-lost', message, { url, receivedBytes, totalBytes }, cause);
  }

  return { name: url, byteLength, read };
}

/** What Content-Range and ETag say; undefined when CORS hides the former (Access-Control-Expose-Headers). */
function contentRange(response: Response, offset: number): Identity | 'other range' | undefined {
  const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '');
  if (!range) return undefined;
  // A longer range is fine, its end is not read: some static servers answer bytes=0-0 with the whole file.
  if (response.status === 206 && Number(range[1]) !== offset) return 'other range';
  return { totalBytes: Number(range[3]), etag: response.headers.get('ETag') };
}

/** The size by HEAD: unlike Content-Range, every page may see Content-Length. */
async function askHead(url: string, ranged: Response, signal?: AbortSignal): Promise<Identity> {
  const head = await fetch(url, { method: 'HEAD', cache: 'no-store', signal }).catch(() => undefined);
  const length = head?.ok ? head.headers.get('Content-Length') : null;
  if (length !== null) return { totalBytes: Number(length), etag: ranged.headers.get('ETag') };
  void ranged.body?.cancel();
  throw failure(
    'no-range-support',
    url,
    'the server does not tell its size. Download the file and open it from disk',
  );
}

/** The pieces of the body; Safari cannot iterate a stream. @throws what the stream throws when it breaks. */
async function* bodyOf({ body }: Response): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return;
      yield value;
    }
  } finally {
    void reader?.cancel().catch(() => undefined); // when the caller has enough
  }
}

/** Waits. @throws the signal's reason once it is aborted. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  signal?.throwIfAborted();
}

function sameFile(known: Identity, now: Identity): boolean {
  const etagsDiffer = known.etag !== null && now.etag !== null && known.etag !== now.etag;
  return !etagsDiffer && known.totalBytes === now.totalBytes;
}

/** The error for a status that is no partial answer. */
function refuse(response: Response, url: string): AppError {
  void response.body?.cancel();
  const { status } = response;
  if (status === 200)
    return failure(
      'no-range-support',
      url,
      'the server ignores Range requests. Download the file and open it from disk',
    );
  if (status === 404 || status === 410)
    return failure('not-found', url, `no such file (HTTP ${status}). Check the address`, status);
  if (status === 401 || status === 403) {
    return failure(
      'access-denied',
      url,
      `the server refuses access (HTTP ${status}). The model may need a login`,
      status,
    );
  }
  return failure('http-error', url, `the server answers HTTP ${status}. Try again later`, status);
}

function failure(code: ErrorCode, url: string, why: string, status?: number): AppError {
  return new AppError(code, `Cannot read ${url}: ${why}.`, status === undefined ? { url } : { url, status });
}
