// Vite plugin: Python in `dist/python`. A build without pip or PyPI succeeds too: its manifest says which packages are
// not built in, and the app offers to download them when code needs them.
import { copyFileSync, createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { fetchPackages, pythonBuild } from './files.ts';

const MANIFEST = 'python/manifest.json';

/** `GLM_PYTHON_PACKAGES=none` builds without asking PyPI. */
export function python(): Plugin {
  let outDir = 'dist';
  let isForTests = false;
  return {
    name: 'python',
    configResolved(config) {
      outDir = config.build.outDir;
      isForTests = config.mode === 'test-fake';
    },
    async writeBundle() {
      const asks = !isForTests && process.env.GLM_PYTHON_PACKAGES !== 'none';
      const why = asks ? await fetchPackages() : undefined;
      const { manifest, paths, missing } = pythonBuild();
      if (missing.length > 0)
        this.info(
          `Python: ${missing.length} files of packages are not built in; the app offers to download them.\n${why ?? ''}`,
        );
      const folder = join(outDir, 'python', manifest.version);
      mkdirSync(folder, { recursive: true });
      for (const [name, path] of paths) copyFileSync(path, join(folder, name));
      writeFileSync(join(outDir, MANIFEST), JSON.stringify(manifest));
    },
    configureServer(server) {
      const { manifest, paths } = pythonBuild();
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '').split('?')[0].slice(1);
        if (path === MANIFEST) {
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify(manifest));
          return;
        }
        const [, name] = path.split(`python/${manifest.version}/`);
        const file = path.startsWith('python/') ? paths.get(name) : undefined;
        if (!file) return next();
        response.setHeader('content-type', 'application/octet-stream');
        createReadStream(file).pipe(response);
      });
    },
  };
}
