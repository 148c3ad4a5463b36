// What the editors of functions and the imports of documents need; the code comes with the first use.
import { fetchPart } from '../shared/missingPart';
import type { StoredFunction, UserFunction } from '../tools/functions/definition';
import type { HttpEndpoint } from '../tools/http/endpoint';
import type { McpListing } from '../network/mcp/types';
import type { PinnedTool } from '../tools/mcp/pinned';
import type { OpenApiDocument } from '../tools/openapi/document';
import type { Converted } from '../tools/openapi/operations';

export type { DrawSettings, ImageEndpoint, VideoEndpoint } from '../tools/draw/settings';
export type { McpListing, McpResult } from '../network/mcp/types';
export type { PinnedTool } from '../tools/mcp/pinned';
export type { Converted, HttpEndpoint, OpenApiDocument, StoredFunction, UserFunction };

export interface CheckedFunction {
  made: UserFunction;
  /** Restrictions of the schema that are checked only after the model has written a call, as JSON pointers. */
  later: string[];
  /** Secrets that its requests need. */
  secrets: string[];
  /** The host that its requests go to. */
  host?: string;
  /** Scheme, host and port of it. */
  origin?: string;
  /** The host is this computer or stands in a private network. */
  isPrivate: boolean;
}

const definition = () => fetchPart(() => import('../tools/functions/definition'));
const endpoint = () => fetchPart(() => import('../tools/http/endpoint'));

/** @throws AppError bad-functions with the place, for a function that cannot be used */
export async function checkFunction(draft: unknown, name: string): Promise<CheckedFunction> {
  const [{ readFunctions }, http, { schemaGrammar }] = await Promise.all([
    definition(),
    endpoint(),
    fetchPart(() => import('../tools/functions/schemaCheck')),
  ]);
  const [made] = readFunctions(JSON.stringify(draft), name);
  const { checkedAfterwards } = schemaGrammar(made.parameters);
  const origin = made.http && http.originOf(made.http.url);
  const address = origin === undefined ? undefined : new URL(origin);
  return {
    ...{ made, later: checkedAfterwards, secrets: made.http ? http.secretsOf(made.http) : [] },
    ...(address && { host: address.host, origin }),
    isPrivate: address !== undefined && http.isPrivateHost(address.hostname),
  };
}

/** The request of a call as a text: method, address, headers and body, with placeholders in place of secrets. */
export async function requestText(http: HttpEndpoint, args: Record<string, unknown>): Promise<string> {
  const { prepareRequest } = await endpoint();
  const { method, url, headers, body } = prepareRequest(http, args);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url}`, ...lines, ...(body === undefined ? [] : ['', body])].join('\n');
}

/** @throws AppError bad-openapi with the place */
export const readOpenApi = async (text: string, name: string, address?: string): Promise<OpenApiDocument> =>
  (await fetchPart(() => import('../tools/openapi/document'))).readDocument(text, name, address);

/** @throws AppError network errors, http-error, bad-openapi */
export async function fetchOpenApi(address: string, signal?: AbortSignal): Promise<OpenApiDocument> {
  const { fetchDocument } = await fetchPart(() => import('../tools/openapi/fetchDocument'));
  return fetchDocument(address, signal);
}

/** The document's operations as functions, or why one cannot be. */
export const operationsOf = async (
  document: OpenApiDocument,
  base: string,
  taken: readonly string[],
): Promise<Converted[]> =>
  (await fetchPart(() => import('../tools/openapi/operations'))).functionsOf(document, base, new Set(taken));

/** Why no page can send to this address; undefined when it can. */
export const addressFault = async (url: string): Promise<string | undefined> =>
  (await endpoint()).addressFault(url);

/** Approved tools that the server describes otherwise now, by its names. */
export async function mcpChanges(listing: McpListing, approved: readonly PinnedTool[]): Promise<string[]> {
  const { pinOf } = await fetchPart(() => import('../tools/mcp/pinned'));
  const pins = await Promise.all(
    listing.tools.map(async (tool) => {
      const pin = approved.find(({ original }) => original === tool.name);
      return pin && pin.hash !== (await pinOf(tool)) ? [tool.name] : [];
    }),
  );
  return pins.flat();
}
