// The engine in a worker of this page, watched: a script that does not load, an end, a hang.
import type { FromWorker, ToWorker } from '../protocol/calls';
import { engineLock } from '../protocol/tabs';
import { AppError } from '../shared/errors';
import type { ConnectionEvents, ConnectionSource } from './connection';

/** Fetching the script over a slow line takes long; one that is missing fails at once. */
const START_MS = 90_000;
/** The worker says 'alive' every second, unless one of its steps takes longer. */
const SILENT_MS = 20_000;
const LOOK_EVERY_MS = 2000;
/** So many looks in a row without a word: after the computer has slept, the first one is not yet bad news. */
const SILENT_LOOKS = 3;

export interface WorkerOptions {
  startWorker: () => Worker;
  locks?: LockManager;
  /** Serve other tabs. */
  shared: boolean;
}

/** One worker at a time; `reconnect` starts a new one. */
export function workerSource({ startWorker, locks, shared }: WorkerOptions): ConnectionSource {
  let end: (() => void) | null = null;
  let wanted: ConnectionEvents | null = null;

  function connect(events: ConnectionEvents): void {
    const engine = crypto.randomUUID();
    const watching = new AbortController();
    let isUp = false;
    let silentLooks = 0;
    let heardAt = performance.now();
    let worker: Worker | null = null;

    const stop = (): void => {
      end = null;
      watching.abort();
      clearTimeout(starting);
      clearInterval(looking);
      worker?.terminate();
    };
    const fail = (why: string): void => {
      if (watching.signal.aborted) return;
      stop();
      const [cause, code] = isUp
        ? (['worker', 'engine-failed'] as const)
        : (['missing', 'engine-missing'] as const);
      events.down(cause, new AppError(code, why, { tries: 1, why }));
    };
    const starting = setTimeout(() => fail(`No start within ${START_MS / 1000} s.`), START_MS);
    const looking = setInterval(() => {
      if (!isUp || ++silentLooks < SILENT_LOOKS || performance.now() - heardAt < SILENT_MS) return;
      fail(`Silent for ${SILENT_MS / 1000} s.`);
    }, LOOK_EVERY_MS);
    end = stop;

    try {
      worker = startWorker();
    } catch (error) {
      queueMicrotask(() => fail(String(error)));
      return;
    }
    const started = worker;
    started.onerror = (event) => {
      event.preventDefault();
      fail((event as Partial<ErrorEvent>).message || "The worker's script did not load.");
    };
    started.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (watching.signal.aborted) return;
      silentLooks = 0;
      heardAt = performance.now();
      if (data.kind === 'alive') return;
      if (data.kind !== 'ready') return events.message(data);
      isUp = true;
      clearTimeout(starting);
      // Granted when the worker ends, however it ends: it holds the lock while it lives.
      void locks
        ?.request(engineLock(engine), { mode: 'shared', signal: watching.signal }, () =>
          fail('The worker ended.'),
        )
        .catch(() => undefined);
      const post = (message: ToWorker) => started.postMessage(message);
      events.up({ isOwn: true, post }, data.resident);
    };
    started.postMessage({ kind: 'watch', engine, shared } satisfies ToWorker);
  }

  return {
    start(events) {
      wanted = events;
      connect(events);
    },
    reconnect() {
      if (wanted && !end) connect(wanted);
    },
    stop() {
      wanted = null;
      end?.();
    },
  };
}
