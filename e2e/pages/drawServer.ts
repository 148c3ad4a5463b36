// Endpoints that draw, in the shapes of OpenAI and BigModel: pictures are real PNG files whose colour is made of the prompt;
// a video is the beginning of an MP4 file. It counts what it is asked.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, deflateSync } from 'node:zlib';

export interface DrawServer {
  /** Without a slash at the end; '/images/generations' follows. */
  url: string;
  asked: { path: string; key: string; body: Record<string, unknown> }[];
  close(): void;
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(named) >>> 0, 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

/** A PNG of one colour. */
export function png(width: number, height: number, [red, green, blue]: number[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.from(Array(width).fill([red, green, blue]).flat())]);
  const pixels = deflateSync(Buffer.concat(Array<Buffer>(height).fill(row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export async function drawServer(): Promise<DrawServer> {
  const asked: DrawServer['asked'] = [];
  let polls = 0;
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'authorization, content-type');
    if (request.method === 'OPTIONS') return void response.end();
    const path = request.url ?? '';
    let text = '';
    request.on('data', (piece) => (text += String(piece)));
    request.on('end', () => {
      const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
      asked.push({ path, key: request.headers.authorization ?? '', body });
      const json = (value: unknown) =>
        response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
      const [width, height] = String(body.size ?? '64x64')
        .split('x')
        .map(Number);
      const picture = png(width, height, [200, String(body.prompt).length, 40]);
      if (path === '/v1/images/generations') {
        if (body.prompt === 'forbidden')
          return response.writeHead(400).end('{"error":{"message":"content filter"}}');
        if (body.response_format !== 'b64_json')
          return json({ created: 1, data: [{ url: `${origin}/file.png` }] });
        const one = { b64_json: picture.toString('base64'), revised_prompt: `A fine ${String(body.prompt)}` };
        return json({ created: 1, data: Array(Number(body.n ?? 1)).fill(one) });
      }
      if (path === '/file.png') return response.end(picture);
      if (path === '/v1/videos/generations') return json({ id: 'task 1', task_status: 'PROCESSING' });
      if (path === '/v1/async-result/task%201')
        return json(
          polls++ === 0
            ? { task_status: 'PROCESSING' }
            : { task_status: 'SUCCESS', video_result: [{ url: `${origin}/file.mp4` }] },
        );
      if (path === '/file.mp4')
        return response.end(Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1'));
      return response.writeHead(404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `${origin}/v1`, asked, close: () => (server.closeAllConnections(), void server.close()) };
}
