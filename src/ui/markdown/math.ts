// KaTeX, loaded with the first formula. The page's policy forbids style attributes in markup but allows the style
// property, so formulas are built as elements. Two rare commands of KaTeX use the attribute; it is removed.
import katex, { type KatexOptions } from 'katex';
import 'katex/dist/katex.min.css';

/** A node of KaTeX's output before it becomes an element. */
interface VirtualNode {
  attributes?: Record<string, string>;
  children?: VirtualNode[];
  toNode(): Node;
}
const { __renderToDomTree: renderToTree } = katex as unknown as {
  __renderToDomTree: (tex: string, options: KatexOptions) => VirtualNode;
};

function withoutStyleAttributes(node: VirtualNode): void {
  if (node.attributes) delete node.attributes.style;
  for (const child of node.children ?? []) withoutStyleAttributes(child);
}

const MAX_TEX = 8000;

/** The formula as an element, with MathML for screen readers; null if KaTeX cannot parse it. */
export function renderFormula(tex: string, display: boolean): Node | null {
  if (tex.length > MAX_TEX) return null;
  try {
    const options = {
      displayMode: display,
      throwOnError: true,
      trust: false,
      strict: 'ignore',
      maxSize: 20,
      maxExpand: 300,
    };
    const tree = renderToTree(tex, options as KatexOptions);
    withoutStyleAttributes(tree);
    return tree.toNode();
  } catch {
    return null;
  }
}
