// The relay: a small server on this computer that fetches public pages and asks search services for the app, because pages
// may not. It answers the app's own addresses only, wants its token in the path, keeps no log, and limits sizes and rates.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Refused } from './addresses';
import { enginesWithKey, searchBy, type EngineOptions } from './engines';
import { fetchPage, type FetchOptions } from './fetchPage';
import { forward, FORWARD_METHODS, type ForwardOptions } from './forward';

export interface RelayOptions
  extends EngineOptions, ForwardOptions, Pick<FetchOptions, 'maxBytes' | 'timeoutMs'> {
  /** Origins that may ask; `:*` at the end for any port. */
  origins: readonly string[];
  token?: string;
  /** Requests a minute. */
  perMinute?: number;
  /** Requests at once. */
  atOnce?: number;
}

export const DEFAULT_ORIGINS = ['http://localhost:*', 'http://127.0.0.1:*'];

const isAllowed = (origin: string, origins: readonly string[]): boolean =>
  origins.some((one) =>
    one.endsWith(':*')
      ? origin.startsWith(one.slice(0, -1)) && /^\d+$/.test(origin.slice(one.length - 1))
      : one === origin,
  );

const isToken = (given: string, token: string): boolean =>
  given.length === token.length && timingSafeEqual(Buffer.from(given), Buffer.from(token));

/** Encodings by the byte order marks that texts begin with. */
const MARKS: Record<string, string> = {
  'utf-8': '\xef\xbb\xbf',
  'utf-16le': '\xff\xfe',
  'utf-16be': '\xfe\xff',
};

/** The text of a body in the encoding that it names: the first that is known; UTF-8 where none is. */
function textOf(bytes: Buffer, type: string): string {
  const beginning = bytes.subarray(0, 4096).toString('latin1');
  const named = [
    Object.keys(MARKS).find((name) => beginning.startsWith(MARKS[name])),
    /charset\s*=\s*["']?([\w-]+)/i.exec(type)?.[1],
    /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)/i.exec(beginning)?.[1],
    /^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([\w-]+)/i.exec(beginning)?.[1],
  ];
  for (const name of named) {
    try {
      if (name) return new TextDecoder(name).decode(bytes);
    } catch {
      // an encoding that is not known
    }
  }
  return new TextDecoder().decode(bytes);
}

const READABLE = /^(?:text\/|application\/(?:xhtml\+xml|xml|json|ld\+json|rss\+xml|atom\+xml))/;

async function answer(url: URL, route: string, options: RelayOptions): Promise<object> {
  const { searchParams } = url;
  if (route === 'engines') return { engines: enginesWithKey(options.env) };
  if (route === 'search') {
    const query = searchParams.get('q')?.trim() ?? '';
    if (!query || query.length > 400) throw new Refused(400, 'A query has 1 to 400 characters.');
    const count = Math.min(10, Math.max(1, Number(searchParams.get('count')) || 7));
    const days = Number(searchParams.get('days')) || undefined;
    return { hits: await searchBy(searchParams.get('engine') ?? '', { query, count, days }, options) };
  }
  if (route === 'page') {
    const page = await fetchPage(searchParams.get('url') ?? '', options);
    const type = page.type.split(';', 1)[0].trim().toLowerCase();
    if (page.status !== 200) throw new Refused(502, `${new URL(page.url).host} answered ${page.status}.`);
    if (type && !READABLE.test(type))
      throw new Refused(415, `The page is of type ${type}, which has no text.`);
    return { url: page.url, type, body: textOf(page.bytes, page.type) };
  }
  throw new Refused(404, 'There are /page, /search, /engines and /to.');
}

export interface Relay {
  server: Server;
  token: string;
}

/** @returns the server, which does not listen yet */
export function createRelay(options: RelayOptions): Relay {
  const { origins, perMinute = 60, atOnce = 6, token = randomBytes(16).toString('hex') } = options;
  let recent: number[] = [];
  let running = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const origin = request.headers.origin ?? '';
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('content-security-policy', "default-src 'none'; sandbox");
    response.setHeader('vary', 'origin');
    if (isAllowed(origin, origins)) response.setHeader('access-control-allow-origin', origin);
    const send = (status: number, body?: object): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(body && JSON.stringify(body));
    };
    // Against names that point here: a page of such a name would be of another origin, but also of another host.
    const { hostname } = new URL(`http://${request.headers.host ?? ''}`);
    if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
      return send(403, { error: 'Ask by 127.0.0.1.' });
    if (!isAllowed(origin, origins))
      return send(403, {
        error: `The relay does not know ${origin || 'a request without origin'}: RELAY_ORIGINS.`,
      });
    const url = new URL(request.url ?? '/', 'http://relay');
    const [, given = '', route = ''] = url.pathname.split('/');
    const isForward = route === 'to';
    if (request.method === 'OPTIONS') {
      const wanted = request.headers['access-control-request-headers'];
      response.setHeader('access-control-allow-methods', isForward ? FORWARD_METHODS : 'GET');
      if (isForward && wanted) response.setHeader('access-control-allow-headers', wanted);
      response.setHeader('access-control-allow-private-network', 'true');
      return send(204);
    }
    if (request.method !== 'GET' && !isForward) return send(405, { error: 'GET only.' });
    if (!isToken(given, token))
      return send(401, { error: 'The address lacks the token that the relay printed.' });
    const now = Date.now();
    recent = recent.filter((time) => now - time < 60_000);
    if (recent.length >= perMinute || running >= atOnce)
      return send(429, { error: `At most ${perMinute} requests a minute and ${atOnce} at once.` });
    recent.push(now);
    running++;
    try {
      if (isForward) await forward(request, response, (request.url ?? '').slice(given.length + 5), options);
      else send(200, await answer(url, route, options));
    } catch (error) {
      if (!(error instanceof Refused) || response.headersSent) throw error;
      send(error.status, { error: error.message });
    } finally {
      running--;
    }
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy(); // a part must not pass for the whole
      response.writeHead(500);
      response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  return { server, token };
}
