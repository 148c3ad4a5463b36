// The tools that come with the app.
import { fetchPart } from '../shared/missingPart';
import { PYTHON_SPEC } from './python/spec';
import type { ToolEntry } from './registry';

export const builtInTools = (): ToolEntry[] => [
  {
    spec: PYTHON_SPEC,
    reach: 'caged',
    kind: 'built-in',
    usual: 'always', // the cage holds it, not the question: src/tools/README.md
    load: async () => (await fetchPart(() => import('./python'))).pythonTool(),
  },
];
