import path from 'node:path';
import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

// The map: what each room may import besides shared/. `types` may be imported as types only.
const ROOMS = {
  ui: { values: ['store', 'catalogue'], types: ['protocol'] },
  store: {
    values: ['agent', 'agents', 'knowledge', 'network', 'servers', 'tools', 'catalogue', 'documents'],
    types: ['client', 'protocol', 'pwa'],
  },
  agent: { values: ['client', 'grammar', 'knowledge', 'network', 'servers', 'tools', 'protocol'] },
  servers: { types: ['client', 'protocol'] },
  network: { values: ['servers'], types: ['client', 'protocol'] },
  tools: { values: ['grammar', 'network', 'documents', 'servers'], types: ['protocol'] },
  client: { values: ['protocol'] },
  sdk: { values: ['client', 'protocol'] },
  protocol: {},
  worker: { values: ['protocol', 'runtime'] },
  runtime: {
    values: ['grammar', 'library', 'model', 'tokenizer', 'weights', 'gpu', 'catalogue'],
    types: ['protocol'],
  },
  library: { values: ['model', 'tokenizer', 'weights', 'catalogue'], types: ['gpu', 'protocol'] },
  model: { values: ['kernels', 'tokenizer', 'catalogue'], types: ['gpu', 'weights', 'protocol'] },
  tokenizer: { types: ['weights'] },
  grammar: { types: ['protocol'] },
  kernels: { values: ['gpu'] },
  weights: { types: ['gpu'] },
  catalogue: { types: ['protocol'] },
  gpu: {},
  documents: {},
  knowledge: { values: ['documents'] },
  agents: { values: ['documents', 'knowledge', 'tools'], types: ['protocol'] },
  pwa: {},
  shared: { types: ['protocol'] },
};

/** Fails on an import that the map does not allow. Resolves the path, so that folders inside a room may have any name. */
const roomsRule = {
  create(context) {
    const src = path.join(import.meta.dirname, 'src') + path.sep;
    const roomOf = (file) => (file.startsWith(src) ? file.slice(src.length).split(path.sep)[0] : undefined);
    const room = roomOf(context.filename);
    if (!ROOMS[room]) return {};
    const { values = [], types = [] } = ROOMS[room];
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string' || !specifier.startsWith('.')) return;
      const other = roomOf(path.resolve(path.dirname(context.filename), specifier));
      if (!other || other === room || other === 'shared' || values.includes(other)) return;
      if (other !== 'testing' && !ROOMS[other]) return;
      if (types.includes(other) && (node.importKind ?? node.exportKind) === 'type') return;
      const allowed = [...values, ...types.map((name) => `types of ${name}`), 'shared'].join(', ');
      context.report({ node, message: `src/${room} may import ${allowed}: see the map in README.md` });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

export default tseslint.config(
  {
    ignores: [
      'dist',
      'dist-lib',
      '.cache',
      'node_modules',
      '**/.venv',
      'scripts/oracle/node_modules',
      'test-results',
      'playwright-report',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-irregular-whitespace': 'off',
    },
  },
  {
    files: ['src/{ui,store}/**/*.{ts,tsx}', 'src/main.tsx'],
    plugins: { 'react-hooks': reactHooks },
    rules: reactHooks.configs.recommended.rules,
  },
  {
    files: ['**/*.{mjs,js}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
  {
    files: ['examples/**/*.js'],
    languageOptions: { globals: { document: 'readonly', window: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['public/boot.js'],
    languageOptions: {
      ecmaVersion: 2015,
      sourceType: 'script',
      globals: Object.fromEntries(
        'self document navigator history location fetch caches indexedDB Blob btoa addEventListener MutationObserver'
          .split(' ')
          .map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['public/signed-in.js'],
    languageOptions: {
      sourceType: 'script',
      globals: Object.fromEntries(
        'window location history setTimeout BroadcastChannel URLSearchParams'
          .split(' ')
          .map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    // Run in workers of public/sandbox.html, as text.
    files: ['src/tools/python/worker.js', 'e2e/escapeRoutes.js'],
    languageOptions: {
      globals: Object.fromEntries(
        (
          'self document navigator caches indexedDB localStorage cookieStore fetch importScripts postMessage performance ' +
          'Blob BroadcastChannel EventSource FontFace Response RTCPeerConnection SharedWorker TextDecoder TextEncoder URL ' +
          'WebAssembly WebSocket WebTransport Worker XMLHttpRequest loadPyodide setTimeout'
        )
          .split(' ')
          .map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['**/*.test.ts', '**/*.test.tsx'],
    plugins: { rooms: { rules: { map: roomsRule } } },
    rules: { 'rooms/map': 'error' },
  },
);
