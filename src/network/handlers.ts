// The calls of the network worker, as functions.
import { listServerModels } from '../servers/models';
import { serverGenerate } from '../servers/serverClient';
import type { CallContext, NetworkCall, NetworkCalls } from './calls';
import { fetchJson } from './fetchJson';
import { fetchOutside } from './fetchOutside';
import { httpRequest } from './httpRequest';
import { fetchPart } from '../shared/missingPart';

type Handlers = {
  [K in NetworkCall]: (
    args: NetworkCalls[K]['args'],
    context: CallContext,
  ) => Promise<NetworkCalls[K]['result']>;
};

const handlers: Handlers = {
  generate: ({ choice, request }, context) => serverGenerate(choice, request, context),
  listModels: ({ server }, { signal }) => listServerModels(server, signal),
  fetchJson: ({ url, token }, { signal }) => fetchJson(url, token, signal),
  fetchOutside: (request, { signal }) => fetchOutside(request, signal),
  httpRequest: (request, { signal }) => httpRequest(request, signal),
  mcp: async ({ server, request }, { signal }) =>
    (await fetchPart(() => import('./mcp/connections'))).askMcp(server, request, signal),
};

export function runCall<K extends NetworkCall>(
  name: K,
  args: NetworkCalls[K]['args'],
  context: CallContext,
): Promise<NetworkCalls[K]['result']> {
  return handlers[name](args, context);
}
