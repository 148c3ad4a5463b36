// Random texts of a grammar.
import type { Expression, Grammar } from '../../grammar/rules';
import type { Random } from '../random';

/** Writes texts of one grammar. */
export class GrammarWriter {
  /** Nesting that the shortest text of a rule needs. */
  private readonly heights = new Map<string, number>();

  constructor(private readonly grammar: Grammar) {
    for (let changed = true; changed;) {
      changed = false;
      for (const [name, body] of grammar.rules) {
        const height = this.height(body) + 1;
        if (height < (this.heights.get(name) ?? Infinity)) {
          this.heights.set(name, height);
          changed = true;
        }
      }
    }
  }

  private height(expression: Expression): number {
    switch (expression.kind) {
      case 'sequence':
        return Math.max(0, ...expression.parts.map((part) => this.height(part)));
      case 'choice':
        return Math.min(Infinity, ...expression.options.map((option) => this.height(option)));
      case 'repeat':
        return expression.min === 0 ? 0 : this.height(expression.body);
      case 'rule':
        return this.heights.get(expression.name) ?? Infinity;
      default:
        return 0;
    }
  }

  /** A random text. Choices are uniform; beyond a depth the shortest one is taken, so that every text ends. */
  write(random: Random): string {
    const out: string[] = [];
    const write = (expression: Expression, depth: number): void => {
      switch (expression.kind) {
        case 'text':
          out.push(expression.text);
          return;
        case 'chars': {
          const [first, last] = expression.ranges[random.int(expression.ranges.length)];
          out.push(String.fromCodePoint(first + random.int(last - first + 1)));
          return;
        }
        case 'sequence':
          for (const part of expression.parts) write(part, depth);
          return;
        case 'choice': {
          const heights = expression.options.map((option) => this.height(option));
          const least = Math.min(...heights);
          const fitting = expression.options.filter(
            (_, i) => heights[i] <= (depth > 12 ? least : Infinity) && heights[i] < Infinity,
          );
          write(fitting[random.int(fitting.length)], depth + 1);
          return;
        }
        case 'repeat': {
          const { min, max = min + 4, body } = expression;
          const times = depth > 12 ? min : min + random.int(Math.min(max - min, 4) + 1);
          for (let n = 0; n < times; n++) write(body, depth + 1);
          return;
        }
        case 'rule':
          write(this.grammar.rules.get(expression.name) as Expression, depth + 1);
      }
    };
    write(this.grammar.root, 0);
    return out.join('');
  }
}
