// MCP servers over streamable HTTP: what the page asks the network worker for. The worker keeps connections, not keys.

export interface McpServer {
  id: string;
  url: string;
  /** Sent as a bearer token; '' for none. */
  key: string;
  /** What a sign-in left, for the next one. */
  auth?: McpAuth;
}

/** The state of a sign-in by OAuth. Its values are those of the official client. */
export interface McpAuth {
  client?: unknown;
  tokens?: unknown;
  verifier?: string;
  discovery?: unknown;
}

export interface McpTool {
  name: string;
  description: string;
  /** JSON schema of an object. */
  schema: Record<string, unknown>;
}

export interface McpListing {
  name: string;
  version: string;
  tools: McpTool[];
  resources: { uri: string; name: string; description: string; mediaType: string }[];
  prompts: {
    name: string;
    description: string;
    args: { name: string; description: string; required: boolean }[];
  }[];
}

/** One piece of what a tool, a resource or a prompt returns. */
export type McpContent =
  | { kind: 'text'; text: string; uri?: string }
  | { kind: 'data'; mediaType: string; blob: Blob; uri?: string }
  | { kind: 'link'; uri: string; name: string };

export interface McpResult {
  content: McpContent[];
  /** JSON of the structured result. */
  structured?: string;
  failed: boolean;
}

export interface McpReplies {
  list: McpListing;
  call: McpResult;
  read: McpResult;
  prompt: McpResult;
  /** The address at which the user signs in. */
  signIn: { url: string };
  finish: null;
  close: null;
}

export type McpRequest =
  | { do: 'list'; only?: 'tools' }
  | { do: 'call'; tool: string; args: Record<string, unknown> }
  | { do: 'read'; uri: string }
  | { do: 'prompt'; name: string; args: Record<string, string> }
  | { do: 'signIn'; redirectUrl: string; state: string }
  | { do: 'finish'; redirectUrl: string; code: string; iss?: string }
  | { do: 'close' };

export interface McpAnswer {
  value: McpReplies[keyof McpReplies];
  /** Missing: as it was. */
  auth?: McpAuth;
}
