// The parts of a chat as its prompt tells them apart: what the model wrote in one go, and what tools returned.
import type { CallPart, ImagePart, Observation, Part, ResultPart } from '../protocol/chat';
import { AppError } from '../shared/errors';

/** Parts that the model wrote in one go, or that tools returned. */
export type Run = Part[];

/** What GLM-4's own tools put into the header of their observations. */
const OBSERVED: Record<string, string> = { cogview: 'cogview_result', simple_browser: 'browser_result' };
/** An empty message vanishes in GLM-4's template, and the model would see two answers in a row. */
const NO_OUTPUT = '(no output)';

export const isResult = (part: Part | undefined): part is ResultPart => part?.type === 'result';

/** An assistant's turn in runs: results between what the model wrote. */
export function splitRuns(parts: readonly Part[]): Run[] {
  const runs: Run[] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    if (last && isResult(last[0]) === isResult(part)) last.push(part);
    else runs.push([part]);
  }
  return runs;
}

/** What stands in the header of an observation: one of GLM-4's own tools says what it is. */
export function resultHeader({ failed }: ResultPart, call: CallPart | undefined): string {
  const own = call && OBSERVED[call.tool];
  return own ? (failed ? 'system_error' : own) : '';
}

/** What the model reads of a result. */
export function observationOf({ observation, parts }: ResultPart): string {
  const shown = parts.filter(({ type }) => type === 'text' || type === 'citation');
  return (observation ?? shown.map(plainText).join('')) || NO_OUTPUT;
}

/**
 * The observations of a result: one, or several where a tool of GLM-4's own returned several texts.
 * @param functions GLM-4's own tools that this prompt describes as functions, whose results are one text each
 */
export function observationsOf(
  result: ResultPart,
  call: CallPart | undefined,
  functions: ReadonlySet<string>,
): Observation[] {
  const { observations } = result;
  if (observations && observations.length > 0 && call && !functions.has(call.tool)) return observations;
  return [{ header: resultHeader(result, call), text: observationOf(result) }];
}

/** What a model that reads text alone gets of a part. @throws AppError text-only */
export function plainText(part: Part): string {
  if (part.type === 'text') return part.text;
  if (part.type === 'citation') return `【${part.source}†source】`;
  const why = `The model reads text, and the chat holds a part of type "${part.type}". Leave it out, or choose another model.`;
  throw new AppError('text-only', why, { part: part.type });
}

/**
 * The parts of a message as a model with eyes reads them: texts side by side are one.
 * @throws AppError text-only for other parts, and for pictures unless the model sees
 */
export function textsAndPictures(parts: readonly Part[], sees: boolean): (string | ImagePart)[] {
  const pieces: (string | ImagePart)[] = [];
  for (const part of parts) {
    if (part.type === 'image' && sees) pieces.push(part);
    else if (typeof pieces.at(-1) === 'string') pieces.push(`${pieces.pop() as string}${plainText(part)}`);
    else pieces.push(plainText(part));
  }
  return pieces;
}
