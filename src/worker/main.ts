// The worker's entry: message in, engine call, messages out. It owns the GPU device.
import type { ToWorker } from '../protocol/calls';
import { callHandlers, openBrowserEngine } from '../runtime/engineCalls';
import { toWireError } from '../shared/errors';
import { EngineServer } from './engineServer';
import { serveWorker } from './serveWorker';

const engine = openBrowserEngine({
  gpuApi: navigator.gpu,
  locks: navigator.locks,
  onDeviceLost: (error) => server.broadcast({ kind: 'device-lost', error: toWireError(error) }),
});
const server = new EngineServer(callHandlers(engine), () => engine.residents.get('chat') !== undefined);
const receive = serveWorker(server, {
  post: (message) => self.postMessage(message),
  locks: navigator.locks,
  openChannel: (name) => new BroadcastChannel(name),
});

self.onmessage = ({ data }: MessageEvent<ToWorker>) => receive(data);
