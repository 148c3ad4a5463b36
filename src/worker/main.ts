// The worker's entry: message in, engine call, messages out. It owns the GPU device.
import type { FromWorker, ToWorker } from '../protocol/calls';
import { TAB_CHANNEL } from '../protocol/tabs';
import { callHandlers, openBrowserEngine } from '../runtime/engineCalls';
import { toWireError } from '../shared/errors';
import { EngineServer } from './engineServer';
import { holdEngineLock, serveTabs } from './serveTabs';

/** A worker that is busy sends nothing meanwhile; its work is cut into pieces far shorter than the page's patience. */
const ALIVE_EVERY_MS = 1000;

const post = (message: FromWorker) => self.postMessage(message);

const engine = openBrowserEngine({
  gpuApi: navigator.gpu,
  locks: navigator.locks,
  onDeviceLost: (error) => server.broadcast({ kind: 'device-lost', error: toWireError(error) }),
});
const server = new EngineServer(callHandlers(engine), () => engine.residents.get('chat') !== undefined);
const page = server.connect(post);

async function watch(name: string, shared: boolean): Promise<void> {
  const { locks } = navigator;
  await holdEngineLock(locks, name);
  post({ kind: 'ready', engine: name, resident: null });
  setInterval(() => post({ kind: 'alive' }), ALIVE_EVERY_MS);
  if (shared && locks) serveTabs(server, { engine: name, channel: new BroadcastChannel(TAB_CHANNEL), locks });
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'watch') void watch(data.engine, data.shared);
  else page.receive(data);
};
