// The worker's side of the protocol: the page as a client, and under supervision a lock, a pulse and other tabs.
import type { FromWorker, ToWorker } from '../protocol/calls';
import { TAB_CHANNEL } from '../protocol/tabs';
import type { EngineServer } from './engineServer';
import { holdEngineLock, serveTabs } from './serveTabs';

/** A worker that is busy sends nothing meanwhile; its work is cut into pieces far shorter than the page's patience. */
const ALIVE_EVERY_MS = 1000;

export interface WorkerScope {
  post: (message: FromWorker) => void;
  locks?: LockManager;
  openChannel: (name: string) => BroadcastChannel;
}

/** @returns what takes the page's messages */
export function serveWorker(
  server: EngineServer,
  { post, locks, openChannel }: WorkerScope,
): (message: ToWorker) => void {
  const page = server.connect(post);
  async function watch(engine: string, shared: boolean): Promise<void> {
    await holdEngineLock(locks, engine);
    post({ kind: 'ready', engine, resident: null });
    setInterval(() => post({ kind: 'alive' }), ALIVE_EVERY_MS);
    if (shared && locks) serveTabs(server, { engine, channel: openChannel(TAB_CHANNEL), locks });
  }
  return (message) => {
    if (message.kind === 'watch') void watch(message.engine, message.shared);
    else page.receive(message);
  };
}
