// Whether a form of answers can be used, before an answer is asked for in it.
import { answerGrammar } from '../grammar/answerGrammar';
import type { AnswerFormat } from '../protocol/chat';
import { AppError } from '../shared/errors';

/** A rule that an EBNF grammar starts with. */
const ROOT = /^\s*root\s*::=/m;

/**
 * @returns restrictions of a schema that are checked only when the answer is whole, as JSON pointers
 * @throws AppError bad-schema for a form that cannot be used. The rules of an EBNF grammar are read only with the answer.
 */
export function checkFormat(format: AnswerFormat): string[] {
  if (format.kind === 'ebnf' && !ROOT.test(format.grammar)) {
    const why = 'the grammar has no rule named root';
    throw new AppError('bad-schema', `This form cannot be used: ${why}.`, { where: '', why });
  }
  return answerGrammar(format, false).checkedAfterwards;
}
