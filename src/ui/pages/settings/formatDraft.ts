// A form of answers as text in a field, and back. Pure.
import type { AnswerFormat } from '../../../store';

export type FormatKind = AnswerFormat['kind'];
export const FORMAT_KINDS = ['schema', 'regex', 'choice', 'ebnf'] as const satisfies readonly FormatKind[];

const EXAMPLE_SCHEMA = {
  type: 'object',
  properties: { answer: { type: 'string' }, sure: { type: 'boolean' } },
  required: ['answer', 'sure'],
};

/** The form as its field shows it. */
export function textOfFormat(format: AnswerFormat): string {
  switch (format.kind) {
    case 'schema':
      return JSON.stringify(format.schema, null, 2);
    case 'regex':
      return format.pattern;
    case 'choice':
      return format.options.join('\n');
    case 'ebnf':
      return format.grammar;
  }
}

/** @throws SyntaxError for a schema that is no JSON */
export function formatOfText(kind: FormatKind, text: string): AnswerFormat {
  switch (kind) {
    case 'schema':
      return { kind, schema: JSON.parse(text) as unknown };
    case 'regex':
      return { kind, pattern: text };
    case 'choice':
      return {
        kind,
        options: text
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean),
      };
    case 'ebnf':
      return { kind, grammar: text };
  }
}

/** What a form begins with, so that its first answer already works. */
export function exampleOf(kind: FormatKind, [yes, no]: readonly [string, string]): AnswerFormat {
  switch (kind) {
    case 'schema':
      return { kind, schema: EXAMPLE_SCHEMA };
    case 'regex':
      return { kind, pattern: '[0-9]{4}-[0-9]{2}-[0-9]{2}' };
    case 'choice':
      return { kind, options: [yes, no] };
    case 'ebnf':
      return { kind, grammar: `root ::= "${yes}" | "${no}"` };
  }
}
