// Screens of the user's own tools: functions, OpenAPI documents, MCP servers, drawing, and what the settings list of them.
import { expect } from '@playwright/test';
import type { ChatPage } from './chatPage';
import type { Screen } from './screen';

/** The host of the MCP server in the pictures. Its requests end in the test. */
export const MCP_HOST = 'https://mcp.example';

const FUNCTION = {
  name: 'tip',
  description: 'The tip for a bill.',
  parameters: {
    type: 'object',
    properties: { bill: { type: 'number' }, percent: { type: 'number', multipleOf: 0.5 } },
    required: ['bill', 'percent'],
  },
  js: '({ bill, percent }) =>\n  Math.round(bill * percent) / 100',
};
const WEATHER = {
  name: 'weather',
  description: 'The weather of a city, now.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  http: { method: 'GET', url: 'https://weather.example/{city}', headers: { 'X-Api-Key': 'abcdef123456' } },
};
const DOCUMENT = `openapi: 3.0.3
info: { title: Pet Shop, version: '1.0' }
servers: [{ url: 'https://pets.example/v1' }]
security: [{ key: [] }]
paths:
  /pets/{id}:
    get:
      summary: Name and age of a pet
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
    put:
      summary: Replaces the picture of a pet
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      requestBody: { required: true, content: { image/png: {} } }
  /pets: { get: { summary: All pets, one page at a time } }
components: { securitySchemes: { key: { type: http, scheme: bearer } } }
`;

const schema = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
const REPLIES: Record<string, object> = {
  initialize: {
    ...{ protocolVersion: '2025-11-25', capabilities: { tools: {}, resources: {}, prompts: {} } },
    serverInfo: { name: 'Notes', version: '2.1' },
  },
  'tools/list': {
    tools: [
      { name: 'add_note', description: 'Keeps a note.', inputSchema: schema },
      { name: 'find_notes', description: 'Notes that hold a word, the newest first.', inputSchema: schema },
    ],
  },
  'resources/list': { resources: [{ uri: 'note://1', name: 'Shopping.md', mimeType: 'text/markdown' }] },
  'prompts/list': { prompts: [{ name: 'weekly-review', description: 'A review of the week’s notes.' }] },
};

const button = (chat: ChatPage, name: RegExp) => chat.page.getByRole('button', { name });
const openDialog = (chat: ChatPage, name: RegExp) => chat.page.getByRole('dialog', { name });
const chooseFile = (chat: ChatPage, mark: string, name: string, text: string) =>
  chat.page
    .locator(`[${mark}]`)
    .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
const closeOne = (chat: ChatPage) => chat.page.keyboard.press('Escape');

/** Each is reached from the previous one; the first, from the chat. */
export const TOOL_SCREENS: Screen[] = [
  {
    name: 'function-editor',
    show: async (chat) => {
      await closeOne(chat);
      await chat.field.fill('/system');
      await chat.field.press('Enter');
      await button(chat, /^(New function|新建函数)$/).click();
      const editor = openDialog(chat, /^(New function|新建函数)$/);
      await editor.getByLabel(/^(Name|名称)$/).fill(FUNCTION.name);
      await editor.getByLabel(/^(What it does|用途)$/).fill(FUNCTION.description);
      await editor.getByLabel(/^(Parameters|参数)$/).fill(JSON.stringify(FUNCTION.parameters));
      await editor.getByLabel(/^(Code|代码)$/).fill(FUNCTION.js);
      await expect(editor.getByText('/properties/percent/multipleOf')).toBeVisible();
    },
  },
  {
    name: 'function-trial',
    show: async (chat) => {
      const trial = chat.page.getByRole('region', { name: /^(Try it|试运行)$/ });
      await trial.getByRole('textbox').fill('{"bill": 42, "percent": 12.5}');
      await trial.getByRole('button', { name: /^(Run|运行)$/ }).click();
      await expect(trial.getByText('5.25')).toBeVisible();
      await chat.page.getByRole('dialog').last().getByRole('button').last().scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'function-request',
    show: async (chat) => {
      const editor = openDialog(chat, /^(New function|新建函数)$/);
      await editor.getByRole('combobox').first().selectOption('http');
      await editor.getByPlaceholder('https://api.example.org/{city}').fill('https://{city}.example/');
      await editor.getByPlaceholder(/^Authorization/).fill('X-Api-Key: {{KEY}}');
      await expect(editor.getByText('http.url')).toBeVisible();
    },
  },
  {
    name: 'function-review',
    show: async (chat) => {
      await closeOne(chat);
      await chooseFile(chat, 'data-functions', 'tools.json', JSON.stringify([FUNCTION, WEATHER]));
      await expect(openDialog(chat, /tools\.json/)).toBeVisible();
    },
  },
  {
    name: 'openapi',
    show: async (chat) => {
      await openDialog(chat, /tools\.json/)
        .locator('.primary')
        .click();
      await button(chat, /^(Add an API|添加 API)$/).click();
      await expect(openDialog(chat, /^(Add an API|添加 API)$/)).toBeVisible();
    },
  },
  {
    name: 'openapi-operations',
    show: async (chat) => {
      await chooseFile(chat, 'data-openapi', 'pets.yaml', DOCUMENT);
      const operations = openDialog(chat, /^Pet Shop/);
      await operations.getByLabel('GET /pets/{id}').check();
      await expect(operations.getByLabel(/PET_SHOP_KEY/)).toBeVisible();
    },
  },
  {
    name: 'mcp',
    show: async (chat) => {
      await openDialog(chat, /^Pet Shop/)
        .locator('.primary')
        .click();
      await chat.page.route(`${MCP_HOST}/**`, async (route) => {
        const { id, method = '' } = (route.request().postDataJSON() ?? {}) as {
          id?: number;
          method?: string;
        };
        const headers = { 'access-control-allow-origin': '*' };
        const result = REPLIES[method];
        if (id === undefined) return route.fulfill({ status: method ? 202 : 405, headers });
        return route.fulfill({ headers, json: { jsonrpc: '2.0', id, result } });
      });
      await button(chat, /^(Add an MCP server|添加 MCP 服务器)$/).click();
      await openDialog(chat, /MCP/).getByRole('textbox').first().fill(`${MCP_HOST}/mcp`);
      await chat.page.keyboard.press('Enter');
      await expect(openDialog(chat, /MCP/).getByLabel('find_notes')).toBeVisible({ timeout: 30_000 });
    },
  },
  {
    name: 'drawing',
    show: async (chat) => {
      await openDialog(chat, /MCP/).locator('.primary').last().click();
      await button(chat, /^(Endpoint for pictures|图片接口)/).click();
      const drawing = openDialog(chat, /^(Pictures and videos|图片与视频)$/);
      await drawing.getByRole('textbox').first().fill('https://open.bigmodel.cn/api/paas/v4');
      await expect(drawing.getByPlaceholder('cogview-4-250304')).toBeVisible();
    },
  },
  {
    name: 'own-tools',
    show: async (chat) => {
      await closeOne(chat);
      await button(chat, /^(New function|新建函数)$/).scrollIntoViewIfNeeded();
      await expect(chat.settings.dialog.getByText('weather.example').first()).toBeVisible();
    },
  },
];
