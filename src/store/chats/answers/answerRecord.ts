// What is kept of how an answer was made, and why it was slow if it was.
import type { Author } from '../../../agent/answerer';
import type { ContextPolicy, GenerateSummary } from '../../../protocol/chat';
import type { AnswerConditions, ChatsPorts } from '../../ports';
import { slowReasons, type Surroundings, type Timing } from './slowness';
import type { AnswerRecord, ChatRow, SlowReason } from '../types';

/**
 * How the next answer of a chat is made.
 * @param author who answers; a server chooses for itself what was not sent to it
 * @param contextPolicy for this once, instead of the chat's
 * @param tools those that the model is told of
 */
export function recordFor(
  { settings: own, systemPrompt }: ChatRow,
  author: Author,
  answering: ChatsPorts['answering'],
  { contextPolicy, tools }: { contextPolicy?: ContextPolicy; tools?: string[] },
): AnswerRecord {
  const { maxTokens, contextPolicy: usual, pictureTokens, thinking } = answering.settings(own);
  return {
    model: author.model,
    quantisation: author.quantisation,
    sampling: author.sampling ?? answering.sampling(own),
    maxTokens,
    contextPolicy: contextPolicy ?? usual,
    systemPrompt: systemPrompt.trim(),
    ...(pictureTokens && { pictureTokens }),
    ...(tools && { tools }),
    ...(thinking && { thinking }),
  };
}

/** Why an answer that has ended was slow; empty when it was not. */
export async function findReasons(
  conditions: AnswerConditions,
  surroundings: Surroundings,
  facts: Timing & { summary: GenerateSummary },
): Promise<SlowReason[]> {
  const [onBattery, otherTab, predictedTokensPerSecond] = await Promise.all([
    surroundings.onBattery(),
    surroundings.otherTabHoldsModel(),
    conditions.predictedTokensPerSecond().catch(() => null), // a part of the page that cannot be fetched now
  ]);
  return slowReasons({
    ...facts,
    ...conditions,
    onBattery,
    otherTab,
    predictedTokensPerSecond,
    neededBytes: facts.summary.gpuBytes ?? conditions.gpuBytes,
  });
}
