// GLM's extensions of GitHub's Markdown, found in the parsed text: formulas, citations, line breaks in cells.
import type { Node, Parent, Text } from 'mdast';
import { cutLink } from './bareLinks';
import { MARK_END, MARK_START, type Formula } from './inline';

/** Formula marks; 【1†source】 and the range of LongCite; [^1]. */
const TOKENS = new RegExp(
  `${MARK_START}(\\d+)${MARK_END}|【\\s*(\\d{1,5})\\s*†([^】\\n]{0,200})】|\\[\\^([^\\]\\s]{1,64})\\]`,
  'g',
);
const BREAK_TAG = /^<br\s*\/?>$/i;
/** LongCite's tags around cited statements; removed. */
const STATEMENT_TAG = /^<\/?(?:statement|cite)>$/i;
/** Deepest tree that is walked, to bound the recursion. */
const MAX_DEPTH = 100;

/** A node that becomes a React element of this name: see TextBlock.tsx. */
const element = (name: string, properties: Record<string, string>): Node =>
  ({ type: 'glmToken', data: { hName: name, hProperties: properties, hChildren: [] } }) as Node;

function split(value: string, formulas: Formula[]): Node[] | null {
  if (value.search(TOKENS) < 0) return null;
  const nodes: Node[] = [];
  let from = 0;
  for (const match of value.matchAll(TOKENS)) {
    const [all, index, id, label, note] = match;
    if (match.index > from) nodes.push({ type: 'text', value: value.slice(from, match.index) } as Text);
    from = match.index + all.length;
    if (index !== undefined) {
      const formula = formulas[Number(index)];
      if (formula)
        nodes.push(element('glm-math', { tex: formula.tex, display: formula.display ? 'yes' : 'no' }));
    } else nodes.push(element('glm-source', { source: id ?? note, label: label ?? '' }));
  }
  if (from < value.length) nodes.push({ type: 'text', value: value.slice(from) } as Text);
  return nodes;
}

function walk(parent: Parent, formulas: Formula[], depth: number): void {
  if (depth > MAX_DEPTH) return void (parent.children = []);
  parent.children = parent.children.flatMap((child) => {
    if (child.type === 'text') return (split(child.value, formulas) ?? [child]) as Parent['children'];
    if (child.type === 'html' && BREAK_TAG.test(child.value)) return [{ type: 'break' }];
    if (child.type === 'html' && STATEMENT_TAG.test(child.value)) return [];
    if (child.type === 'link' && !child.position) return cutLink(child) as Parent['children'];
    if ('children' in child) walk(child as Parent, formulas, depth + 1);
    return [child];
  });
}

/** remark plugin: marks in text become elements. */
export function glmTokens(formulas: Formula[]) {
  return (tree: Node) => walk(tree as Parent, formulas, 0);
}
