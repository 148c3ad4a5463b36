// An OpenAI-shaped server whose model is a script: each request for an answer with tools gets the next step.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A text, or a call with its arguments: JSON, or the plain text of one of GLM-4's own tools. */
export type ServerStep = string | { tool: string; args: object };

export interface ScriptedServer {
  /** Base address, for the settings. */
  url: string;
  steps: ServerStep[];
  /** What the model read of each result, in order. */
  results: string[];
  close(): void;
}

interface Asked {
  messages: { role: string; content: string }[];
  tools?: unknown[];
}

export async function scriptedServer(): Promise<ScriptedServer> {
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*, authorization');
    if (request.method === 'OPTIONS') return void response.end();
    if (request.url === '/v1/models') return void response.end('{"data":[{"id":"script"}]}');
    let text = '';
    request.on('data', (piece) => (text += String(piece)));
    request.on('end', () => {
      const { messages, tools } = JSON.parse(text || '{"messages":[]}') as Asked;
      if (tools)
        scripted.results = messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
      const step = tools ? (scripted.steps.shift() ?? 'End.') : 'A title';
      const call =
        typeof step === 'string' ? undefined : { name: step.tool, arguments: JSON.stringify(step.args) };
      const delta = call
        ? {
            tool_calls: [{ index: 0, id: `call-${scripted.steps.length}`, type: 'function', function: call }],
          }
        : { content: step };
      const finish_reason = call ? 'tool_calls' : 'stop';
      response.setHeader('content-type', 'text/event-stream');
      for (const choice of [{ delta }, { delta: {}, finish_reason }])
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`);
      response.end('data: [DONE]\n\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const scripted: ScriptedServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    ...{ steps: [], results: [] },
    close: () => (server.closeAllConnections(), void server.close()),
  };
  return scripted;
}
