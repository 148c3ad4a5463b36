// The main thread's face of the engine: promises, event callbacks, AbortSignal. Types first; the worker-backed maker below.
import type { CallName, EngineCalls, FromWorker, Resident, ToWorker } from '../protocol/calls';
import type { LoadProgress } from '../protocol/models';
import { AppError, fromWireError } from '../shared/errors';

export interface CallOptions<K extends CallName> {
  signal?: AbortSignal;
  onEvent?: (event: EngineCalls[K]['event']) => void;
}

/** The engine failed and is brought back: nothing is asked of the user meanwhile. */
export interface Healing {
  /**
   * worker: the engine's worker ended or hangs; device: the GPU was lost or failed; tab: the tab that ran the engine is
   * gone; missing: the engine's script cannot be loaded.
   */
  cause: 'worker' | 'device' | 'tab' | 'missing';
  /** 1 for the first. */
  attempt: number;
  /** The model that is loaded again; '' when there was none. */
  name: string;
  /** Progress of that load. */
  progress: LoadProgress | null;
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
  /**
   * The model is gone: the device was lost, and where the engine heals itself, that failed too. The model must be loaded
   * again. Returns an unsubscribe function.
   */
  onDeviceLost(listener: (error: AppError) => void): () => void;
  /** The engine begins to heal, gets on with it, or is well again (null). Returns an unsubscribe function. */
  onHealing(listener: (healing: Healing | null) => void): () => void;
  /** Calls back when the model that answers chats changes or is unloaded, by this tab or another. @returns unsubscribe */
  onResident(listener: (resident: Resident | null) => void): () => void;
  /** The model that answers chats now; waits for the engine to start. */
  resident(): Promise<Resident | null>;
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

/** An engine client over a worker that speaks src/protocol/calls.ts; it does not restart the worker (supervisor.ts does). */
export function createEngineClient(worker: Worker): EngineClient {
  const pending = new Map<number, Pending>();
  const lossListeners = new Set<(error: AppError) => void>();
  const residentListeners = new Set<(resident: Resident | null) => void>();
  let resident: Resident | null = null;
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
      case 'resident':
        resident = data.resident;
        for (const listener of residentListeners) listener(resident);
        break;
      case 'device-lost':
        resident = null;
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
    onHealing: () => () => undefined, // a client without a supervisor tells the loss
    onResident(listener) {
      residentListeners.add(listener);
      return () => residentListeners.delete(listener);
    },
    resident: async () => resident,
    dispose() {
      worker.terminate();
      const error = new AppError('bug', 'The engine was disposed');
      for (const id of [...pending.keys()]) settle(id)?.reject(error);
    },
  };
}
