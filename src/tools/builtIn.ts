// The tools that come with the app.
import { fetchPart } from '../shared/missingPart';
import { DEFAULT_BROWSER, type BrowserSettings } from './browser/settings';
import { BROWSER_SPEC } from './browser/spec';
import { PYTHON_SPEC } from './python/spec';
import type { ToolEntry } from './registry';

export interface BuiltInOptions {
  /** Where the browser searches, at the time of a call. */
  browser?: () => BrowserSettings;
}

export const builtInTools = ({ browser = () => DEFAULT_BROWSER }: BuiltInOptions = {}): ToolEntry[] => {
  const loadBrowser = () => fetchPart(() => import('./browser'));
  return [
    {
      spec: PYTHON_SPEC,
      reach: 'caged',
      kind: 'built-in',
      usual: 'always', // the cage holds it, not the question: src/tools/README.md
      load: async () => (await fetchPart(() => import('./python'))).pythonTool(),
    },
    {
      spec: BROWSER_SPEC,
      reach: 'sends',
      kind: 'built-in',
      usual: 'ask',
      byChoice: true,
      reachOf: async (args, chat) => (await loadBrowser()).reachOf(args, chat, browser()),
      load: async () => (await loadBrowser()).browserTool(browser),
    },
  ];
};
