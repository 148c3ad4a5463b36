// Runs a TypeScript program of this folder in Node: node scripts/run.mjs scripts/cli/glm.ts [arguments]
// Vite's own module runner, because the engine's modules import WGSL as text (`?raw`) and expand `import.meta.glob`.
import path from 'node:path';
import { createServer, createServerModuleRunner } from 'vite';

const [program, ...args] = process.argv.slice(2);
if (!program) {
  process.stderr.write('usage: node scripts/run.mjs PROGRAM.ts [arguments]\n');
  process.exit(1);
}
const file = path.resolve(program);
process.argv = [process.argv[0], file, ...args];

const server = await createServer({
  root: path.join(import.meta.dirname, '..'),
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
});
const runner = createServerModuleRunner(server.environments.ssr, { hmr: false });
await runner.import(file);
await server.close(); // else a program without process.exit() never ends
