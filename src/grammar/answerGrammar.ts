// The forms that an answer can be asked for, as EBNF.
import type { AnswerFormat } from '../protocol/chat';
import { bytesToEnd, costOf } from './cost';
import { schemaGrammar } from './jsonSchema';
import { chars, choice, ebnf, text, type Grammar } from './rules';
import { regexExpression } from './regex';
import { badSchema } from './schema';

/** A grammar's text, and what it leaves to a validator. */
export interface AnswerGrammar {
  ebnf: string;
  /** Its start rule. */
  start: string;
  /** Restrictions of a schema that no grammar expresses, as JSON pointers. */
  checkedAfterwards: string[];
  /** Bytes that an unfinished JSON text needs at most to become whole. */
  bytesToEnd?: number;
}

/**
 * @param lineFeedFirst the answer starts with a line feed that ends an empty header, as after GLM-4's `<|assistant|>`
 * @throws AppError bad-schema for a schema, pattern or grammar that cannot be used
 */
export function answerGrammar(format: AnswerFormat, lineFeedFirst: boolean): AnswerGrammar {
  const { rules, checkedAfterwards = [], bytesToEnd } = rulesOf(format);
  if (!lineFeedFirst) return { ebnf: rules, start: 'root', checkedAfterwards, bytesToEnd };
  return {
    ebnf: `answer_after_line_feed ::= "\\n" root\n${rules}`,
    start: 'answer_after_line_feed',
    checkedAfterwards,
    bytesToEnd,
  };
}

/** Places that may be judged for one token of the vocabulary: about 0.1 s on a slow machine. */
const MOST_JUDGED = 400_000;

/** The grammar of a call's arguments. Where an exact one takes long to prepare for this vocabulary, a quick one. */
export function argsGrammar(schema: unknown, vocabSize: number): AnswerGrammar {
  const exact = schemaGrammar(schema);
  const isSlow = costOf(exact.grammar) * vocabSize > MOST_JUDGED;
  const { grammar, checkedAfterwards } = isSlow ? schemaGrammar(schema, { quick: true }) : exact;
  return { ebnf: ebnf(grammar), start: 'root', checkedAfterwards };
}

function rulesOf(
  format: AnswerFormat,
): { rules: string } & Partial<Pick<AnswerGrammar, 'checkedAfterwards' | 'bytesToEnd'>> {
  const alone = (root: Grammar['root']) => ({ rules: ebnf({ root, rules: new Map() }) });
  switch (format.kind) {
    case 'schema': {
      const { grammar, checkedAfterwards } = schemaGrammar(format.schema);
      return { rules: ebnf(grammar), checkedAfterwards, bytesToEnd: bytesToEnd(grammar) };
    }
    case 'regex': {
      const root = regexExpression(`^(?:${format.pattern})$`, (ranges) => chars(...ranges));
      if (!root) throw badSchema('', `the pattern ${format.pattern} is not supported`);
      return alone(root);
    }
    case 'choice':
      if (format.options.length === 0) throw badSchema('', 'no options');
      return alone(choice(...format.options.map(text)));
    case 'ebnf':
      return { rules: format.grammar };
  }
}
