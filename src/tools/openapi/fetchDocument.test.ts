// OpenAPI documents from the network: a public one names no servers of the reader's own network. The public host is played
// by a stand-in for `fetch`.
import { afterEach, expect, test, vi } from 'vitest';
import { fetchDocument } from './fetchDocument';
import { functionsOf } from './operations';

afterEach(() => vi.unstubAllGlobals());

const INWARD = [
  ...[
    'http://localhost:8080/v1',
    'http://127.0.0.1',
    'https://192.168.1.1/api',
    'https://nas/',
    'https://[::1]/',
  ],
  ...[
    'http://2130706433/',
    'https://[::ffff:10.0.0.1]/',
    'http://169.254.169.254/latest',
    'https://router.local./',
  ],
];
const DOCUMENT = {
  ...{ openapi: '3.1.0', info: { title: 'A', version: '1' } },
  servers: [
    ...INWARD.map((url) => ({ url })),
    { url: 'https://{host}/x', variables: { host: { default: '10.0.0.7' } } },
    ...[{ url: '//localhost/y' }, { url: 'https://api.example/v1' }],
  ],
  paths: {
    // Inward ones of a path or an operation are not used at all.
    '/a': {
      servers: [{ url: 'http://localhost/' }],
      get: { servers: [{ url: 'http://10.0.0.1/' }], summary: 'a' },
    },
  },
};

test('a document of the internet keeps no private server; one of the own network may', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => (asked.push(url), Response.json(DOCUMENT)));
  const outer = await fetchDocument('https://docs.example/openapi.json');
  expect(outer.servers).toEqual(['https://api.example/v1']);
  expect(functionsOf(outer, outer.servers[0])).toMatchObject([
    { made: { http: { url: 'https://api.example/v1/a' } } },
  ]);
  const inner = await fetchDocument('http://localhost:9000/openapi.json');
  expect(inner.servers).toContain('http://localhost:8080/v1');
  expect(asked).toEqual(['https://docs.example/openapi.json', 'http://localhost:9000/openapi.json']);
});

test('a document that is elsewhere is not followed', async () => {
  vi.stubGlobal(
    'fetch',
    async () => new Response(null, { status: 302, headers: { location: 'http://localhost/' } }),
  );
  await expect(fetchDocument('https://docs.example/o.json')).rejects.toMatchObject({ code: 'http-error' });
});
