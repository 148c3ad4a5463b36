// HTTP functions: the request of a call, and secrets that go to their own host only. Nothing is sent here: what would be
// is counted.
import { expect, test } from 'vitest';
import type { HttpRequest } from '../../network/httpRequest';
import { readFunctions, writeFunctions } from '../functions/definition';
import type { ToolContext } from '../tool';
import { addressFault, isPrivateHost, prepareRequest, type HttpEndpoint } from './endpoint';
import { httpTool } from './httpTool';
import { redact, secretIn, withdrawSecrets, type Secret } from './secrets';

const key: Secret = { name: 'KEY', value: 's3cret-value', origin: 'https://api.example' };
const context = { signal: new AbortController().signal } as ToolContext;

function run(
  http: HttpEndpoint,
  args: unknown,
  secrets = [key],
  answer: BlobPart = '{"ok":true}',
  type = 'application/json',
) {
  const sent: HttpRequest[] = [];
  const tool = httpTool(
    { name: 'f', description: '', parameters: {}, http },
    {
      secrets: async (names) => secrets.filter(({ name }) => names.includes(name)),
      send: async (request) => {
        sent.push(request);
        return { kind: 'answer', status: 200, type, body: new Blob([answer]), cut: false };
      },
    },
  );
  return tool.run(JSON.stringify(args), context).then((outcome) => ({ outcome, sent }));
}

test('arguments go into path, query, headers and body', () => {
  const get = prepareRequest(
    { method: 'GET', url: 'https://api.example/{city}/days?units=metric', headers: { 'X-Lang': '{lang}' } },
    { city: '北京/a?b', lang: 'zh', days: 3, tags: ['a', 'b'] },
  );
  expect(get.url).toBe(
    'https://api.example/%E5%8C%97%E4%BA%AC%2Fa%3Fb/days?units=metric&days=3&tags=a&tags=b',
  );
  expect(get.headers).toEqual({ 'X-Lang': 'zh' });
  const post = prepareRequest(
    {
      ...{ method: 'POST', url: 'https://api.example/{id}' },
      places: { id: { in: 'path', name: 'id' }, filter: { in: 'query', name: 'filter', deep: true } },
    },
    { id: 7, filter: { a: 1 }, text: 'x' },
  );
  expect(post).toMatchObject({
    url: 'https://api.example/7?filter%5Ba%5D=1',
    body: '{"text":"x"}',
    headers: { 'content-type': 'application/json' },
  });
  const template = {
    method: 'POST' as const,
    url: 'https://api.example/',
    body: '{"q": {q}, "k": "{{KEY}}"}',
  };
  expect(prepareRequest(template, { q: 'a"{{KEY}}' }, () => 'v').body).toBe('{"q": "a\\"{{KEY}}", "k": "v"}');
});

test('a form as a template: arguments and secrets are fields, and add none', () => {
  const form: HttpEndpoint = {
    ...{ method: 'POST', url: 'https://api.example/', bodyType: 'application/x-www-form-urlencoded' },
    body: 'q={q}&n={n}&tags={tags}&none={none}&key={{KEY}}',
  };
  const args = { q: '北京 & admin=1', n: 3, tags: ['a', 'b'] };
  expect(prepareRequest(form, args, () => 'a&b=c').body).toBe(
    'q=%E5%8C%97%E4%BA%AC%20%26%20admin%3D1&n=3&tags=a%2Cb&none=&key=a%26b%3Dc',
  );
  // As the editor has it: the type is a header.
  const typed = { ...form, bodyType: undefined, headers: { 'content-type': form.bodyType! } };
  expect(prepareRequest(typed, args, () => 'a&b=c').body).toMatch(/^q=%E5.*&key=a%26b%3Dc$/);
  expect(prepareRequest({ ...typed, body: undefined }, { a: 'x&y', b: 1 })).toMatchObject({
    ...{ body: 'a=x%26y&b=1', headers: typed.headers },
  });
  expect(prepareRequest(form, args).body).toMatch(/key=\{\{KEY\}\}$/); // a look at it
  const json: HttpEndpoint = { method: 'POST', url: 'https://api.example/', body: '{"k":"{{KEY}}"}' };
  expect(JSON.parse(prepareRequest(json, {}, () => 'a"b\\').body!)).toEqual({ k: 'a"b\\' });
});

test('half a character in an argument ends no turn', async () => {
  const { outcome, sent } = await run({ method: 'GET', url: 'https://api.example/{q}' }, { q: 'a\ud83d' });
  expect([outcome.failed, sent[0].url]).toEqual([undefined, 'https://api.example/a%EF%BF%BD']);
});

test('an answer is read in the encoding that it names', async () => {
  const gbk = new Uint8Array([0xb1, 0xb1, 0xbe, 0xa9]); // 北京
  const get = { method: 'GET' as const, url: 'https://api.example/' };
  const read = async (body: BlobPart, type: string) =>
    (await run(get, {}, [], body, type)).outcome.observation;
  expect(await read(gbk, 'text/html; charset=GBK')).toBe('北京');
  expect(await read(new Blob(['<meta charset="gb2312">', gbk]), 'text/html')).toContain('北京');
  expect(await read('北京', 'text/plain; charset=unheard-of')).toBe('北京');
});

test('an argument reaches no other host, path or header', async () => {
  const url = 'https://api.example/users/{id}';
  for (const id of ['..', '.', '../admin', '@evil.example', '\\evil.example', '//evil.example']) {
    const { sent } = await run({ method: 'GET', url }, { id });
    if (id.length <= 2) expect(sent).toHaveLength(0);
    else
      expect(new URL(sent[0].url)).toMatchObject({
        origin: 'https://api.example',
        pathname: expect.stringMatching(/^\/users\/[^/]+$/),
      });
  }
  const header = { method: 'GET' as const, url: 'https://api.example/', headers: { 'X-A': '{a}' } };
  expect((await run(header, { a: 'x\r\nX-B: 1' })).sent).toHaveLength(0);
  for (const bad of [
    'https://{host}/',
    'https://a.{b}/x',
    'http://example.org/',
    'https://a@b/',
    'ftp://x/',
    'https://api.example{x}/',
  ])
    expect(addressFault(bad)).toBeTypeOf('string');
  for (const fine of ['https://api.example/{x}', 'http://localhost:8000/v1', 'https://api.example?q={q}'])
    expect(addressFault(fine)).toBeUndefined();
});

test('a secret goes to its own host only, and comes back as its placeholder', async () => {
  const headers = { Authorization: 'Bearer {{KEY}}' };
  const own = await run(
    { method: 'GET', url: 'https://api.example/me', headers },
    {},
    [key],
    `you sent ${key.value}, ${btoa(key.value)}`,
    'text/plain',
  );
  expect(own.sent[0].headers.Authorization).toBe(`Bearer ${key.value}`);
  expect(JSON.stringify(own.outcome)).not.toContain(key.value);
  expect(own.outcome.observation).toContain('{{KEY}}');
  for (const url of [
    'https://evil.example/me',
    'https://api.example:444/',
    'https://api.example.evil.example/',
  ]) {
    const { sent, outcome } = await run({ method: 'GET', url, headers }, {});
    expect(sent).toHaveLength(0);
    expect(outcome).toMatchObject({ failed: true });
    expect(JSON.stringify(outcome)).not.toContain(key.value);
  }
  // Neither an argument that names the placeholder nor one that holds the value gets it out.
  const named = await run({ method: 'GET', url: 'https://api.example/', headers }, { q: '{{KEY}}' });
  expect(named.sent[0].url).not.toContain(key.value);
  expect(
    (await run({ method: 'GET', url: 'https://api.example/', headers }, { q: key.value })).sent,
  ).toHaveLength(0);
  expect(
    (await run({ method: 'GET', url: 'https://api.example/', headers }, {}, [])).outcome.observation,
  ).toContain('KEY');
});

test('keys in a file become secrets; exports have placeholders', () => {
  const http = {
    method: 'GET',
    url: 'https://api.example/?appid=abcdef123',
    headers: { Authorization: 'Bearer t0ken-123', Accept: 'text/plain' },
  };
  const { endpoint, secrets } = withdrawSecrets(http, 'my weather');
  expect(secrets).toEqual([
    { name: 'MY_WEATHER_KEY', value: 'abcdef123' },
    { name: 'MY_WEATHER_KEY_2', value: 't0ken-123' },
  ]);
  const [read] = readFunctions(JSON.stringify({ name: 'w', http: endpoint }), 'f.json');
  const written = writeFunctions([read]);
  expect(written).not.toMatch(/abcdef123|t0ken/);
  expect(readFunctions(written, 'f.json')).toEqual([read]);
});

test('keys are found in bodies, in forms and by their own form', () => {
  const jwt = 'eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4';
  const { endpoint, secrets } = withdrawSecrets(
    {
      url: 'https://api.example/sk-abcdefghijklmnop1234/x?q={q}',
      headers: { 'X-Note': jwt, 'Ocp-Apim-Subscription-Key': 'abcdef', Accept: 'text/plain' },
      body: '{"api_key": "tvly-12345", "max_tokens": 1000000, "token": "{token}", "q": {q}}',
    },
    'find',
  );
  expect(secrets.map(({ value }) => value).sort()).toEqual(
    ['abcdef', jwt, 'sk-abcdefghijklmnop1234', 'tvly-12345'].sort(),
  );
  expect(endpoint.body).toMatch(
    /^\{"api_key": "\{\{FIND_KEY_2\}\}", "max_tokens": 1000000, "token": "\{token\}"/,
  );
  expect(withdrawSecrets({ url: 'https://a.b/', body: 'token=abcdefg&q={q}' }, 'f').endpoint.body).toBe(
    'token={{F_KEY}}&q={q}',
  );
});

test('values are recognised in other spellings', () => {
  const odd: Secret = { ...key, value: 'a b"c/ü' };
  const text = `${encodeURIComponent(odd.value)} ${JSON.stringify(odd.value)}`;
  expect(redact(text, [odd])).toBe('{{KEY}} "{{KEY}}"');
  const php = 'a b\\"c\\/\\u00fc';
  const page = 'a b&quot;c/&#252; a+b%22c%2f%c3%bc';
  expect(redact(`"${php}" ${page}`, [odd])).toBe('"{{KEY}}" {{KEY}} {{KEY}}');
  expect(secretIn(JSON.stringify({ q: odd.value }), [odd])).toBe(odd);
  const lines: Secret = { ...key, value: '-----BEGIN\nab+/=' };
  expect(redact(JSON.stringify({ lines: lines.value }), [lines])).toBe('{"lines":"{{KEY}}"}');
  // A name in front shifts what base64 makes of a password.
  for (const name of ['', 'a', 'me', 'you']) {
    const header = btoa(`${name}:${key.value}`);
    expect(redact(`Basic ${header}`, [key])).toMatch(/\{\{KEY\}\}$/);
    expect(redact(header.replaceAll('+', '-').replaceAll('/', '_'), [key])).toContain('{{KEY}}');
  }
  expect(redact('s3cret-valuable, S3CRET-VALUE', [key])).toBe('s3cret-valuable, S3CRET-VALUE');
});

test('keys in addresses are found under the names that services use', () => {
  const names =
    'access_key app_key appkey api_key subscription-key client_secret auth_token ak pwd X-Amz-Signature';
  for (const name of names.split(' '))
    expect(withdrawSecrets({ url: `https://a.example/?${name}=abcdef&q={q}` }, 'f').endpoint.url).toBe(
      `https://a.example/?${name}={{F_KEY}}&q={q}`,
    );
  for (const fine of ['keyword=abcdef', 'sort_key=created', 'units=metric', 'author=abcdef', 'monkey=abcdef'])
    expect(withdrawSecrets({ url: `https://a.example/?${fine}` }, 'f').secrets).toEqual([]);
});

test('private hosts are known by their names and numbers', () => {
  for (const host of [
    'localhost',
    '127.1.2.3',
    '10.0.0.1',
    '192.168.1.1',
    '172.20.0.1',
    '169.254.169.254',
    '[::1]',
    '[fd00::1]',
    'nas.local',
  ])
    expect([host, isPrivateHost(host)]).toEqual([host, true]);
  for (const host of ['example.org', '8.8.8.8', '172.32.0.1', '[2001:db8::1]'])
    expect([host, isPrivateHost(host)]).toEqual([host, false]);
});
