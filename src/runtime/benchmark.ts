// Times the engine on random tokens: what reads back is checked to be a token before it counts.
import type { BenchResult, EngineCalls } from '../protocol/engine';
import { AppError } from '../shared/errors';
import type { Session } from './session';

export interface BenchmarkArgs extends Required<
  Pick<EngineCalls['bench']['args'], 'promptTokens' | 'decode' | 'repeat'>
> {
  session: Session;
  vocabSize: number;
  signal: AbortSignal;
}

/** Per repeat: ms of a whole prefill from an empty cache, and mean ms per decoded token after it. */
export async function benchmark(args: BenchmarkArgs): Promise<Pick<BenchResult, 'prefill' | 'decode'>> {
  const { session, vocabSize, promptTokens, decode, repeat, signal } = args;
  if (promptTokens < 1 || promptTokens + decode > session.contextTokens) {
    throw new AppError(
      'context-full',
      `${promptTokens} prompt and ${decode} decoded tokens do not fit the context of ${session.contextTokens}.`,
      { promptTokens: promptTokens + decode, contextTokens: session.contextTokens },
    );
  }
  const prefillMs: number[] = [];
  const msPerToken: number[] = [];
  for (let round = 0; round < repeat; round++) {
    const ids = Array.from({ length: promptTokens }, () => Math.floor(Math.random() * vocabSize));
    session.truncate(0);
    prefillMs.push((await session.prefill(ids, { signal })).ms);
    if (decode < 1) continue;
    let tokens = 0;
    let started = performance.now();
    for await (const id of session.decode({
      temperature: 0,
      topP: 1,
      topK: 0,
      minP: 0,
      repetitionPenalty: 1,
      seed: 0,
    })) {
      signal.throwIfAborted();
      if (id >= vocabSize) throw new AppError('bug', `Decoded id ${id} is outside the vocabulary`);
      if (tokens++ === 0) started = performance.now(); // the first token came with the prefill's logits
      if (tokens > decode) break;
    }
    msPerToken.push((performance.now() - started) / (tokens - 1));
  }
  return { prefill: { tokens: promptTokens, ms: prefillMs }, decode: { msPerToken } };
}
