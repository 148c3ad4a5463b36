// Connections to MCP servers, one each, by the official client. It validates without eval in its browser build.
import {
  auth as authorize,
  Client,
  SdkHttpError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type ContentBlock,
} from '@modelcontextprotocol/client';
import { whyUnanswered } from '../../servers/unanswered';
import { AppError, isAbort } from '../../shared/errors';
import { guarded } from './guarded';
import { SignIn } from './signIn';
import type { McpAnswer, McpContent, McpListing, McpRequest, McpResult, McpServer } from './types';

const TIMEOUT_MS = 60_000;
const MOST_TOOLS = 200;
const MOST_TEXT = 4000;

interface Connection {
  /** What it was opened with. */
  address: string;
  client: Client;
  transport: StreamableHTTPClientTransport;
  signIn: SignIn;
}

const open = new Map<string, Connection>();

async function connect(server: McpServer, signal: AbortSignal): Promise<Connection> {
  const { id, url, key, auth = {} } = server;
  const address = JSON.stringify([
    url,
    key,
    (auth.tokens as { access_token?: string } | undefined)?.access_token,
  ]);
  const known = open.get(id);
  if (known?.address === address) return known;
  if (known) await close(id);
  const signIn = new SignIn({ ...auth });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    fetch: guarded(url),
    ...(key ? { authProvider: { token: async () => key } } : auth.tokens ? { authProvider: signIn } : {}),
  });
  const client = new Client({ name: 'glm-in-a-tab', version: '1' }, { capabilities: {} });
  await client.connect(transport, { signal, timeout: TIMEOUT_MS });
  const connection = { address, client, transport, signIn };
  open.set(id, connection);
  transport.onclose = () => {
    if (open.get(id) === connection) open.delete(id);
  };
  return connection;
}

async function close(id: string): Promise<void> {
  const known = open.get(id);
  open.delete(id);
  await known?.client.close().catch(() => undefined);
}

/** A failure in the words of the page. */
async function whyFailed(error: unknown, { url }: McpServer, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted || isAbort(error) || error instanceof AppError) return error;
  const status = error instanceof SdkHttpError ? error.status : undefined;
  if (error instanceof UnauthorizedError || status === 401 || status === 403)
    return new AppError('mcp-key', `${url} wants a key or a sign-in`, { url }, error);
  if (error instanceof TypeError || (error instanceof Error && error.cause instanceof TypeError))
    return whyUnanswered(url, error, signal);
  const why = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  return new AppError('mcp-failed', `${url}: ${why}`, { url, why }, error);
}

/**
 * Asks a server. A lost session is opened anew once.
 * @throws AppError mcp-failed, mcp-headers, mcp-key, server-refused, server-unreachable, server-blocked, sign-in
 */
export async function askMcp(
  server: McpServer,
  request: McpRequest,
  signal: AbortSignal,
): Promise<McpAnswer> {
  if (request.do === 'close') {
    await close(server.id);
    return { value: null };
  }
  if (request.do === 'signIn' || request.do === 'finish') return signInTo(server, request, signal);
  for (let again = true; ; again = false) {
    let connection: Connection | undefined;
    try {
      connection = await connect(server, signal);
      const value = await answerOf(connection.client, request, signal);
      const { changed, auth } = connection.signIn;
      return { value, ...(changed && { auth }) };
    } catch (error) {
      const status = error instanceof SdkHttpError ? error.status : undefined;
      const isHidden = connection && !connection.transport.sessionId && (status === 400 || status === 404);
      if (connection) await close(server.id);
      if (isHidden) {
        const { url } = server;
        const origin = globalThis.location?.origin ?? '*';
        throw new AppError('mcp-headers', `${url} hides Mcp-Session-Id`, { url, origin }, error);
      }
      if (again && connection && status === 404 && !signal.aborted) continue;
      throw await whyFailed(error, server, signal);
    }
  }
}

async function signInTo(
  server: McpServer,
  request: Extract<McpRequest, { do: 'signIn' | 'finish' }>,
  signal: AbortSignal,
): Promise<McpAnswer> {
  const { url, auth = {} } = server;
  const { redirectUrl } = request;
  const isNew = request.do === 'signIn';
  const signIn = new SignIn(isNew ? {} : { ...auth }, {
    redirectUrl,
    ...(isNew && { state: request.state }),
  });
  try {
    const fetchFn = guarded(url, signal);
    const options = isNew
      ? {}
      : { authorizationCode: request.code, ...(request.iss && { iss: request.iss }) };
    await authorize(signIn, { serverUrl: url, fetchFn, ...options });
  } catch (error) {
    if (signal.aborted) throw error;
    const isNetwork = error instanceof TypeError;
    const why = isNetwork
      ? 'its sign-in cannot be reached from a web page (CORS)'
      : String((error as Error).message);
    throw new AppError('sign-in', why, { host: new URL(url).host, why: why.slice(0, 300) }, error);
  }
  const value = isNew ? { url: signIn.address ?? '' } : null;
  return { value, auth: signIn.auth };
}

async function answerOf(
  client: Client,
  request: McpRequest,
  signal: AbortSignal,
): Promise<McpListing | McpResult> {
  const options = { signal, timeout: TIMEOUT_MS, resetTimeoutOnProgress: true };
  switch (request.do) {
    case 'call': {
      const { tool: name, args } = request;
      const result = await client.callTool({ name, arguments: args }, options);
      const { structuredContent, isError } = result;
      return {
        content: result.content.map(contentOf),
        ...(structuredContent !== undefined && { structured: JSON.stringify(structuredContent) }),
        failed: isError === true,
      };
    }
    case 'read': {
      const { contents } = await client.readResource({ uri: request.uri }, options);
      return {
        content: contents.map((resource) => contentOf({ type: 'resource', resource })),
        failed: false,
      };
    }
    case 'prompt': {
      const { messages } = await client.getPrompt({ name: request.name, arguments: request.args }, options);
      return { content: messages.map(({ content }) => contentOf(content)), failed: false };
    }
    default:
      return listingOf(client, options, request.do === 'list' ? request.only : undefined);
  }
}

async function listingOf(
  client: Client,
  options: { signal: AbortSignal },
  only?: 'tools',
): Promise<McpListing> {
  const { tools, resources, prompts } = client.getServerCapabilities() ?? {};
  const { name = '', version = '' } = client.getServerVersion() ?? {};
  const line = (text = '') => text.slice(0, MOST_TEXT);
  // One list after the other: some servers answer one request at a time.
  const allTools = tools ? (await client.listTools(undefined, options)).tools : [];
  const allResources = resources && !only ? (await client.listResources(undefined, options)).resources : [];
  const allPrompts = prompts && !only ? (await client.listPrompts(undefined, options)).prompts : [];
  return {
    ...{ name: name.slice(0, 100), version: version.slice(0, 40) },
    tools: allTools.slice(0, MOST_TOOLS).map((tool) => ({
      ...{ name: tool.name, description: line(tool.description) },
      schema: tool.inputSchema as Record<string, unknown>,
    })),
    resources: allResources.slice(0, MOST_TOOLS).map((one) => ({
      ...{ uri: one.uri, name: one.title ?? one.name, description: line(one.description) },
      mediaType: one.mimeType ?? '',
    })),
    prompts: allPrompts.slice(0, MOST_TOOLS).map((prompt) => ({
      ...{ name: prompt.name, description: line(prompt.description) },
      args: (prompt.arguments ?? []).map((one) => ({
        ...{ name: one.name, description: line(one.description), required: one.required === true },
      })),
    })),
  };
}

function contentOf(block: ContentBlock): McpContent {
  switch (block.type) {
    case 'text':
      return { kind: 'text', text: block.text };
    case 'image':
    case 'audio':
      return { kind: 'data', mediaType: block.mimeType, blob: blobOf(block.data, block.mimeType) };
    case 'resource_link':
      return { kind: 'link', uri: block.uri, name: block.name };
    case 'resource': {
      const { resource } = block;
      const { uri, mimeType = 'application/octet-stream' } = resource;
      if ('text' in resource) return { kind: 'text', text: resource.text, uri };
      return { kind: 'data', mediaType: mimeType, blob: blobOf(resource.blob, mimeType), uri };
    }
  }
}

const blobOf = (base64: string, type: string): Blob =>
  new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], { type });
