// Failed calls: the model reads English, people the page's language.
import { afterEach, expect, test, vi } from 'vitest';
import { AppError } from '../shared/errors';
import { cogviewTool } from './draw/drawTool';
import { httpTool } from './http/httpTool';
import { mcpTool } from './mcp/mcpTool';
import type { ToolContext } from './tool';

const context = { files: [], signal: new AbortController().signal } as never as ToolContext;
const secrets = async () => [];
const url = 'https://api.example/x';
const failing = (code: 'server-refused' | 'server-unreachable') => async () => {
  throw new AppError(code, 'in English');
};
const http = (over: object, send = failing('server-refused')) =>
  httpTool(
    { name: 'f', description: '', parameters: {}, http: { method: 'GET', url, ...over } },
    { secrets, send },
  );
const mcp = (code: 'mcp-key' | 'mcp-headers' | 'mcp-failed') =>
  mcpTool(
    { name: 'n', original: 'n', description: '', schema: {}, hash: '' },
    {
      ...{ url, onChanged: () => undefined },
      ask: async () => {
        throw new AppError(code, 'in English', { why: 'HTTP 500' });
      },
    },
  );
const draw = (baseUrl: string) =>
  cogviewTool({
    ...{ secrets, send: failing('server-unreachable') },
    settings: () => ({
      images: baseUrl
        ? { baseUrl, model: 'm', size: '', quality: '', count: 1, asksBase64: true, sendsSeed: false }
        : null,
      videos: null,
    }),
  });

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['a refused request', http({}), '{}', 'CORS'],
  ['a missing secret', http({ headers: { 'X-Key': '{{KEY}}' } }), '{}', 'KEY'],
  ['dots in a path', http({ url: `${url}/{a}` }), '{"a":".."}', 'a'],
  ['an MCP server that wants a key', mcp('mcp-key'), '{}', 'https://api.example'],
  ['an MCP server that hides a header', mcp('mcp-headers'), '{}', 'Mcp-Session-Id'],
  ['an MCP server that fails', mcp('mcp-failed'), '{}', 'HTTP 500'],
  ['an endpoint that is down', draw(url), 'a cat', 'https://api.example'],
  ['no endpoint and no model', draw(''), 'a cat', ''],
])('%s', async (_, tool, args, names) => {
  const english = await tool.run(args, context);
  vi.stubGlobal('document', { documentElement: { lang: 'zh-CN' } });
  const chinese = await tool.run(args, context);
  const shown = [english, chinese].map(({ parts }) => (parts[0].type === 'text' ? parts[0].text : ''));
  expect([english.failed, chinese.failed]).toEqual([true, true]);
  expect(shown[0]).not.toMatch(/[\u4e00-\u9fff]|\{\w+\}/);
  expect(shown[1]).toMatch(/[\u4e00-\u9fff]/);
  for (const text of shown) expect(text).toContain(names);
  // The model reads the same in both.
  expect(chinese.observation).toBe(english.observation);
  expect(english.observation).toContain(shown[0]);
});
