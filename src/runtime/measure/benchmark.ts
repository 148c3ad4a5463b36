// Times one turn of the loaded model: the prompt, then greedy tokens. Tokens are checked before a time counts.
import type { BenchTurn, BenchTurnArgs } from '../../protocol/bench';
import { AppError } from '../../shared/errors';
import { GREEDY_SAMPLING } from '../../shared/sampling';
import type { Session } from '../decode/session';

export interface BenchmarkArgs extends BenchTurnArgs {
  session: Session;
  vocabSize: number;
  signal: AbortSignal;
}

const GREEDY = { ...GREEDY_SAMPLING, seed: 0 };

/** @throws AppError bad-request for ids outside the vocabulary, context-full when prompt and answer do not fit. */
export async function benchmarkTurn(args: BenchmarkArgs): Promise<BenchTurn> {
  const { session, vocabSize, ids, newTokens, fresh, signal } = args;
  check(args);
  if (fresh) session.truncate(0);
  const started = performance.now();
  const { reusedTokens } = await session.prefill(ids, { signal });
  const tokens: number[] = [];
  let firstTokenMs = 0;
  // without drafts: their acceptance depends on the text and not on the device
  for await (const id of session.decode(GREEDY, { speculation: false })) {
    signal.throwIfAborted();
    if (id >= vocabSize)
      throw new AppError('bug', `Decoded id ${id} is outside the vocabulary of ${vocabSize}`);
    tokens.push(id);
    if (tokens.length === 1) firstTokenMs = performance.now() - started;
    if (tokens.length >= newTokens) break;
  }
  const decodeMs = performance.now() - started - firstTokenMs;
  const msPerToken = newTokens > 1 ? decodeMs / (newTokens - 1) : null;
  return { firstTokenMs, msPerToken, reusedTokens, tokens };
}

function check({ session, vocabSize, ids, newTokens }: BenchmarkArgs): void {
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (wrong !== undefined || ids.length < 1 || newTokens < 1) {
    const why = wrong === undefined ? `${ids.length} ids, ${newTokens} new tokens` : `token id ${wrong}`;
    throw new AppError('bad-request', `A turn cannot be timed: ${why}.`, { field: 'ids', why });
  }
  const needed = ids.length + newTokens;
  if (needed > session.contextTokens) {
    throw new AppError(
      'context-full',
      `${ids.length} prompt and ${newTokens} decoded tokens do not fit the context of ${session.contextTokens}.`,
      { promptTokens: needed, contextTokens: session.contextTokens },
    );
  }
}
