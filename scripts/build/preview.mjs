// Serves a build: node scripts/build/preview.mjs [--port 4173] [--outDir dist]. Unlike `vite preview` from 8.4 on, it takes no
// lock on the project: a running app and several tests may each serve a build of the same checkout.
import { parseArgs } from 'node:util';
import { preview } from 'vite';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '4173' }, outDir: { type: 'string', default: 'dist' } },
});
const server = await preview({
  build: { outDir: values.outDir },
  preview: { port: Number(values.port), strictPort: true },
});
server.printUrls();
