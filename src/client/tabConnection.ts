// One engine for all tabs of a browser: the page that holds the lock runs the worker, the others are guests of that
// worker, and the next page takes the lock when the owner is gone. protocol/tabs.ts
import type { ToWorker } from '../protocol/calls';
import {
  engineLock,
  guestLock,
  OWNER_LOCK,
  TAB_CHANNEL,
  TAB_PROTOCOL,
  type TabMessage,
} from '../protocol/tabs';
import { AppError } from '../shared/errors';
import type { ConnectionEvents, ConnectionSource } from './connection';
import { workerSource } from './workerConnection';

/** A guest that has no answer asks again: the owner's worker may be starting. */
const ASK_EVERY_MS = 1000;

export interface TabOptions {
  startWorker: () => Worker;
  locks?: LockManager;
  /** Missing where the browser has none: then every page has its own engine. */
  openChannel?: (name: string) => BroadcastChannel;
}

/** The engine of this browser, wherever it runs. */
export function tabSource({ startWorker, locks, openChannel }: TabOptions): ConnectionSource {
  if (!locks || !openChannel) return workerSource({ startWorker, locks, shared: false });
  const worker = workerSource({ startWorker, locks, shared: true });
  const guest = guestSource(locks, openChannel);
  let current: ConnectionSource | null = null;
  let release: (() => void) | null = null;
  let waiting: AbortController | null = null;

  /** Runs `hold` with the lock, which is kept until `release`. @returns false when another page has it */
  function request(options: LockOptions, hold: () => void): Promise<boolean> {
    return locks!.request(OWNER_LOCK, options, (lock) => {
      if (!lock) return false;
      hold();
      return new Promise<boolean>((resolve) => (release = () => resolve(true)));
    });
  }

  return {
    start(events) {
      const stopping = new AbortController();
      waiting = stopping;
      const own = (): void => {
        if (stopping.signal.aborted) return;
        guest.stop();
        current = worker;
        worker.start(events);
      };
      const visit = (): void => {
        if (stopping.signal.aborted) return;
        current = guest;
        guest.start(events);
        const takeOver = (): void => {
          if (guest.isUp)
            events.down('tab', new AppError('engine-failed', OWNER_GONE, { tries: 1, why: OWNER_GONE }));
          own();
        };
        void request({ signal: stopping.signal }, takeOver).catch(() => undefined);
      };
      void request({ ifAvailable: true }, own).then((isOwner) => {
        if (!isOwner) visit();
      });
    },
    reconnect: () => current?.reconnect(),
    stop() {
      waiting?.abort();
      current?.stop();
      current = null;
      release?.();
      release = null;
    },
  };
}

const OWNER_GONE = 'The tab that ran the engine is gone.';

/** The worker of another page. */
function guestSource(
  locks: LockManager,
  openChannel: (name: string) => BroadcastChannel,
): ConnectionSource & { readonly isUp: boolean } {
  const guest = crypto.randomUUID();
  let channel: BroadcastChannel | null = null;
  let engine: string | null = null;
  let asking: ReturnType<typeof setInterval> | undefined;
  let isHeld = false;

  const post = (message: TabMessage) => channel?.postMessage(message);
  const ask = () => post({ kind: 'hello', guest, protocol: TAB_PROTOCOL });

  function lookFor(): void {
    clearInterval(asking);
    asking = setInterval(ask, ASK_EVERY_MS);
    ask();
  }

  /** Held for the life of the page: the engine stops the calls of a guest that is gone. */
  function holdOwnLock(): void {
    if (isHeld) return;
    isHeld = true;
    void locks.request(guestLock(guest), () => new Promise<never>(() => undefined));
  }

  function lose(events: ConnectionEvents, name: string, why: string): void {
    if (engine !== name) return;
    engine = null;
    events.down('tab', new AppError('engine-failed', why, { tries: 1, why }));
  }

  return {
    get isUp() {
      return engine !== null;
    },
    start(events) {
      holdOwnLock();
      channel = openChannel(TAB_CHANNEL);
      channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
        if (data.kind === 'serving') {
          if (engine && engine !== data.engine) lose(events, engine, OWNER_GONE);
          if (data.protocol === TAB_PROTOCOL) return ask();
          clearInterval(asking);
          const message = 'Another version of the app has the engine: reload both tabs.';
          return events.down('tab', new AppError('engine-elsewhere', message));
        }
        if (data.kind !== 'to-guest' || data.guest !== guest) return;
        const { message } = data;
        if (message.kind === 'ready') {
          if (engine === data.engine) return; // the answer to a second question
          if (engine) lose(events, engine, OWNER_GONE);
          clearInterval(asking);
          const name = (engine = data.engine);
          void locks.request(engineLock(name), { mode: 'shared' }, () => lose(events, name, OWNER_GONE));
          const send = (sent: ToWorker) => post({ kind: 'to-engine', engine: name, guest, message: sent });
          return events.up({ isOwn: false, post: send }, message.resident);
        }
        if (data.engine === engine) events.message(message);
      };
      lookFor();
    },
    reconnect: lookFor,
    stop() {
      clearInterval(asking);
      channel?.close();
      channel = null;
      engine = null;
    },
  };
}
