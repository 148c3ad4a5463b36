// A server without CORS headers: pages of other origins cannot read its answers.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ClosedServer {
  url: string;
  /** Requests that carried a key. */
  withKey: number;
  close(): void;
}

export async function serverWithoutCors(): Promise<ClosedServer> {
  const server = createServer((request, response) => {
    closed.withKey += Number(request.headers.authorization !== undefined);
    response.setHeader('content-type', 'application/json');
    response.end('{"data":[{"id":"glm-4"}]}');
  });
  const closed: ClosedServer = {
    url: '',
    withKey: 0,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closed.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return closed;
}
