import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

// The map: what each room may import besides shared/. `types` may be imported as types only.
const ROOMS = {
  ui: { values: ['store', 'catalogue'], types: ['protocol'] },
  store: { values: ['agent', 'catalogue', 'documents'], types: ['client', 'protocol', 'pwa'] },
  agent: { values: ['client', 'tools', 'protocol'] },
  tools: { types: ['protocol'] },
  client: { values: ['protocol'] },
  protocol: {},
  worker: { values: ['protocol', 'runtime'] },
  runtime: { values: ['model', 'tokenizer', 'weights', 'gpu', 'catalogue'], types: ['protocol'] },
  model: { values: ['kernels', 'tokenizer', 'catalogue'], types: ['gpu', 'weights', 'protocol'] },
  tokenizer: { types: ['weights'] },
  kernels: { values: ['gpu'] },
  weights: { types: ['gpu'] },
  catalogue: { types: ['protocol'] },
  gpu: {},
  documents: {},
  pwa: {},
  shared: {},
};

const roomRules = Object.entries(ROOMS).map(([room, { values = [], types = [] }]) => {
  const forbidden = Object.keys(ROOMS).filter(
    (other) => other !== room && other !== 'shared' && !values.includes(other),
  );
  const pattern = (names, allowTypeImports) =>
    names.length
      ? [
          {
            group: names.map((name) => `**/${name}/**`),
            allowTypeImports,
            message: `src/${room} may import ${[...values, ...types.map((t) => `types of ${t}`), 'shared'].join(', ')}: see the map in README.md`,
          },
        ]
      : [];
  return {
    files: [`src/${room}/**/*.{ts,tsx}`],
    ignores: ['**/*.test.ts', '**/*.test.tsx'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            ...pattern(forbidden.filter((name) => !types.includes(name)), false),
            ...pattern(types, true),
            ...pattern(['testing'], false),
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ['dist', 'dist-lib', '.cache', 'node_modules', '**/.venv', 'scripts/oracle/node_modules', 'test-results', 'playwright-report'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-irregular-whitespace': 'off',
    },
  },
  { files: ['src/{ui,store}/**/*.{ts,tsx}', 'src/main.tsx'], plugins: { 'react-hooks': reactHooks }, rules: reactHooks.configs.recommended.rules },
  { files: ['**/*.{mjs,js}'], languageOptions: { globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', URL: 'readonly', setTimeout: 'readonly' } } },
  { files: ['examples/**/*.js'], languageOptions: { globals: { document: 'readonly', window: 'readonly', URL: 'readonly' } } },
  ...roomRules,
);
