// A model file on a server, read with HTTP Range requests and not stored: for header previews and small files.
// The resumable download is download/downloadSource.ts.
import { AppError } from '../../shared/errors';
import type { FileIdentity } from '../download/http/fileIdentity';
import { isHtml, isTransient, refuse } from '../download/http/httpErrors';
import { bodyOf, requestRange } from '../download/http/rangeRequest';
import { assertInside } from './truncation';
import type { WeightSource } from '../types';

/** Pauses before requesting the rest of an interrupted read; after the last one the read fails. */
const RETRY_MS = [300, 1000];
/**
 * Files up to this size are read without staging, and whole from hosts without Range support: so the built-in model loads
 * from any host.
 */
export const WHOLE_BYTES = 16 * 2 ** 20;

/**
 * A file at `url`. Its size comes from the Content-Range of the first response (HEAD is often refused).
 * @param token sent as `Authorization: Bearer` to the URL's origin and to no other.
 * @throws AppError not-found, access-denied, http-error, no-range-support (above 16 MiB), not-a-file, network,
 *   connection-lost, source-changed.
 */
export function httpSource(url: string, { token }: { token?: string } = {}): WeightSource {
  let known: FileIdentity | undefined;
  let whole: Uint8Array<ArrayBuffer> | undefined;

  async function request(offset: number, length: number, signal?: AbortSignal): Promise<Response> {
    const { response, identity } = await requestRange({ url, offset, length, known, token, signal });
    known ??= identity;
    return response;
  }

  async function byteLength(signal?: AbortSignal): Promise<number> {
    if (!known && !whole) {
      try {
        const response = await request(0, 1, signal);
        await response.body?.cancel();
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'no-range-support')) throw error;
        whole = await readWhole(url, token, signal);
        if (!whole) throw error;
      }
    }
    return whole?.length ?? known?.totalBytes ?? 0;
  }

  async function read(
    offset: number,
    length: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const totalBytes = await byteLength(signal);
    assertInside(url, offset, length, totalBytes);
    if (length === 0) return new Uint8Array(0);
    if (whole) return whole.slice(offset, offset + length);
    const bytes = new Uint8Array(length);
    let filled = 0;
    let cause: unknown;
    // connections break during long downloads: request the rest, until attempts bring no more bytes
    for (let failures = 0; filled < length && failures <= RETRY_MS.length;) {
      if (failures > 0) await pause(RETRY_MS[failures - 1], signal);
      const before = filled;
      try {
        const response = await request(offset + filled, length - filled, signal);
        for await (const piece of bodyOf(response)) {
          if (filled === length) break; // the server may send more than requested; a body read to its end keeps the connection
          const fitting = piece.subarray(0, length - filled);
          bytes.set(fitting, filled);
          filled += fitting.length;
        }
      } catch (error) {
        signal?.throwIfAborted();
        if (!isTransient(error) || (error instanceof AppError && error.code === 'http-error')) throw error;
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

/** The whole file with one plain request; undefined when it is larger than WHOLE_BYTES. */
async function readWhole(
  url: string,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(url, { headers, cache: 'no-store', signal });
  if (response.status === 206) return undefined; // ranges are supported, but the size is unknown
  if (!response.ok || isHtml(response)) throw await refuse(response, url, Boolean(token));
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const piece of bodyOf(response)) {
    pieces.push(piece as Uint8Array<ArrayBuffer>);
    bytes += piece.length;
    if (bytes > WHOLE_BYTES) return undefined;
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** Waits. @throws the signal's reason once it is aborted. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  signal?.throwIfAborted();
}
