// The engine's side of protocol/tabs.ts: other tabs as clients.
import { engineLock, guestLock, TAB_PROTOCOL, type TabMessage } from '../protocol/tabs';
import type { Connection, EngineServer } from './engineServer';

export interface TabsOptions {
  engine: string;
  channel: BroadcastChannel;
  locks: LockManager;
}

/** Serves guests for as long as the worker lives; a guest whose page is gone is disconnected. */
export function serveTabs(server: EngineServer, { engine, channel, locks }: TabsOptions): void {
  const guests = new Map<string, Connection>();
  const post = (message: TabMessage) => channel.postMessage(message);

  function welcome(guest: string): void {
    if (!guests.has(guest)) {
      const connection = server.connect((message) => post({ kind: 'to-guest', engine, guest, message }));
      guests.set(guest, connection);
      // Granted when the guest's page is gone: it holds the lock while it lives.
      void locks.request(guestLock(guest), { mode: 'shared' }, () => {
        guests.delete(guest);
        connection.close();
      });
    }
    post({ kind: 'to-guest', engine, guest, message: { kind: 'ready', engine, resident: server.loaded } });
  }

  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.kind === 'hello' && data.protocol === TAB_PROTOCOL) welcome(data.guest);
    else if (data.kind === 'hello') post({ kind: 'serving', engine, protocol: TAB_PROTOCOL });
    if (data.kind === 'to-engine' && data.engine === engine) guests.get(data.guest)?.receive(data.message);
  };
  post({ kind: 'serving', engine, protocol: TAB_PROTOCOL });
}

/** Holds the engine's lock until the worker ends, however it ends. Resolves once it is held. */
export function holdEngineLock(locks: LockManager | undefined, engine: string): Promise<void> {
  if (!locks) return Promise.resolve();
  return new Promise((resolve) => {
    const untilTheEnd = new Promise<never>(() => undefined);
    void locks.request(engineLock(engine), () => {
      resolve();
      return untilTheEnd;
    });
  });
}
