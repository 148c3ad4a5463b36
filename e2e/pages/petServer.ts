// A small web API with its OpenAPI document: pets behind a key. It counts what it is asked, and on another port, what a
// host is asked that is named nowhere.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PetServer {
  url: string;
  /** Method, path and key of each request but preflights. */
  asked: string[];
  /** Another host. Its requests are counted too: none is right. */
  otherUrl: string;
  otherAsked: string[];
  close(): void;
}

const DOCUMENT = (url: string) => `openapi: 3.0.3
info: { title: Pet Shop, version: '1.0' }
servers: [{ url: '${url}/v1' }]
security: [{ key: [] }]
paths:
  /pets/{id}:
    get:
      operationId: getPet
      summary: Name and age of a pet
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
  /pets:
    post:
      operationId: addPet
      summary: Adds a pet
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } }
  /away:
    get: { operationId: goAway, summary: Sends on to another host, security: [] }
components:
  securitySchemes: { key: { type: http, scheme: bearer } }
  schemas:
    Pet: { type: object, required: [name], properties: { name: { type: string }, age: { type: integer } } }
`;

const listen = (server: Server) =>
  new Promise<string>((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    ),
  );

export async function petServer(key: string): Promise<PetServer> {
  const asked: string[] = [];
  const otherAsked: string[] = [];
  const other = createServer((request, response) => {
    otherAsked.push(request.url ?? '');
    response.setHeader('access-control-allow-origin', '*');
    response.end('stolen');
  });
  const otherUrl = await listen(other);
  let url = '';
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
    response.setHeader('access-control-allow-headers', 'authorization, content-type');
    response.setHeader('access-control-allow-methods', 'GET, POST');
    if (request.method === 'OPTIONS') return void response.end();
    const path = request.url ?? '';
    const sent = request.headers.authorization ?? '-';
    asked.push(`${request.method} ${path} ${sent}`);
    if (path === '/openapi.yaml') return void response.end(DOCUMENT(url));
    if (path === '/v1/away') return void response.writeHead(302, { location: `${otherUrl}/?${sent}` }).end();
    if (sent !== `Bearer ${key}`) return void response.writeHead(401).end('no key');
    response.setHeader('content-type', 'application/json');
    // An API that repeats the key, as error pages do.
    response.end(JSON.stringify({ name: 'Tom', age: 4, path, youSent: sent }));
  });
  url = await listen(server);
  return {
    ...{ url, asked, otherUrl, otherAsked },
    close: () => [server, other].forEach((one) => (one.closeAllConnections(), one.close())),
  };
}
