// Page translation puts every text node into <font> elements, or a translated copy in its place.
// Symptom: React, which keeps its text nodes, then throws NotFoundError from removeChild and insertBefore and empties
// the page, or writes new words into a text node that is no longer shown.
// Chrome and Edge (all versions), translation extensions: https://github.com/facebook/react/issues/11538
// May be deleted when React survives moved text nodes.

const isFont = (node: Node | null): node is HTMLElement => node?.nodeName === 'FONT';

/** The <font> elements that stand in the place of text nodes which are no longer in the document. */
const copies = new WeakMap<Node, HTMLElement>();

/** What stands for a node among the children of `parent`: itself, the <font> around it, or the one in its place. */
function standIn(node: Node, parent: Node): Node | null {
  let outer: Node = node;
  while (outer.parentNode !== parent && isFont(outer.parentNode)) outer = outer.parentNode;
  if (outer.parentNode === parent) return outer;
  const copy = copies.get(node);
  return copy?.parentNode === parent ? copy : null;
}

/**
 * Keeps React working below `root` while the page is translated: its changes reach the <font> elements, and a text
 * that changes is shown again as it was written, until it is translated anew.
 * @returns a function that ends it
 */
export function surviveTranslation(root: Node): () => void {
  const { removeChild, insertBefore } = Node.prototype;

  Node.prototype.removeChild = function <T extends Node>(this: Node, child: T): T {
    if (child.parentNode === this || !root.contains(this)) return removeChild.call(this, child) as T;
    const shown = standIn(child, this);
    if (shown) removeChild.call(this, shown);
    return child;
  };
  Node.prototype.insertBefore = function <T extends Node>(this: Node, node: T, before: Node | null): T {
    const copy = copies.get(node);
    if (copy?.parentNode === this) copy.remove(); // the text comes back itself
    const moved = before !== null && before.parentNode !== this && root.contains(this);
    const place = moved ? standIn(before, this) : before;
    return insertBefore.call(this, node, place) as T;
  };

  /** Watches text nodes that a copy stands for: React writes into them, and nothing else would show it. */
  const texts = new MutationObserver((records) => {
    for (const { target } of records) {
      const copy = copies.get(target);
      if (copy?.isConnected && !target.parentNode) copy.replaceWith(target);
    }
  });
  const tree = new MutationObserver((records) => {
    const added = new Set(records.flatMap(({ addedNodes }) => [...addedNodes].filter(isFont)));
    if (added.size === 0) return;
    for (const { removedNodes, addedNodes, previousSibling, nextSibling } of records) {
      const copy = [...addedNodes, previousSibling, nextSibling].find(
        (node): node is HTMLElement => isFont(node) && added.has(node),
      );
      for (const node of removedNodes) {
        if (!copy || node.nodeType !== Node.TEXT_NODE || node.parentNode) continue;
        copies.set(node, copy);
        texts.observe(node, { characterData: true });
      }
    }
  });
  tree.observe(root, { childList: true, subtree: true });

  return () => {
    tree.disconnect();
    texts.disconnect();
    Object.assign(Node.prototype, { removeChild, insertBefore });
  };
}
