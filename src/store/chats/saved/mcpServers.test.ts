// Names of MCP tools as the model calls them: each approved tool has one of its own.
import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { McpServers } from './mcpServers';
import { openServiceDb } from './serviceDb';
import { ToolRegistry } from '../../../tools/registry';

test('tools whose names are Chinese, long, or differ in signs alone are all offered', async () => {
  globalThis.indexedDB = new IDBFactory();
  const long = 'a'.repeat(70);
  const names = ['查询天气', '查询路线', 'get.user', 'get_user', `${long}1`, `${long}2`];
  const tools = names.map((name) => ({ name, description: name, schema: { type: 'object' } }));
  const listing = { name: '地图', version: '1', tools, resources: [], prompts: [] };
  const servers = new McpServers({ db: openServiceDb(), onChange: () => undefined });
  const draft = { id: 'm', url: 'https://mcp.example/mcp', key: '' };
  await servers.save(draft, 'maps', listing, names);
  const registry = new ToolRegistry([]);
  registry.setAdded(servers.entries);
  expect(registry.list.map(({ spec }) => spec.description)).toEqual(names);
  const offered = registry.list.map(({ spec }) => spec.name);
  expect(offered.slice(0, 4)).toEqual(['maps_tool', 'maps_tool_2', 'maps_get_user', 'maps_get_user_2']);
  expect(offered.every((name) => /^[\w-]{1,64}$/.test(name))).toBe(true);
});
