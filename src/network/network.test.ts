import { expect, test } from 'vitest';
import type { FromNetwork, ToNetwork } from './calls';
import { Network } from './network';

/** A worker whose answers the test writes. */
class ScriptedWorker {
  onmessage?: (event: { data: FromNetwork }) => void;
  onerror?: (event: { message: string }) => void;
  readonly heard: ToNetwork[] = [];
  terminated = false;
  postMessage(message: ToNetwork): void {
    this.heard.push(structuredClone(message));
  }
  terminate(): void {
    this.terminated = true;
  }
  say(message: FromNetwork): void {
    this.onmessage?.({ data: message });
  }
}

function open() {
  const workers: ScriptedWorker[] = [];
  const network = new Network(() => {
    const worker = new ScriptedWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  });
  return { network, workers };
}
const url = 'https://hub.example/list';

test('starts with the first call; calls run beside each other over one worker', async () => {
  const { network, workers } = open();
  expect(workers).toHaveLength(0);
  const first = network.call('fetchJson', { url });
  const second = network.call('fetchJson', { url, token: 't' });
  workers[0].say({ kind: 'result', id: 2, result: [2] });
  workers[0].say({ kind: 'result', id: 1, result: [1] });
  expect(await Promise.all([first, second])).toEqual([[1], [2]]);
  expect(workers).toHaveLength(1);
});

test('an error keeps its code; a stop reaches the worker', async () => {
  const { network, workers } = open();
  const refused = network.call('fetchJson', { url });
  workers[0].say({ kind: 'error', id: 1, error: { code: 'not-found', message: '404', details: { url } } });
  await expect(refused).rejects.toMatchObject({ code: 'not-found', details: { url } });

  const controller = new AbortController();
  const stopped = network.call('fetchJson', { url }, { signal: controller.signal });
  controller.abort(new Error('stopped by the user'));
  expect(workers[0].heard.at(-1)).toEqual({ kind: 'abort', id: 2 });
  workers[0].say({ kind: 'aborted', id: 2 });
  await expect(stopped).rejects.toThrow('stopped by the user');
});

test('a worker that fails ends its calls; the next call starts another', async () => {
  const { network, workers } = open();
  const lost = network.call('fetchJson', { url });
  workers[0].onerror?.({ message: '' });
  await expect(lost).rejects.toMatchObject({ code: 'part-missing' });
  expect(workers[0].terminated).toBe(true);
  const next = network.call('fetchJson', { url });
  workers[1].say({ kind: 'result', id: 2, result: 'here' });
  expect(await next).toBe('here');
});

test('in Node the calls run without a worker', async () => {
  const { fetchJson } = await import('./network');
  await expect(fetchJson('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'network' });
});
