// Functions of the user in the real sandbox of a browser.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../sandbox/frame';
import type { ToolContext } from '../tool';
import { functionTool, FUNCTION_LIMITS } from './functionTool';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox?.close());

const context = (signal = new AbortController().signal): ToolContext => ({
  ...{ chatId: 'c', files: [], chat: [], maxObservationTokens: 1000, signal },
  onProgress: () => undefined,
});
const parameters = { type: 'object', properties: { a: {}, b: {}, class: {} } };
const run = (js: string, args = '{}', timeoutMs = 20_000, signal?: AbortSignal) =>
  functionTool({ name: 'f', description: '', parameters, js }, () => Promise.resolve(sandbox), {
    ...FUNCTION_LIMITS,
    timeoutMs,
  }).run(args, context(signal));
const said = async (js: string, args?: string) => (await run(js, args)).observation;

test('an arrow function, a named one and a body run; results are JSON or text', async () => {
  expect(await said('({ a, b }) => a + b;', '{"a":2,"b":3}')).toBe('5');
  expect(await said('async function add({ a }) { return { a, list: [1] }; }', '{"a":2}')).toBe(
    '{"a":2,"list":[1]}',
  );
  expect(await said('const double = (n) => 2 * n;\nreturn `twice: ${double(args.n)}`;', '{"n":4}')).toBe(
    'twice: 8',
  );
  expect(await said('function half(n) { return n / 2; }\nreturn half(args.n);', '{"n":4}')).toBe('2');
  expect(await said('return undefined')).toBe('null');
  expect(await said('async()=>7')).toBe('7');
  expect(await said('({ a = Math.max(1, 2) }) => a')).toBe('2');
  expect(await said('// twice\nargs.a * 2 + (b ?? 1)', '{"a":2}')).toBe('5');
  expect(await said('const a = 3; return a * b;', '{"a":2,"b":4}')).toBe('12');
});

test('errors, unreadable code and large results are told, and fail', async () => {
  expect(await run('throw new TypeError("no such city")')).toMatchObject({
    failed: true,
    observation: 'The function failed. TypeError: no such city',
  });
  expect(await run('return (;')).toMatchObject({ failed: true });
  expect((await run('return "x".repeat(300_000)')).observation).toMatch(/at most 262144/);
});

test('an endless loop ends by time, and at once by a stop', async () => {
  expect((await run('for (;;);', '{}', 300)).observation).toMatch(/did not end within 0.3 s/);
  const controller = new AbortController();
  const running = run('for (;;);', '{}', 20_000, controller.signal);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const stopped = performance.now();
  controller.abort();
  await expect(running).rejects.toThrow();
  expect(performance.now() - stopped).toBeLessThan(150);
});

test('no network, no storage, no evaluation, no state from call to call', async () => {
  const tries = `
    const outcome = async (run) => { try { await run(); return 'worked'; } catch { return 'refused'; } };
    self.kept = (self.kept ?? 0) + 1;
    return [
      await outcome(() => fetch('/index.html')),
      await outcome(() => importScripts('https://example.org/x.js')),
      await outcome(() => import('https://example.org/x.js')),
      await outcome(() => eval('1')),
      await outcome(() => indexedDB.open('glm-chats')),
      await outcome(() => caches.keys()),
      self.kept,
    ].join();`;
  for (let n = 0; n < 2; n++)
    expect(await said(tries)).toBe('refused,refused,refused,refused,refused,refused,1');
});
