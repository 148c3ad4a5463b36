// Addresses that are typed, and the lists of models that servers give.
import { describe, expect, test } from 'vitest';
import { parseBaseUrl } from './address';
import { serve } from '../testing/servers/testServer';
import { listServerModels } from './models';

test('normalises typed base addresses', () => {
  expect(parseBaseUrl(' localhost:8000/v1/ ')).toBe('http://localhost:8000/v1');
  expect(parseBaseUrl('http://127.0.0.1:8080/v1/chat/completions')).toBe('http://127.0.0.1:8080/v1');
  expect(parseBaseUrl('open.bigmodel.cn/api/paas/v4')).toBe('https://open.bigmodel.cn/api/paas/v4');
  for (const bad of ['', 'a b', 'ftp://x/v1', 'https://user:key@x/v1', 'https://x/v1?key=1']) {
    expect(() => parseBaseUrl(bad), bad).toThrow(expect.objectContaining({ code: 'server-address' }));
  }
  const lan = () => parseBaseUrl('http://192.168.1.5:8000/v1');
  expect(lan).toThrow(expect.objectContaining({ code: 'server-insecure' }));
});

describe('the list of models', () => {
  test('reports kind and context for vLLM, llama.cpp and others', async () => {
    const answers = [
      { data: [{ id: 'glm', owned_by: 'vllm', max_model_len: 32768 }] },
      { data: [{ id: 'nano', owned_by: 'llamacpp', meta: { n_ctx: 512 } }, { id: 3 }, null] },
      { object: 'list', data: [{ id: 'glm-4-plus', owned_by: 'z.ai' }] },
    ];
    const url = await serve((_, response) => response.end(JSON.stringify(answers.shift())));
    const list = () => listServerModels({ baseUrl: url, key: '' });
    expect(await list()).toEqual({ kind: 'vllm', models: [{ id: 'glm', contextTokens: 32768 }] });
    expect(await list()).toEqual({ kind: 'llamacpp', models: [{ id: 'nano', contextTokens: 512 }] });
    expect(await list()).toEqual({ kind: 'other', models: [{ id: 'glm-4-plus' }] });
  });

  test.for([
    ['a web page', 200, '<html>Sign in</html>', 'server-not-openai', {}],
    ['another API', 200, '{"ok":true}', 'server-not-openai', {}],
    ['a wrong path', 404, 'Not Found', 'server-not-openai', {}],
    ['no key', 401, '{"error":{"message":"Invalid API Key"}}', 'server-key', { status: 401, token: 'sent' }],
    [
      'a refusal',
      429,
      '{"error":{"message":"slow down"}}',
      'server-error',
      { status: 429, why: 'slow down' },
    ],
    ['a failure', 500, 'oops', 'server-error', { status: 500, why: 'HTTP 500' }],
  ] as const)('distinguishes: %s', async ([, status, body, code, details]) => {
    const url = await serve((_, response) => response.writeHead(status).end(body));
    const asked = listServerModels({ baseUrl: url, key: 'secret' });
    await expect(asked).rejects.toMatchObject({ code, details: { url: `${url}/models`, ...details } });
  });

  test('reports an unreachable server; refuses a redirect to protect the key', async () => {
    const nobody = listServerModels({ baseUrl: 'http://127.0.0.1:9/v1', key: '' });
    await expect(nobody).rejects.toMatchObject({ code: 'server-unreachable' });
    let visits = 0;
    const other = await serve((_, response) => (visits++, response.end('{"data":[]}')));
    const keys: unknown[] = [];
    const url = await serve(({ method, headers }, response) => {
      keys.push([method, headers.authorization]);
      if (method === 'HEAD') response.end();
      else response.writeHead(302, { location: `${other}/models` }).end();
    });
    const moved = listServerModels({ baseUrl: url, key: 'k' });
    await expect(moved).rejects.toMatchObject({ code: 'server-refused' });
    expect(visits).toBe(0);
    expect(keys).toEqual([
      ['GET', 'Bearer k'],
      ['HEAD', undefined], // the reachability probe carries no key
    ]);
  });

  test('a stop also aborts the reachability probe', async () => {
    const controller = new AbortController();
    const url = await serve(({ method }, response) => {
      if (method === 'HEAD') controller.abort();
      else response.destroy();
    });
    const asked = listServerModels({ baseUrl: url, key: '' }, controller.signal);
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});
