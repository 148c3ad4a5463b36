// Endpoints that draw, against a server of their shape; and drawings by the model itself.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawServer, type DrawServer } from '../../../e2e/pages/drawServer';
import { httpRequest } from '../../network/network';
import type { Secret } from '../http/secrets';
import type { ToolContext, WriteRequest } from '../tool';
import { cogviewTool, videoTool } from './drawTool';
import { NO_ENDPOINTS, type DrawSettings } from './settings';

let server: DrawServer;
beforeAll(async () => void (server = await drawServer()));
afterAll(() => server.close());

const context = (more: Partial<ToolContext> = {}) =>
  ({
    files: [],
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...more,
  }) as never as ToolContext;
const endpoint = () => ({
  ...{ baseUrl: server.url, model: 'cogview-4-250304', size: '32x16', quality: 'hd', count: 2 },
  ...{ asksBase64: true, sendsSeed: false },
});
const tool = (settings: DrawSettings, make = cogviewTool, origin = new URL(server.url).origin) => {
  const secrets: Secret[] = ['IMAGES_KEY', 'VIDEOS_KEY'].map((name) => ({
    name,
    value: 'painter-key',
    origin,
  }));
  const read = async (names: readonly string[]) => secrets.filter(({ name }) => names.includes(name));
  return make({ settings: () => settings, secrets: read, send: httpRequest, ...{ pollMs: 1 } });
};

test('pictures come as base64 or from an address, without the key there; a refusal is told', async () => {
  const images = endpoint();
  const drawn = await tool({ images, videos: null }).run('a cat', context());
  expect(drawn.parts.map((part) => (part.type === 'file' ? part.name : part.type))).toEqual([
    ...['image', 'picture-1.png', 'image', 'picture-2.png'],
  ]);
  expect(drawn.observation).toContain('Drawn from: A fine a cat');
  expect(server.asked.at(-1)).toEqual({
    ...{ path: '/v1/images/generations', key: 'Bearer painter-key' },
    body: {
      model: 'cogview-4-250304',
      prompt: 'a cat',
      size: '32x16',
      quality: 'hd',
      n: 2,
      response_format: 'b64_json',
    },
  });
  const plain = { ...images, count: 1, asksBase64: false, quality: '', sendsSeed: true };
  const named = await tool({ images: plain, videos: null }).run(
    'a dog',
    context({ files: [{ name: 'picture-1.png', blob: new Blob() }] }),
  );
  expect(named.parts).toMatchObject([{ type: 'image', alt: 'a dog', width: 32 }, { name: 'picture-2.png' }]);
  expect(server.asked.slice(-2)).toMatchObject([
    { body: { seed: expect.any(Number) } },
    { path: '/file.png', key: '' },
  ]);
  expect(await tool({ images, videos: null }).run('forbidden', context())).toMatchObject({
    failed: true,
    observation: expect.stringContaining('content filter'),
  });
  // A key of another host is not sent.
  await tool({ images, videos: null }, cogviewTool, 'https://other.example').run('a fish', context());
  expect(server.asked.at(-1)?.key).toBe('');
});

test('a video is waited for, and kept as a file', async () => {
  const videos = { baseUrl: server.url, model: 'cogvideox-3', size: '', quality: 'speed', withAudio: false };
  const made = await tool({ images: null, videos }, videoTool).run('{"prompt":"a cat runs"}', context());
  expect(made.parts).toMatchObject([{ type: 'file', name: 'video-1.mp4', mediaType: 'video/mp4' }]);
});

test('without an endpoint a call that is an SVG is drawn, and for words the model is asked for one under a grammar', async () => {
  const draw = tool(NO_ENDPOINTS);
  const before = server.asked.length;
  const svg = '<svg viewBox="0 0 100 100"><circle cx="50" cy="50" r="40" fill="gold"/></svg>';
  const own = await draw.run(svg, context());
  expect(own.parts).toMatchObject([{ type: 'image', width: 1024 }, { name: 'drawing-1.svg' }]);
  expect(own.observation).toContain('vector drawing');
  const asked: WriteRequest[] = [];
  const write = async (request: WriteRequest) => (asked.push(request), svg);
  const written = await draw.run('画一只猫', context({ write }));
  expect(written.parts).toMatchObject([{ type: 'image', alt: '画一只猫' }, { name: 'drawing-1.svg' }]);
  expect(asked).toMatchObject([{ prompt: '画一只猫', format: { kind: 'ebnf' } }]);
  expect(await draw.run('a cat', context({ write: async () => 'I cannot draw.' }))).toMatchObject({
    failed: true,
  });
  expect(server.asked).toHaveLength(before);
});
