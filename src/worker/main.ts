// The worker's entry: message in, engine call, messages out. It owns the GPU device.
import type { CallMessage, FromWorker, ToWorker } from '../protocol/calls';
import { EXCLUSIVE_CALLS } from '../protocol/calls';
import { callHandlers, openBrowserEngine, runCall } from '../runtime/engineCalls';
import { AppError, isAbort, toWireError } from '../shared/errors';

const post = (message: FromWorker) => self.postMessage(message);

const handlers = callHandlers(
  openBrowserEngine({
    gpuApi: navigator.gpu,
    locks: navigator.locks,
    onDeviceLost: (error) => post({ kind: 'device-lost', error: toWireError(error) }),
  }),
);

const running = new Map<number, AbortController>();
let lastExclusive: Promise<unknown> = Promise.resolve();
let generating = false;

async function run({ id, name, args }: CallMessage, signal: AbortSignal): Promise<void> {
  const onEvent = (event: unknown) => post({ kind: 'event', id, event });
  try {
    const result = await runCall(handlers, name, args, { signal, onEvent });
    post({ kind: 'result', id, result });
  } catch (error) {
    if (isAbort(error)) post({ kind: 'aborted', id });
    else post({ kind: 'error', id, error: toWireError(error) });
  } finally {
    running.delete(id);
  }
}

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'abort') return running.get(data.id)?.abort();
  if (data.name === 'generate' && generating) {
    const busy = new AppError('busy', 'The engine is still answering. Stop that answer first.');
    return post({ kind: 'error', id: data.id, error: toWireError(busy) });
  }
  const controller = new AbortController();
  running.set(data.id, controller);
  if (!EXCLUSIVE_CALLS.has(data.name)) return run(data, controller.signal);
  if (data.name === 'generate') generating = true;
  lastExclusive = lastExclusive.then(() => run(data, controller.signal));
  await lastExclusive;
  if (data.name === 'generate') generating = false;
};
