// What a model is told of the browser, known before its code is loaded. GLM-4's own template describes it in its own words.
import type { ToolSpec } from '../../protocol/chat';

export const BROWSER_SPEC: ToolSpec = {
  type: 'simple_browser',
  name: 'simple_browser',
  description:
    'Searches and opens pages. One call a line: search("query") or msearch(["query", "query"]) lists results; ' +
    'mclick([0, 2]) opens results by their numbers; open_url("https://…") opens an address. ' +
    'Cite what you use as 【n†source】, with the number of the page.',
};
