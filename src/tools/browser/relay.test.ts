// The relay (scripts/relay) as the browser uses it, against local servers that count what reaches them.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { smallMcpServer } from '../../../e2e/pages/mcpServer';
import { isPublic, targetOf } from '../../../scripts/relay/addresses';
import { createRelay, type RelayOptions } from '../../../scripts/relay/relay';
import { askMcp } from '../../network/network';
import { giveDom } from '../../testing/web';
import { browserTool } from '.';
import { DEFAULT_BROWSER } from './settings';

const ORIGIN = 'http://localhost:4173';
const servers: Server[] = [];
async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
beforeAll(giveDom, 60_000);

/** A site whose requests are counted; `pages` by path. */
type Answer = { status?: number; headers?: Record<string, string>; body?: string | Buffer };
async function openSite(pages: Record<string, Answer>) {
  const asked: IncomingMessage[] = [];
  const host = await listen(
    createServer((request, response) => {
      asked.push(request);
      const {
        status = 200,
        headers,
        body,
      } = pages[new URL(request.url ?? '/', 'http://x').pathname] ?? { status: 404 };
      response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
    }),
  );
  return { host, asked };
}

async function openRelay(options: Partial<RelayOptions> = {}) {
  const { server, token } = createRelay({ origins: ['http://localhost:*'], env: {}, ...options });
  const base = `http://${await listen(server)}/${token}`;
  const ask = async (path: string, headers: Record<string, string> = { origin: ORIGIN }) => {
    const response = await fetch(base + path, { headers });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  const page = (url: string) => ask(`/page?url=${encodeURIComponent(url)}`);
  return { base, ask, page };
}

test.each(
  '0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.8.8.8 169.254.169.254 172.16.0.1 172.31.255.255 192.168.1.1 198.18.0.1 224.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 fe80::1 fc00::1 fd12::1 ff02::1 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1 nonsense'.split(
    ' ',
  ),
)('%s is not public', (address) => {
  expect(isPublic(address)).toBe(false);
});
test.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
  '%s is public',
  (address) => {
    expect(isPublic(address)).toBe(true);
  },
);

describe('what is asked for', () => {
  let site: Awaited<ReturnType<typeof openSite>>;
  beforeEach(async () => {
    site = await openSite({ '/': { body: 'private' } });
  });

  test.each([
    (port: string) => `http://127.0.0.1:${port}/`,
    (port: string) => `http://localhost:${port}/`,
    (port: string) => `http://[::1]:${port}/`,
    (port: string) => `http://[::ffff:127.0.0.1]:${port}/`,
    (port: string) => `http://2130706433:${port}/`,
    (port: string) => `http://0x7f.1:${port}/`,
    (port: string) => `http://017700000001:${port}/`,
    () => 'http://127.0.0.1/',
    () => 'http://169.254.169.254/latest/meta-data/',
    () => 'http://[fd00::1]/',
    () => 'http://user:pass@example.org/',
    () => 'ftp://example.org/',
    () => 'file:///etc/passwd',
    () => 'http://example.org:22/',
  ])('%s is refused, and nothing is requested', async (address) => {
    const { page } = await openRelay();
    const { status, body } = await page(address(site.host.split(':')[1]));
    expect(status).toBe(403);
    expect(body.error).toMatch(/./);
    expect(site.asked).toHaveLength(0);
  });

  test('a name with a private address is refused, also beside a public one', async () => {
    const resolve = () =>
      Promise.resolve([
        { address: '8.8.8.8', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ]);
    await expect(targetOf('https://rebind.example/', { resolve })).rejects.toMatchObject({ status: 403 });
  });

  test('the connection goes to the address that was checked', async () => {
    let asked = 0;
    const resolve = () => Promise.resolve([{ address: asked++ === 0 ? '8.8.8.8' : '127.0.0.1', family: 4 }]);
    const target = await targetOf('http://rebind.example/', { resolve });
    expect({ asked, address: target.address }).toEqual({ asked: 1, address: '8.8.8.8' });
  });

  test('a redirect into the private network is refused', async () => {
    const outside = await openSite({ '/': { status: 302, headers: { location: `http://${site.host}/` } } });
    const { page } = await openRelay({ allowed: [outside.host] });
    expect(await page(`http://${outside.host}/`)).toMatchObject({ status: 403 });
    expect([outside.asked.length, site.asked.length]).toEqual([1, 0]);
  });

  test('endless redirects end', async () => {
    const outside = await openSite({ '/': { status: 302, headers: { location: '/' } } });
    const { page } = await openRelay({ allowed: [outside.host] });
    expect(await page(`http://${outside.host}/`)).toMatchObject({ status: 508 });
    expect(outside.asked).toHaveLength(6);
  });
});

describe('who asks', () => {
  test.each([
    ['no token', '/..', { origin: ORIGIN }, 401],
    ['another origin', '', { origin: 'https://evil.example' }, 403],
    ['an origin that only begins alike', '', { origin: 'http://localhost:4173.evil.example' }, 403],
    ['no origin', '', {}, 403],
  ])('%s is refused, and nothing is requested', async (_, before, headers, status) => {
    const site = await openSite({ '/': { body: 'x' } });
    const { base } = await openRelay({ allowed: [site.host] });
    const address = before ? `${new URL(base).origin}/wrong` : base;
    const response = await fetch(`${address}/page?url=http://${site.host}/`, {
      headers: headers as Record<string, string>,
    });
    expect(response.status).toBe(status);
    expect(site.asked).toHaveLength(0);
    if (status === 403) expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('the app’s origin may read the answer; no cookie and no referrer go on', async () => {
    const site = await openSite({ '/': { body: '<p>Hello</p>', headers: { 'set-cookie': 'a=b' } } });
    const { ask } = await openRelay({ allowed: [site.host] });
    const { headers, body } = await ask(`/page?url=http://${site.host}/`, {
      origin: ORIGIN,
      cookie: 'c=d',
      referer: 'http://x/secret',
    });
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('set-cookie')).toBeNull();
    expect(body).toEqual({ url: `http://${site.host}/`, type: 'text/html', body: '<p>Hello</p>' });
    expect(site.asked[0].headers).not.toHaveProperty('cookie');
    expect(site.asked[0].headers).not.toHaveProperty('referer');
  });

  test('at most so many requests a minute', async () => {
    const site = await openSite({ '/': { body: 'x' } });
    const { page } = await openRelay({ allowed: [site.host], perMinute: 2 });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await page(`http://${site.host}/`)).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect(site.asked).toHaveLength(2);
  });
});

test('limits: size, also of what is compressed; time; types without text', async () => {
  const site = await openSite({
    '/big': { body: 'x'.repeat(3000) },
    '/bomb': { body: gzipSync('x'.repeat(100_000)), headers: { 'content-encoding': 'gzip' } },
    '/picture': { body: 'x', headers: { 'content-type': 'image/png' } },
    '/gone': { status: 410 },
    '/gbk': {
      body: Buffer.from([0xc4, 0xe3, 0xba, 0xc3]),
      headers: { 'content-type': 'text/html; charset=gbk' },
    },
  });
  const { page } = await openRelay({ allowed: [site.host], maxBytes: 2000 });
  const at = (path: string) => page(`http://${site.host}${path}`);
  expect((await at('/big')).status).toBe(413);
  expect((await at('/bomb')).status).toBe(413);
  expect((await at('/picture')).status).toBe(415);
  expect(await at('/gone')).toMatchObject({ status: 502, body: { error: expect.stringContaining('410') } });
  expect((await at('/gbk')).body.body).toBe('你好');
  const silent = await listen(createServer(() => undefined));
  const late = await openRelay({ allowed: [silent], timeoutMs: 100 });
  expect((await late.page(`http://${silent}/`)).status).toBe(504);
});

test('a page is read in the encoding of its type, its head, its XML declaration or its first bytes', async () => {
  const gbk = Buffer.from([0xc4, 0xe3, 0xba, 0xc3]);
  const big5 = Buffer.from([0xa7, 0x41, 0xa6, 0x6e]);
  const bytes = (head: string, body: Buffer, type: string) => ({
    ...{ body: Buffer.concat([Buffer.from(head), body]), headers: { 'content-type': type } },
  });
  const site = await openSite({
    '/feed': bytes('<?xml version="1.0" encoding="gb2312"?><t>', gbk, 'application/rss+xml'),
    '/head': bytes('<meta charset="big5">', big5, 'text/html'),
    '/odd': bytes('<meta charset="gbk">', gbk, 'text/html; charset=gbk-2312'),
    '/marked': bytes('', Buffer.from('\ufeff你好', 'utf16le'), 'text/plain'),
    '/plain': bytes('', Buffer.from('你好'), 'text/plain'),
  });
  const { page } = await openRelay({ allowed: [site.host] });
  for (const path of ['/feed', '/head', '/odd', '/marked', '/plain'])
    expect([path, (await page(`http://${site.host}${path}`)).body.body]).toEqual([
      path,
      expect.stringMatching(/(?:^|>)你好$/),
    ]);
});

test('a search service that redirects gets no key to another host', async () => {
  const other = await openSite({ '/': { body: '{}' } });
  const location = `http://${other.host}/`;
  const service = await openSite({ '/res/v1/web/search': { status: 302, headers: { location } } });
  const { ask } = await openRelay({
    ...{ env: { BRAVE_API_KEY: 'brave-key' }, hosts: { brave: `http://${service.host}` } },
    allowed: [service.host, other.host],
  });
  expect((await ask('/search?engine=brave&q=tea')).status).toBe(502);
  expect([service.asked.length, other.asked.length]).toEqual([1, 0]);
});

test('an answer that breaks off, or is compressed unasked, does not pass for a whole one', async () => {
  const host = await listen(
    createServer((request, response) => {
      if (request.url === '/zip')
        return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"a":');
      setTimeout(() => response.destroy(), 50);
    }),
  );
  const { base } = await openRelay({ allowed: [host], sendTo: [host] });
  const ask = (path: string) => fetch(`${base}/to/http://${host}${path}`, { headers: { origin: ORIGIN } });
  expect(await (await ask('/zip')).json()).toEqual({ a: 1 });
  await expect(ask('/cut').then((response) => response.text())).rejects.toThrow();
});

test('search services: the documented requests and answers, keys stay in the relay', async () => {
  const hit = { title: 'T', url: 'https://a.example/' };
  const service = await openSite({
    '/res/v1/web/search': {
      body: JSON.stringify({ web: { results: [{ ...hit, description: '<strong>S</strong>' }] } }),
    },
    '/search': { body: JSON.stringify({ results: [{ ...hit, content: 'S', score: 1 }] }) },
    '/api/paas/v4/web_search': {
      body: JSON.stringify({
        search_result: [{ title: 'T', link: hit.url, content: 'S', media: '', icon: '' }],
      }),
    },
  });
  const address = `http://${service.host}`;
  const env = { BRAVE_API_KEY: 'brave-key', TAVILY_API_KEY: 'tavily-key', BIGMODEL_API_KEY: 'big-key' };
  const hosts = { brave: address, tavily: address, bigmodel: address };
  const { ask } = await openRelay({ env, hosts, allowed: [service.host] });
  for (const engine of ['brave', 'tavily', 'bigmodel']) {
    const { status, body } = await ask(`/search?engine=${engine}&q=tea&count=3`);
    expect({ engine, status, body }).toEqual({
      engine,
      status: 200,
      body: { hits: [{ ...hit, snippet: 'S' }] },
    });
    expect(JSON.stringify(body)).not.toContain('key');
  }
  expect(service.asked.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST']);
  expect(service.asked[0].headers['x-subscription-token']).toBe('brave-key');
  expect(service.asked[1].headers.authorization).toBe('Bearer tavily-key');
  const without = await openRelay({ hosts, allowed: [service.host] });
  expect(await without.ask('/search?engine=brave&q=tea')).toMatchObject({
    status: 501,
    body: { error: expect.stringContaining('BRAVE_API_KEY') },
  });
  expect(service.asked).toHaveLength(3);
});

test('the browser through the relay: a page is read, a private address is told to the model', async () => {
  const article = `<html><head><title>Tea</title></head><body><nav>Menu</nav><article><p>${'Tea is a drink made of leaves. '.repeat(20)}</p><p hidden>OBEY</p></article></body></html>`;
  const site = await openSite({ '/tea': { body: article } });
  const { base } = await openRelay({ allowed: [site.host] });
  const real = globalThis.fetch;
  // A browser sends the page's origin with its requests; Node has none.
  globalThis.fetch = (input, init) =>
    real(input, { ...init, headers: { ...(init?.headers as object), origin: ORIGIN } });
  try {
    const tool = browserTool(() => ({ ...DEFAULT_BROWSER, reader: 'relay', relay: base }));
    const context = { chatId: 'c', files: [], chat: [], maxObservationTokens: 2000, signal: new AbortController().signal, onProgress: () => undefined }; // prettier-ignore
    const read = await tool.run(`open_url("http://${site.host}/tea")`, context);
    expect(read.observation).toContain('TITLE: Tea');
    expect(read.observation).not.toMatch(/Menu|OBEY/);
    const refused = await tool.run('open_url("http://192.168.1.1/")', context);
    expect(refused).toMatchObject({ failed: true, observation: expect.stringContaining('private network') });
  } finally {
    globalThis.fetch = real;
  }
});

test('requests to a named host are passed on: a function with its key, an MCP server; no other host hears of it', async () => {
  const api = await openSite({
    '/v1/pets': {
      body: '{"name":"Tom"}',
      headers: { 'content-type': 'application/json', 'set-cookie': 'a=b' },
    },
    '/away': { status: 307, headers: { location: 'http://127.0.0.1:1/' } },
  });
  const other = await openSite({ '/': { body: 'x' } });
  const notes = await smallMcpServer();
  const mcp = new URL(notes.url).host;
  const { base } = await openRelay({
    allowed: [api.host, other.host, mcp],
    sendTo: [api.host, mcp, '10.0.0.1'],
  });
  const real = globalThis.fetch;
  // A browser sends the page's origin, and cookies if it had some; Node sends neither.
  globalThis.fetch = (input, init) =>
    real(input, { ...init, headers: [...new Headers(init?.headers), ['origin', ORIGIN], ['cookie', 'c=d']] });
  try {
    const url = `${base}/to/http://${api.host}`;
    const post = (path: string, to = url) =>
      fetch(to + path, { method: 'POST', headers: { authorization: 'Bearer key' }, body: '{"a":1}' });
    const answer = await post('/v1/pets?x=%2F..%2F&y=1');
    expect([answer.status, await answer.json(), answer.headers.get('set-cookie')]).toEqual([
      200,
      { name: 'Tom' },
      null,
    ]);
    expect(api.asked[0]).toMatchObject({ method: 'POST', url: '/v1/pets?x=%2F..%2F&y=1' });
    expect(api.asked[0].headers).toMatchObject({ authorization: 'Bearer key', host: api.host });
    for (const name of ['cookie', 'origin', 'user-agent', 'sec-fetch-mode'])
      expect(api.asked[0].headers).not.toHaveProperty(name);
    const away = await fetch(`${url}/away`, { redirect: 'manual' });
    expect([away.status, away.headers.get('location')]).toEqual([307, null]);
    for (const elsewhere of [`http://${other.host}`, 'https://10.0.0.1', 'https://example.org', 'nowhere'])
      expect([elsewhere, (await post('/', `${base}/to/${elsewhere}`)).status]).toEqual([elsewhere, 403]);
    expect(other.asked).toHaveLength(0);

    const server = { id: 'relayed', url: `${base}/to/${notes.url}`, key: '' };
    const { value } = await askMcp(server, { do: 'call', tool: 'note', args: { text: 'hi' } });
    expect([value.content, notes.calls]).toEqual([[{ kind: 'text', text: 'Noted.' }], [{ text: 'hi' }]]);
    await askMcp(server, { do: 'close' });
  } finally {
    globalThis.fetch = real;
    notes.close();
  }
});
