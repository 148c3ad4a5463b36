// The worker's entry: message in, engine call, messages out. It owns the GPU device.
import type { CallMessage, CallName, EngineCalls, FromWorker, ToWorker } from '../protocol/calls';
import { EXCLUSIVE_CALLS } from '../protocol/calls';
import { Engine } from '../runtime/engine';
import { KvStore } from '../library/kvStore';
import { AppError, isAbort, toWireError } from '../shared/errors';

const post = (message: FromWorker) => self.postMessage(message);

const kvStore = KvStore.open();
const engine = new Engine({
  gpuApi: navigator.gpu,
  locks: navigator.locks,
  kvStore,
  onDeviceLost: (error) => post({ kind: 'device-lost', error: toWireError(error) }),
});

type Handlers = {
  [K in CallName]: (
    args: EngineCalls[K]['args'],
    signal: AbortSignal,
    onEvent: (event: EngineCalls[K]['event']) => void,
  ) => Promise<EngineCalls[K]['result']>;
};

const handlers: Handlers = {
  device: () => engine.describeDevice(),
  import: ({ source }, signal, onEvent) => engine.import(source, onEvent, signal),
  load: ({ source, options }, signal, onEvent) => engine.load(source, options ?? {}, onEvent, signal),
  unload: async ({ role }) => (await engine.unload(role), null),
  generate: (request, signal, onEvent) => engine.generate(request, onEvent, signal),
  countTokens: async ({ messages }) => ({ tokens: engine.countTokens(messages) }),
  tokenize: (args, signal) => engine.tokenize(args, signal),
  logits: (args, signal) => engine.logits(args, signal),
  benchTurn: (args, signal) => engine.benchTurn(args, signal),
  benchStream: (_, signal) => engine.benchStream(signal),
  benchPass: (args, signal, onEvent) => engine.benchPass(args, (fraction) => onEvent({ fraction }), signal),
  forgetKept: async () => (await engine.forgetKept(), null),
  listModels: () => engine.store.list(),
  deleteModel: async ({ id }) => (await engine.deleteModel(id), null),
  listPartial: () => engine.store.listPartial(),
  deletePartial: async ({ id }) => (await engine.store.deletePartial(id), null),
  verifyModel: (args, signal, onEvent) => engine.store.verify(args, onEvent, signal),
  exportModel: ({ id }) => engine.store.export(id),
  probe: (_, signal, onEvent) => engine.probe((fraction) => onEvent({ fraction }), signal),
};

const running = new Map<number, AbortController>();
let lastExclusive: Promise<unknown> = Promise.resolve();
let generating = false;

async function run({ id, name, args }: CallMessage, signal: AbortSignal): Promise<void> {
  const handler = handlers[name] as (
    args: unknown,
    signal: AbortSignal,
    onEvent: (event: unknown) => void,
  ) => Promise<unknown>;
  try {
    const result = await handler(args, signal, (event) => post({ kind: 'event', id, event }));
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
