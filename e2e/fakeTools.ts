// Tools of the fake engine's build: one in the cage, one that sends, one that this browser lacks. Nothing is run or sent.
import { readBrowserSettings } from '../src/tools/browser/settings';
import { builtInTools } from '../src/tools/builtIn';
import { ToolRegistry, type ToolEntry } from '../src/tools/registry';
import type { ToolOutcome } from '../src/tools/tool';

const said = (observation: string, failed = false): ToolOutcome => ({
  ...{ parts: [{ type: 'text', text: observation }], observation },
  ...(failed && { failed }),
});

/** `python` answers with what follows `print`; anything else fails. */
function runPython(code: string): ToolOutcome {
  const printed = /print\((.*)\)/.exec(code)?.[1];
  if (printed) return said(printed.replaceAll(/^['"]|['"]$/g, ''));
  return said(
    'Traceback (most recent call last):\n  File "<cell>", line 1\nNameError: nothing is printed',
    true,
  );
}

const ENTRIES: ToolEntry[] = [
  {
    spec: { type: 'python', name: 'python', description: 'Runs Python code.' },
    ...{ reach: 'caged', kind: 'built-in', usual: 'ask' },
    load: async () => ({
      spec: ENTRIES[0].spec,
      reach: 'caged',
      run: async (code) => runPython(code),
    }),
  },
  {
    spec: {
      ...{ type: 'function', name: 'send_note', description: 'Sends a short note to an address.' },
      parameters: { type: 'object', properties: { to: { type: 'string' }, text: { type: 'string' } } },
    },
    ...{ reach: 'sends', kind: 'built-in', usual: 'ask' },
    load: async () => ({
      spec: ENTRIES[1].spec,
      reach: 'sends',
      run: async () => said('Sent.'),
    }),
  },
];

/** `?browser`: also the app's own browser, with the settings of the page. */
export function fakeTools(query: URLSearchParams): ToolRegistry {
  if (!query.has('browser')) return new ToolRegistry(ENTRIES);
  const settings = () => {
    const stored = JSON.parse(localStorage.getItem('glm-preferences') ?? '{}') as { browser?: unknown };
    return readBrowserSettings(stored.browser);
  };
  const browser = builtInTools({ browser: settings }).filter(({ spec }) => spec.type === 'simple_browser');
  return new ToolRegistry([...ENTRIES, ...browser]);
}
