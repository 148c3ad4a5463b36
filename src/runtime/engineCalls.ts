// The calls of the protocol, each in one shape over an engine: for the worker, and for the command line over Dawn.
import { KvStore } from '../library/kvStore';
import type { CallName, EngineCalls } from '../protocol/calls';
import { Engine, type EngineEnvironment } from './engine';

export interface CallControl<K extends CallName> {
  signal: AbortSignal;
  onEvent: (event: EngineCalls[K]['event']) => void;
}

export type CallHandlers = {
  [K in CallName]: (
    args: EngineCalls[K]['args'],
    control: CallControl<K>,
  ) => Promise<EngineCalls[K]['result']>;
};

/** One handler for every call. An abort rejects with the signal's reason, except where protocol/calls.ts says otherwise. */
export function callHandlers(engine: Engine): CallHandlers {
  return {
    device: () => engine.describeDevice(),
    import: (args, { signal, onEvent }) => engine.import(args, onEvent, signal),
    load: ({ source, options }, { signal, onEvent }) => engine.load(source, options ?? {}, onEvent, signal),
    unload: async ({ role }) => (await engine.unload(role), null),
    generate: (request, { signal, onEvent }) => engine.generate(request, onEvent, signal),
    countTokens: async (args) => ({ tokens: await engine.countTokens(args) }),
    addEyes: ({ source }, { signal, onEvent }) => engine.addEyes(source, onEvent, signal),
    embed: (args, { signal, onEvent }) =>
      engine.embed(args, { signal, onFraction: (fraction) => onEvent({ fraction }) }),
    tokenize: (args, { signal }) => engine.tokenize(args, signal),
    logits: (args, { signal }) => engine.logits(args, signal),
    benchTurn: (args, { signal }) => engine.benchTurn(args, signal),
    benchStream: (_, { signal }) => engine.benchStream(signal),
    benchPass: (args, { signal, onEvent }) =>
      engine.benchPass(args, (fraction) => onEvent({ fraction }), signal),
    forgetKept: async () => (await engine.forgetKept(), null),
    listModels: () => engine.store.list(),
    deleteModel: async ({ id }) => (await engine.deleteModel(id), null),
    listPartial: () => engine.store.listPartial(),
    deletePartial: async ({ id }) => (await engine.store.deletePartial(id), null),
    verifyModel: (args, { signal, onEvent }) => engine.store.verify(args, onEvent, signal),
    exportModel: ({ id }) => engine.store.export(id),
    probe: (_, { signal, onEvent }) => engine.probe((fraction) => onEvent({ fraction }), signal),
    checkDevice: (_, { signal, onEvent }) => engine.checkDevice(onEvent, signal),
  };
}

/** Runs one call by its name. */
export function runCall<K extends CallName>(
  handlers: CallHandlers,
  name: K,
  args: EngineCalls[K]['args'],
  control: CallControl<K>,
): Promise<EngineCalls[K]['result']> {
  return handlers[name](args, control);
}

/** The engine of a browser: one model per origin, the KV of long chats kept in IndexedDB. */
export function openBrowserEngine(
  environment: Pick<EngineEnvironment, 'gpuApi' | 'locks' | 'onDeviceLost'>,
): Engine {
  return new Engine({ ...environment, kvStore: KvStore.open() });
}
