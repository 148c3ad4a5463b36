// Messages between the page and the network worker. The page's policy allows it requests to its own host only; those to
// hubs and servers are made by the worker, and each is one of these calls.
import type { GenerateEvent, GenerateRequest, GenerateSummary } from '../protocol/chat';
import type { ServerAddress } from '../servers/http';
import type { ServerListing } from '../servers/models';
import type { ServerChoice } from '../servers/serverClient';
import type { WireError } from '../shared/errors';
import type { HttpAnswer, HttpRequest } from './httpRequest';
import type { McpAnswer, McpRequest, McpServer } from './mcp/types';

/** A request of a tool to a host that the user allowed. */
export interface OutsideRequest {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** The rest of a longer body is not read; default 2 MB. */
  maxBytes?: number;
  /** Default 20 s. */
  timeoutMs?: number;
}

export interface OutsideAnswer {
  status: number;
  /** Without parameters: 'text/html'. */
  contentType: string;
  text: string;
  /** The body is longer than `maxBytes`. */
  cut: boolean;
}

export interface NetworkCalls {
  /** Answers a chat: src/servers/serverClient.ts. */
  generate: { args: { choice: ServerChoice; request: GenerateRequest }; result: GenerateSummary };
  /** The models of a server. */
  listModels: { args: { server: ServerAddress }; result: ServerListing };
  /** A listing of a model hub, as JSON. */
  fetchJson: { args: { url: string; token?: string }; result: unknown };
  /** A page, or the answer of a search service. */
  fetchOutside: { args: OutsideRequest; result: OutsideAnswer };
  /** A tool's request. */
  httpRequest: { args: HttpRequest; result: HttpAnswer };
  /** Something of an MCP server: mcp/connections.ts. */
  mcp: { args: { server: McpServer; request: McpRequest }; result: McpAnswer };
}
export type NetworkCall = keyof NetworkCalls;

export interface CallContext {
  signal: AbortSignal;
  onEvent: (event: GenerateEvent) => void;
}

export type ToNetwork =
  | { [K in NetworkCall]: { kind: 'call'; id: number; name: K; args: NetworkCalls[K]['args'] } }[NetworkCall]
  | { kind: 'abort'; id: number };

export type FromNetwork =
  | { kind: 'event'; id: number; event: GenerateEvent }
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'error'; id: number; error: WireError }
  /** The call was stopped. */
  | { kind: 'aborted'; id: number };
