// The raw logits after a prompt, for tests and tools.
import type { LogitsResult } from '../../protocol/bench';
import type { EngineCalls } from '../../protocol/calls';
import { AppError } from '../../shared/errors';
import { GREEDY_SAMPLING } from '../../shared/sampling';
import type { Session } from '../decode/session';

const GREEDY = { ...GREEDY_SAMPLING, seed: 0 };
const TOP = 20;

export type InspectArgs = EngineCalls['logits']['args'] & {
  session: Session;
  vocabSize: number;
  signal: AbortSignal;
};

/** Raw logits after the last id, and the greedy continuation. @throws AppError bad-request, context-full */
export async function inspectLogits(args: InspectArgs): Promise<LogitsResult> {
  const { session, vocabSize, signal, ids, greedy = 0, all } = args;
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (wrong !== undefined) {
    const message = `Token id ${wrong} is outside the vocabulary of ${vocabSize}.`;
    throw new AppError('bad-request', message, { field: 'ids', why: String(wrong) });
  }
  await session.prefill(ids, { signal });
  const logits = await session.logits();
  const order = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
  const peak = logits[order[0]];
  const logSumExp = peak + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - peak), 0));
  const chosen: number[] = [];
  if (greedy > 0) {
    for await (const id of session.decode(GREEDY)) {
      chosen.push(id);
      if (chosen.length >= greedy) break;
    }
  }
  const top = order.slice(0, TOP).map((id): [number, number] => [id, logits[id]]);
  return { top, logSumExp, greedy: chosen, all: all ? logits : undefined };
}
