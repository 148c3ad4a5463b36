// The main thread's face of the engine: promises, event callbacks, AbortSignal. Types first; the worker-backed maker below.
import type { CallName, EngineCalls, FromWorker, ToWorker } from '../protocol/calls';
import { AppError, fromWireError } from '../shared/errors';

export interface CallOptions<K extends CallName> {
  signal?: AbortSignal;
  onEvent?: (event: EngineCalls[K]['event']) => void;
}

/** One engine, living in one worker. Calls that use the device run in the order they are made, an import beside them; `generate` rejects with 'busy' if one runs. */
export interface EngineClient {
  /**
   * @throws AppError with the code the worker sent. An abort of `generate` is no error: its summary has reason
   * 'aborted'. An abort of any other call rejects with the signal's reason.
   */
  call<K extends CallName>(
    name: K,
    args: EngineCalls[K]['args'],
    options?: CallOptions<K>,
  ): Promise<EngineCalls[K]['result']>;
  /** The GPU device went away; the engine must load again. Returns an unsubscribe function. */
  onDeviceLost(listener: (error: AppError) => void): () => void;
  /** Ends the worker and frees the GPU. */
  dispose(): void;
}

interface Pending {
  resolve: (value: never) => void;
  reject: (reason: unknown) => void;
  onEvent?: (event: never) => void;
  signal?: AbortSignal;
  onAbort?: () => void;
}

/** An engine client over a worker that speaks src/protocol/calls.ts. */
export function createEngineClient(worker: Worker): EngineClient {
  const pending = new Map<number, Pending>();
  const lossListeners = new Set<(error: AppError) => void>();
  let nextId = 1;
  const post = (message: ToWorker) => worker.postMessage(message);

  function settle(id: number): Pending | undefined {
    const entry = pending.get(id);
    if (entry?.onAbort) entry.signal?.removeEventListener('abort', entry.onAbort);
    pending.delete(id);
    return entry;
  }

  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    switch (data.kind) {
      case 'event':
        pending.get(data.id)?.onEvent?.(data.event as never);
        break;
      case 'result':
        settle(data.id)?.resolve(data.result as never);
        break;
      case 'error':
        settle(data.id)?.reject(fromWireError(data.error));
        break;
      case 'aborted': {
        const entry = settle(data.id);
        entry?.reject(entry.signal?.reason ?? new DOMException('Stopped', 'AbortError'));
        break;
      }
      case 'device-lost':
        for (const listener of lossListeners) listener(fromWireError(data.error));
    }
  };
  worker.onerror = (event) => {
    const error = new AppError('bug', `The engine's worker failed: ${event.message}`);
    for (const id of [...pending.keys()]) settle(id)?.reject(error);
  };

  return {
    call(name, args, { signal, onEvent } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted && name !== 'generate') return reject(signal.reason as Error);
        const id = nextId++;
        const onAbort = () => post({ kind: 'abort', id });
        pending.set(id, { resolve, reject, onEvent: onEvent as Pending['onEvent'], signal, onAbort });
        post({ kind: 'call', id, name, args } as ToWorker);
        if (signal?.aborted) onAbort();
        else signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    onDeviceLost(listener) {
      lossListeners.add(listener);
      return () => lossListeners.delete(listener);
    },
    dispose() {
      worker.terminate();
      const error = new AppError('bug', 'The engine was disposed');
      for (const id of [...pending.keys()]) settle(id)?.reject(error);
    },
  };
}
