// A small web for tests: one local server that stands for all hosts and counts the requests to each.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  host: string;
  path: string;
  parameters: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
}

export interface TestWeb {
  /** Requests so far, in order. */
  asked: Asked[];
  close(): Promise<void>;
}

/** @returns JSON, a text, or a status */
export type Site = (asked: Asked) => object | string | number;

/** Serves these sites by host; every other host refuses the connection. `fetch` is led to the server. */
export async function openWeb(sites: Record<string, Site>): Promise<TestWeb> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const host = String(request.headers['x-test-host']);
    const one = { host, path: pathname, parameters: searchParams, headers: request.headers };
    asked.push(one);
    const answer = sites[host](one);
    if (typeof answer === 'number') return response.writeHead(answer).end();
    const isText = typeof answer === 'string';
    response.setHeader('content-type', isText ? 'text/html; charset=utf-8' : 'application/json');
    response.end(isText ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = new URL(String(input));
    if (!sites[url.host]) return real('http://127.0.0.1:1/', init);
    const headers = { ...(init?.headers as Record<string, string>), 'x-test-host': url.host };
    return real(`http://127.0.0.1:${port}${url.pathname}${url.search}`, { ...init, headers });
  };
  return {
    asked,
    close: () => {
      globalThis.fetch = real;
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The parts of a browser that pages are parsed with. */
export async function giveDom(): Promise<void> {
  const { JSDOM } = (await import('jsdom' as string)) as {
    JSDOM: new (html: string) => { window: typeof globalThis };
  };
  const { DOMParser, Node, NodeFilter, Element } = new JSDOM('').window;
  Object.assign(globalThis, { DOMParser, Node, NodeFilter, Element });
}
