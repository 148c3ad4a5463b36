// How long the masks of a grammar take to prepare: web-xgrammar judges every token of the vocabulary at every place where
// a counted repetition of many characters may stand.
import type { Expression, Grammar } from './rules';

/** Characters of a set above which most tokens have to be judged. */
const WIDE = 64;

/** Places at which most of the vocabulary is judged, roughly. */
export function costOf({ root, rules }: Grammar): number {
  const known = new Map<string, number>();
  const cost = (expression: Expression): number => {
    switch (expression.kind) {
      case 'text':
        return 0;
      case 'chars':
        return expression.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0) > WIDE ? 1 : 0.01;
      case 'sequence':
        return expression.parts.reduce((sum, part) => sum + cost(part), 0);
      case 'choice':
        return Math.max(0, ...expression.options.map(cost));
      case 'repeat': {
        const { body, min, max = 0 } = expression;
        const times = Math.max(min, max);
        return times <= 1 ? 0.1 * cost(body) : times * cost(body); // uncounted ones share their places
      }
      case 'rule':
        if (!known.has(expression.name)) {
          known.set(expression.name, 0); // while its body is visited
          known.set(expression.name, cost(rules.get(expression.name) as Expression));
        }
        return known.get(expression.name) as number;
    }
  };
  return cost(root);
}

/**
 * Bytes that an unfinished text needs at most to become whole, once nothing more is added than must be: each optional part
 * once, each repetition as often as it must.
 */
export function bytesToEnd({ root, rules }: Grammar): number {
  const known = new Map<string, number>();
  const bytes = (expression: Expression): number => {
    switch (expression.kind) {
      case 'text':
        return new TextEncoder().encode(expression.text).length;
      case 'chars':
        return 1;
      case 'sequence':
        return expression.parts.reduce((sum, part) => sum + bytes(part), 0);
      case 'choice':
        return Math.max(0, ...expression.options.map(bytes));
      case 'repeat':
        return Math.max(1, expression.min) * bytes(expression.body);
      case 'rule':
        if (!known.has(expression.name)) {
          known.set(expression.name, 0); // a recursion that need not be entered
          known.set(expression.name, bytes(rules.get(expression.name) as Expression));
        }
        return known.get(expression.name) as number;
    }
  };
  return bytes(root);
}
