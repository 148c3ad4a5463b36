// The network worker: message in, request to a hub or server, messages out. It stores nothing and keeps no key.
import { isAbort, toWireError } from '../shared/errors';
import type { FromNetwork, ToNetwork } from './calls';
import { runCall } from './handlers';

const post = (message: FromNetwork) => self.postMessage(message);
const running = new Map<number, AbortController>();

self.onmessage = async ({ data }: MessageEvent<ToNetwork>) => {
  const { id } = data;
  if (data.kind === 'abort') return running.get(id)?.abort();
  const controller = new AbortController();
  running.set(id, controller);
  const context = {
    signal: controller.signal,
    onEvent: (event: Extract<FromNetwork, { kind: 'event' }>['event']) => post({ kind: 'event', id, event }),
  };
  try {
    post({ kind: 'result', id, result: await runCall(data.name, data.args, context) });
  } catch (error) {
    if (isAbort(error)) post({ kind: 'aborted', id });
    else post({ kind: 'error', id, error: toWireError(error) });
  } finally {
    running.delete(id);
  }
};
