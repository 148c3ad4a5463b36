// Serves the page with the engine (scripts/cli/cliPage.html) on a fixed origin, because IndexedDB belongs to an origin.
import { createServer } from 'vite';

export async function servePage(port: number): Promise<{ url: string; close: () => Promise<void> }> {
  const vite = await createServer({
    logLevel: 'error',
    server: { port, strictPort: true, host: '127.0.0.1', hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  await vite.listen();
  return { url: `http://127.0.0.1:${port}/scripts/cli/cliPage.html`, close: () => vite.close() };
}
