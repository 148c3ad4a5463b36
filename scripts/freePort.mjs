// A port that no program listens on.
import { createServer } from 'node:net';

/** @returns {Promise<string>} the port's number, as environment variables hold it */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });
}
