// Finds a free port.
import { createServer } from 'node:net';

/** @returns {Promise<string>} the port number, as a string for environment variables */
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
