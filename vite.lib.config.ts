// The engine as a library for other programs: dist-lib/glm.js, its worker beside it, its types. docs/embedding.md
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';
import { shaderText } from './scripts/build/shaderText.ts';

/** Types lie where tsc put them (tsconfig.lib.json); this is their front door. */
const types: Plugin = {
  name: 'types beside the library',
  generateBundle() {
    const source = "export * from './types/sdk/index';\n";
    this.emitFile({ type: 'asset', fileName: 'glm.d.ts', source });
  },
};

export default defineConfig({
  base: './', // the worker is found beside the library, wherever that lies
  plugins: [types],
  worker: { format: 'es', plugins: () => [shaderText()] },
  build: {
    target: 'es2022',
    outDir: 'dist-lib',
    copyPublicDir: false,
    modulePreload: false,
    sourcemap: true,
    rolldownOptions: {
      input: { glm: 'src/sdk/index.ts' },
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: '[name].js' },
    },
  },
});
