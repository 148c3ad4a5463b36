// What is kept of how an answer was made, and why it was slow if it was.
import type { ServerChoice } from '../../servers/serverClient';
import type { ContextPolicy, GenerateSummary, SamplingParams } from '../../protocol/chat';
import type { AnswerConditions, ChatsPorts } from '../ports';
import { slowReasons, type Surroundings, type Timing } from './slowness';
import type { AnswerRecord, ChatRow, SlowReason } from './types';

export const hostOf = ({ baseUrl }: Pick<ServerChoice, 'baseUrl'>): string => new URL(baseUrl).host;

/** How the next answer of a chat is made. @param contextPolicy for this once, instead of the chat's */
export function recordFor(
  { answering, model }: ChatsPorts,
  { settings, systemPrompt }: ChatRow,
  contextPolicy?: ContextPolicy,
): AnswerRecord & { sampling: Omit<SamplingParams, 'seed'> } {
  const { maxTokens, contextPolicy: usual } = answering.settings(settings);
  const { id = '', name = '', origin = '', quantisation = '' } = model.info() ?? {};
  return {
    model: { id, name, origin },
    quantisation,
    sampling: answering.sampling(settings),
    maxTokens,
    contextPolicy: contextPolicy ?? usual,
    systemPrompt: systemPrompt.trim(),
  };
}

/** The same where a server answers: nothing that this computer would have added. */
export const recordOfServer = (made: AnswerRecord, { model, sampling }: ServerChoice): AnswerRecord => ({
  ...made,
  model: { id: model, name: model, origin: '' },
  quantisation: '',
  sampling,
});

/** Whether an answer that has ended was slow, and why. */
export async function findReasons(
  conditions: AnswerConditions,
  surroundings: Surroundings,
  facts: Timing & { summary: GenerateSummary },
): Promise<SlowReason[]> {
  const [onBattery, otherTab] = await Promise.all([
    surroundings.onBattery(),
    surroundings.otherTabHoldsModel(),
  ]);
  return slowReasons({
    ...facts,
    ...conditions,
    onBattery,
    otherTab,
    neededBytes: facts.summary.gpuBytes ?? conditions.gpuBytes,
  });
}
