import type { BrowserContext, Page, Route } from '@playwright/test';
import { tinyModel } from '../../src/testing/tinyModel';

/** A random two-layer GLM of a few hundred kB; it loads normally and answers nonsense. */
export function tinyFile(name = 'tiny.gguf', seed = 1): { name: string; bytes: Uint8Array } {
  return { name, bytes: tinyModel({ architecture: 'glm4', type: 'Q4_0', seed }).bytes };
}

/** A host that serves a file by ranges with CORS, like a model host; it may hold its answers until released. */
export async function serveModel(
  page: Page | BrowserContext,
  url: string | RegExp,
  bytes: Uint8Array,
  from: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  const answer = (route: Route) => {
    const headers: Record<string, string> = {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'content-range, accept-ranges, etag',
      'access-control-allow-headers': 'range',
      'accept-ranges': 'bytes',
      'content-type': 'application/octet-stream',
    };
    const range = /^bytes=(\d+)-(\d*)$/.exec(route.request().headers().range ?? '');
    if (!range) return route.fulfill({ status: 200, headers, body: Buffer.from(bytes) });
    const start = Number(range[1]);
    const end = range[2] ? Math.min(Number(range[2]), bytes.length - 1) : bytes.length - 1;
    return route.fulfill({
      status: 206,
      headers: { ...headers, 'content-range': `bytes ${start}-${end}/${bytes.length}` },
      body: Buffer.from(bytes.subarray(start, end + 1)),
    });
  };
  await page.route(url, (route) => from.then(() => answer(route)).catch(() => undefined)); // the client may have disconnected
}
