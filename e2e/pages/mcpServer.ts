// An MCP server of one tool over streamable HTTP, whose words can change, and which can want a sign-in: it is then its own
// authorization server, with registration and PKCE. It counts what reaches it.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SmallMcpServer {
  url: string;
  /** The words of its tool `note`; changes take effect at once. */
  description: string;
  /** What its tool returns. */
  reply: string;
  /** Calls of its tool: their arguments. */
  calls: unknown[];
  /** Sign-ins that ended with a token. */
  signIns: number;
  close(): void;
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
};

export async function smallMcpServer({ signIn = false } = {}): Promise<SmallMcpServer> {
  const small: SmallMcpServer = {
    ...{ url: '', description: 'Keeps a note.', reply: 'Noted.', calls: [], signIns: 0 },
    close: () => (server.closeAllConnections(), void server.close()),
  };
  let challenge = '';
  const TOKEN = 'token-of-the-notes';
  const schema = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
  const replies: Record<string, (params: Record<string, unknown>) => unknown> = {
    initialize: ({ protocolVersion }) => ({
      ...{ protocolVersion, capabilities: { tools: {} } },
      serverInfo: { name: 'Notes', version: '1.0' },
    }),
    'tools/list': () => ({ tools: [{ name: 'note', description: small.description, inputSchema: schema }] }),
    'tools/call': ({ arguments: args }) => {
      small.calls.push(args);
      return { content: [{ type: 'text', text: small.reply }] };
    },
  };
  const server = createServer((request, response) => {
    void (async () => {
      const { origin } = new URL(small.url);
      const url = new URL(request.url ?? '/', origin);
      const json = (status: number, value: unknown, headers: Record<string, string> = {}) =>
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(JSON.stringify(value));
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', '*, authorization');
      response.setHeader('access-control-allow-methods', 'GET, POST, DELETE');
      response.setHeader('access-control-expose-headers', 'mcp-session-id, www-authenticate');
      if (request.method === 'OPTIONS') return response.end();
      switch (url.pathname) {
        case '/.well-known/oauth-protected-resource':
        case '/.well-known/oauth-protected-resource/mcp':
          return json(200, { resource: small.url, authorization_servers: [origin] });
        case '/.well-known/oauth-authorization-server':
          return json(200, {
            ...{
              issuer: origin,
              authorization_endpoint: `${origin}/authorize`,
              token_endpoint: `${origin}/token`,
            },
            ...{ registration_endpoint: `${origin}/register`, response_types_supported: ['code'] },
            code_challenge_methods_supported: ['S256'],
          });
        case '/register':
          return json(201, { ...(JSON.parse(await bodyOf(request)) as object), client_id: 'tab' });
        case '/authorize': {
          challenge = url.searchParams.get('code_challenge') ?? '';
          const back = new URL(url.searchParams.get('redirect_uri') ?? '');
          back.searchParams.set('code', 'the-code');
          back.searchParams.set('state', url.searchParams.get('state') ?? '');
          response.setHeader('content-type', 'text/html');
          return response.end(`<a href="${back.href.replaceAll('&', '&amp;')}">Allow</a>`);
        }
        case '/token': {
          const form = new URLSearchParams(await bodyOf(request));
          const proof = createHash('sha256')
            .update(form.get('code_verifier') ?? '')
            .digest('base64url');
          if (form.get('code') !== 'the-code' || proof !== challenge)
            return json(400, { error: 'invalid_grant' });
          small.signIns++;
          return json(200, { access_token: TOKEN, token_type: 'Bearer', expires_in: 3600 });
        }
      }
      if (signIn && request.headers.authorization !== `Bearer ${TOKEN}`) {
        const where = `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource"`;
        return json(401, { error: 'unauthorized' }, { 'www-authenticate': where });
      }
      if (request.method !== 'POST') return response.writeHead(405).end();
      const {
        id,
        method,
        params = {},
      } = JSON.parse(await bodyOf(request)) as {
        id?: number;
        method: string;
        params?: Record<string, unknown>;
      };
      if (id === undefined) return response.writeHead(202).end();
      const reply = replies[method];
      if (!reply)
        return json(200, { jsonrpc: '2.0', id, error: { code: -32601, message: 'no such method' } });
      return json(200, { jsonrpc: '2.0', id, result: reply(params) }, { 'mcp-session-id': 'one' });
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  small.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  return small;
}
