// An answer in a given form: JSON of a schema, a pattern, one of some texts, a grammar.
import type { AnswerFormat, GenerateSummary } from '../../protocol/chat';
import { AppError } from '../../shared/errors';
import type { LoadedModel } from '../loadedModel';
import { NO_PENALTIES } from './constraint';
import { generateAnswer, type GenerateArgs } from './generate';
import { fetchPart } from '../../shared/missingPart';

/**
 * Answers within the format; with a schema, the finished text is also validated.
 * @throws AppError bad-schema for a format that cannot be used; bad-request for an answer that is to be continued
 */
export async function formattedAnswer(
  answer: GenerateArgs & Pick<LoadedModel, 'grammars'>,
  format: AnswerFormat,
): Promise<GenerateSummary> {
  const { request, onEvent } = answer;
  if (request.continue) {
    const why = 'an answer that is continued cannot have one';
    throw new AppError('bad-request', `format: ${why}`, { field: 'format', why });
  }
  const constraint = await (await answer.grammars()).constraint(format, request.resume?.ids);
  let text = '';
  try {
    const summary = await generateAnswer({
      ...answer,
      request: { ...request, sampling: { ...request.sampling, ...NO_PENALTIES } },
      onEvent: (event) => {
        if (event.kind === 'part-delta') text += event.text;
        onEvent(event);
      },
      constraint,
    });
    if (format.kind !== 'schema') return summary;
    const { faultsOfText } = await fetchPart(() => import('../../grammar/validate'));
    return { ...summary, formatFaults: faultsOfText(text, format.schema) };
  } finally {
    constraint.end();
  }
}
