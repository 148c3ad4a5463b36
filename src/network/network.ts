// The page's requests to hubs and servers, made by the network worker. Started with the first request; a worker that
// fails ends its calls with an error, and the next call starts another.
import type { CallOptions } from '../client/engineClient';
import type { GenerateEvent, GenerateRequest, GenerateSummary } from '../protocol/chat';
import type { ServerAddress } from '../servers/http';
import type { ServerListing } from '../servers/models';
import type { ServerChoice } from '../servers/serverClient';
import { AppError, fromWireError } from '../shared/errors';
import type {
  FromNetwork,
  NetworkCall,
  NetworkCalls,
  OutsideAnswer,
  OutsideRequest,
  ToNetwork,
} from './calls';
import type { HttpAnswer, HttpRequest } from './httpRequest';
import type { McpAuth, McpReplies, McpRequest, McpServer } from './mcp/types';

interface Pending {
  resolve: (result: never) => void;
  reject: (reason: unknown) => void;
  onEvent?: (event: GenerateEvent) => void;
  signal?: AbortSignal;
  onAbort: () => void;
}

/** Calls over one worker at a time. */
export class Network {
  private worker: Worker | null = null;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;

  constructor(private readonly startWorker: () => Worker) {}

  /** @throws AppError of the call; the signal's reason when a call that has no result of its own is aborted. */
  call<K extends NetworkCall>(
    name: K,
    args: NetworkCalls[K]['args'],
    { signal, onEvent }: Pick<Pending, 'signal' | 'onEvent'> = {},
  ): Promise<NetworkCalls[K]['result']> {
    return new Promise((resolve, reject) => {
      const worker = this.open();
      const post = (message: ToNetwork) => worker.postMessage(message);
      const id = this.nextId++;
      const onAbort = () => post({ kind: 'abort', id });
      this.pending.set(id, { resolve, reject, onEvent, signal, onAbort });
      post({ kind: 'call', id, name, args } as ToNetwork);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  private open(): Worker {
    if (this.worker) return this.worker;
    const worker = this.startWorker();
    worker.onmessage = ({ data }: MessageEvent<FromNetwork>) => this.take(data);
    worker.onerror = ({ message }) => {
      worker.terminate();
      if (this.worker === worker) this.worker = null;
      const { host = '' } = globalThis.location ?? {};
      const error = message
        ? new AppError('bug', `The network worker failed: ${message}`)
        : new AppError('part-missing', 'The network worker cannot be fetched', { file: 'worker.js', host });
      for (const id of [...this.pending.keys()]) this.settle(id)?.reject(error);
    };
    return (this.worker = worker);
  }

  private settle(id: number): Pending | undefined {
    const entry = this.pending.get(id);
    entry?.signal?.removeEventListener('abort', entry.onAbort);
    this.pending.delete(id);
    return entry;
  }

  private take(message: FromNetwork): void {
    switch (message.kind) {
      case 'event':
        return this.pending.get(message.id)?.onEvent?.(message.event);
      case 'result':
        return this.settle(message.id)?.resolve(message.result as never);
      case 'error':
        return this.settle(message.id)?.reject(fromWireError(message.error));
      case 'aborted': {
        const entry = this.settle(message.id);
        entry?.reject(entry.signal?.reason ?? new DOMException('Stopped', 'AbortError'));
      }
    }
  }
}

const ofThePage =
  'Worker' in globalThis
    ? new Network(() => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }))
    : null;

/** Runs a call in the worker; in Node, where there is no page to protect, here. */
async function call<K extends NetworkCall>(
  name: K,
  args: NetworkCalls[K]['args'],
  { signal = new AbortController().signal, onEvent = () => undefined }: CallOptions<'generate'> = {},
): Promise<NetworkCalls[K]['result']> {
  if (ofThePage) return ofThePage.call(name, args, { signal, onEvent });
  // Builds for browsers leave the calls out of the page: they stand in the worker already.
  if (import.meta.env?.SSR === false) throw new AppError('bug', 'This browser has no workers.');
  const { runCall } = await import('./handlers');
  return runCall(name, args, { signal, onEvent });
}

/** Generates an answer on a server: serverGenerate of src/servers/serverClient.ts. */
export const serverGenerate = (
  choice: ServerChoice,
  request: GenerateRequest,
  options: CallOptions<'generate'>,
): Promise<GenerateSummary> => call('generate', { choice, request }, options);

/** Lists the models of a server: src/servers/models.ts. */
export const listServerModels = (server: ServerAddress, signal?: AbortSignal): Promise<ServerListing> =>
  call('listModels', { server }, { signal });

/** A listing of a hub: fetchJson.ts. */
export const fetchJson = (url: string, token?: string): Promise<unknown> => call('fetchJson', { url, token });

/** A request of a tool: fetchOutside.ts. */
export const fetchOutside = (request: OutsideRequest, signal?: AbortSignal): Promise<OutsideAnswer> =>
  call('fetchOutside', request, { signal });
/** A tool's request: httpRequest.ts. */
export const httpRequest = (request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> =>
  call('httpRequest', request, { signal });

/** Asks an MCP server: mcp/connections.ts. `auth`: the sign-in has changed. */
export const askMcp = async <R extends McpRequest>(
  server: McpServer,
  request: R,
  signal?: AbortSignal,
): Promise<{ value: McpReplies[R['do']]; auth?: McpAuth }> => {
  const { value, auth } = await call('mcp', { server, request }, { signal });
  return { value: value as McpReplies[R['do']], ...(auth && { auth }) };
};
