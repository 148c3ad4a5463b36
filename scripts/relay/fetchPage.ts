// Fetches a public page: GET only, no cookies, a limit of size and time, every redirect checked like the first address.
import http from 'node:http';
import https from 'node:https';
import zlib from 'node:zlib';
import { Refused, targetOf, type Resolve, type Target } from './addresses';

export const MAX_BYTES = 5 * 2 ** 20;
const TIMEOUT_MS = 15_000;
const MOST_REDIRECTS = 5;

export interface FetchOptions {
  headers?: Record<string, string>;
  method?: 'GET' | 'POST';
  body?: string;
  resolve?: Resolve;
  /** Hosts with ports that tests allow. */
  allowed?: readonly string[];
  maxBytes?: number;
  timeoutMs?: number;
}

export interface Fetched {
  /** After redirects. */
  url: string;
  status: number;
  /** With its parameters. */
  type: string;
  bytes: Buffer;
}

/** One request to the address that was checked. */
function requestOnce(
  target: Target,
  options: FetchOptions,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const { url, address, family } = target;
  const { method = 'GET', headers, body } = options;
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      ...{ method, signal, agent: false },
      headers: {
        'user-agent': 'GLM-in-a-tab relay',
        accept: 'text/html, application/xhtml+xml, text/plain, application/json;q=0.9, */*;q=0.1',
        'accept-encoding': 'gzip, deflate, br',
        ...headers,
      },
      // The name is not resolved again.
      lookup: (_host, { all }, done) => {
        if (all) (done as (error: null, found: object[]) => void)(null, [{ address, family }]);
        else done(null, address, family);
      },
    });
    request.on('response', resolve);
    request.on('error', reject);
    request.end(body);
  });
}

const DECODERS: Record<string, () => NodeJS.ReadWriteStream> = {
  gzip: zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
};

/** The body, decompressed; the limit holds for what comes out. */
async function readBody(response: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const decoder = DECODERS[response.headers['content-encoding'] ?? '']?.();
  const stream = decoder ? response.pipe(decoder) : response;
  response.on('error', (error) => decoder?.emit('error', error));
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += (chunk as Buffer).length;
    if (length > maxBytes) {
      response.destroy();
      throw new Refused(413, `The page is larger than ${Math.floor(maxBytes / 2 ** 20)} MB.`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** @throws Refused */
export async function fetchPage(address: string, options: FetchOptions = {}): Promise<Fetched> {
  const { maxBytes = MAX_BYTES, timeoutMs = TIMEOUT_MS } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  let next = address;
  try {
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const target = await targetOf(next, options);
      const response = await requestOnce(target, options, signal);
      const { statusCode: status = 0, headers } = response;
      if (status >= 300 && status < 400 && headers.location) {
        response.destroy();
        // What a request sends, a key among it, is for this host alone.
        if (options.method === 'POST' || options.headers)
          throw new Refused(502, `${target.url.host} redirects.`);
        if (!URL.canParse(headers.location, target.url.href))
          throw new Refused(502, 'It redirects to no address.');
        next = new URL(headers.location, target.url).href;
        continue;
      }
      const bytes = await readBody(response, maxBytes);
      return { url: target.url.href, status, type: headers['content-type'] ?? '', bytes };
    }
    throw new Refused(508, `More than ${MOST_REDIRECTS} redirects.`);
  } catch (error) {
    if (error instanceof Refused) throw error;
    if (signal.aborted) throw new Refused(504, `No answer within ${timeoutMs / 1000} s.`);
    throw new Refused(502, error instanceof Error ? error.message : String(error));
  }
}
