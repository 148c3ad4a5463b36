// What an MCP server may make the app ask. The public server is played by a stand-in for `fetch`; the private host is real,
// and counts what reaches it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isPrivateHost } from '../../shared/hosts';
import { askMcp } from '../network';
import type { McpServer } from './types';

const PUBLIC: McpServer = { id: 'public', url: 'https://mcp.example/mcp', key: '' };
let inward: string;
let asked: string[];
let close: () => void;
beforeEach(async () => {
  asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  inward = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => (server.closeAllConnections(), void server.close());
});
afterEach(() => (vi.unstubAllGlobals(), close()));

/** `mcp.example` answers so; every other host is asked for real. */
function publicAnswers(answer: (path: string) => Response): void {
  const real = fetch;
  vi.stubGlobal('fetch', (input: URL, init: RequestInit) =>
    input.hostname === 'mcp.example' ? Promise.resolve(answer(input.pathname)) : real(input, init),
  );
}
const signIn = () =>
  askMcp(PUBLIC, { do: 'signIn', redirectUrl: 'http://localhost:1/signed-in.html', state: 's' });

test('a sign-in of a public server leads to no private host', async () => {
  publicAnswers((path) =>
    path.startsWith('/.well-known/oauth-protected-resource')
      ? Response.json({ resource: PUBLIC.url, authorization_servers: [inward] })
      : new Response(null, { status: 404 }),
  );
  await expect(signIn()).rejects.toMatchObject({
    code: 'sign-in',
    details: { why: expect.stringContaining(inward) },
  });
  // Its own documents may name private endpoints too.
  publicAnswers((path) => {
    if (path.startsWith('/.well-known/oauth-protected-resource'))
      return Response.json({ resource: PUBLIC.url, authorization_servers: ['https://mcp.example'] });
    return Response.json({
      ...{ issuer: 'https://mcp.example', authorization_endpoint: `${inward}/authorize` },
      ...{ token_endpoint: `${inward}/token`, registration_endpoint: `${inward}/register` },
      ...{ response_types_supported: ['code'], code_challenge_methods_supported: ['S256'] },
    });
  });
  await expect(signIn()).rejects.toMatchObject({ code: 'sign-in' });
  expect(asked).toEqual([]);
});

test('a redirect is not followed, and says what to do', async () => {
  publicAnswers(() => new Response(null, { status: 307, headers: { location: `${inward}/mcp` } }));
  await expect(askMcp(PUBLIC, { do: 'list' })).rejects.toMatchObject({
    ...{ code: 'mcp-failed', details: { why: expect.stringContaining('another address') } },
  });
  expect(asked).toEqual([]);
});

test('a host without a dot, or with one at its end, is private', () => {
  for (const host of ['nas', 'localhost.', 'printer.local.'])
    expect([host, isPrivateHost(host)]).toEqual([host, true]);
  expect(isPrivateHost('example.org.')).toBe(false);
});
