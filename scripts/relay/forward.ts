// Requests to APIs and MCP servers that do not let a page read them: the relay passes them on as they are, to the hosts that
// the user named when it was started, and streams the answers back.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { Refused, targetOf, type Resolve } from './addresses';

const MAX_BODY = 2 ** 20;
const MAX_ANSWER = 64 * 2 ** 20;
const TIMEOUT_MS = 60_000;

/** What stands in front of the target's address: `/TOKEN/to/https://api.example/v1/pets`. */
export const FORWARD_METHODS = 'GET, POST, PUT, PATCH, DELETE, HEAD';
/** Headers of answers that the app reads. */
export const FORWARD_HEADERS = 'content-type, mcp-session-id, mcp-protocol-version, www-authenticate';

/** What tells of the browser, the page or this computer, and what belongs to one connection. */
const OWN_HEADERS =
  /^(?:host|origin|referer|cookie|user-agent|accept-encoding|accept-language|connection|keep-alive|te|trailer|upgrade|transfer-encoding|content-length|proxy-.*|sec-.*|x-forwarded-.*|forwarded|dnt)$/i;

export interface ForwardOptions {
  /** Hosts, with a port where it is not the usual one. */
  sendTo?: readonly string[];
  resolve?: Resolve;
  allowed?: readonly string[];
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MAX_BODY) throw new Refused(413, 'A request has at most 1 MB.');
    chunks.push(chunk as Buffer);
  }
  return length > 0 ? Buffer.concat(chunks) : undefined;
}

/**
 * Passes a request on and streams its answer. Redirects are not followed: their status comes back without their address.
 * @param address after `/TOKEN/to/`
 * @throws Refused, while nothing of the answer has been sent
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  address: string,
  { sendTo = [], ...options }: ForwardOptions,
): Promise<void> {
  const { host } = new URL(URL.canParse(address) ? address : 'http://-');
  if (!sendTo.includes(host))
    throw new Refused(403, `The relay sends to hosts that it was started with only: RELAY_SEND=${host}.`);
  const target = await targetOf(address, options);
  if (target.url.protocol !== 'https:' && !options.allowed?.includes(host))
    throw new Refused(403, 'Only https is passed on: requests may hold keys.');
  const body = await bodyOf(request);
  const headers = {
    ...Object.fromEntries(Object.entries(request.headers).filter(([name]) => !OWN_HEADERS.test(name))),
    'accept-encoding': 'identity',
  };
  const ending = new AbortController();
  response.on('close', () => ending.abort());
  const timer = setTimeout(() => ending.abort(), TIMEOUT_MS);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = (target.url.protocol === 'https:' ? https : http).request(target.url, {
      ...{ method: request.method, headers, signal: ending.signal, agent: false },
      // The name is not resolved again.
      lookup: (_host, { all }, done) => {
        const { address, family } = target;
        if (all) (done as (error: null, found: object[]) => void)(null, [{ address, family }]);
        else done(null, address, family);
      },
    });
    sent.on('response', resolve);
    sent.on('error', (error) => reject(new Refused(502, `${host}: ${error.message}`)));
    sent.end(body);
  }).finally(() => clearTimeout(timer));
  // Some servers compress although none is asked for: the page decompresses it.
  for (const name of [...FORWARD_HEADERS.split(', '), 'content-encoding']) {
    const value = answer.headers[name];
    if (value !== undefined) response.setHeader(name, value);
  }
  response.setHeader('access-control-expose-headers', FORWARD_HEADERS);
  response.writeHead(answer.statusCode ?? 502);
  response.flushHeaders();
  let length = 0;
  for await (const chunk of answer) {
    length += (chunk as Buffer).length;
    if (length > MAX_ANSWER) return void response.destroy();
    response.write(chunk);
  }
  response.end();
}
