// How the fake engine counts, cuts and writes turns.
import type { GenerateEvent, GenerateRequest, Turn } from '../src/protocol/chat';
import { textOf } from '../src/shared/parts';

/** Counted once per turn: a search for what fits counts the same turns again and again. */
const turnTokens = new WeakMap<Turn, number>();
function tokensOf(turn: Turn): number {
  const pictures = turn.parts.filter(({ type }) => type === 'image') as { width?: number; height?: number }[];
  const seen = pictures.reduce(
    (sum, { width = 28, height = 28 }) => sum + Math.ceil((width * height) / 784),
    0,
  );
  const tokens = turnTokens.get(turn) ?? Math.ceil(textOf(turn.parts).length / 3) + Math.min(1024, seen);
  turnTokens.set(turn, tokens);
  return tokens;
}
export const countTokens = (messages: Turn[]): number =>
  12 + messages.reduce((sum, turn) => sum + tokensOf(turn), 0);

/** Token-like pieces: short words, single Chinese characters. */
export const pieces = (text: string) => text.match(/[\u4e00-\u9fff]|\s*[^\s\u4e00-\u9fff]{1,6}|\s+/g) ?? [];

/** Twin of src/runtime/prompt/contextPolicy.ts: keeps system messages and the last turn. */
export function fitted({ messages, contextPolicy = 'drop-oldest' }: GenerateRequest, contextTokens: number) {
  const system = messages.filter(({ role }) => role === 'system');
  const turns: Turn[][] = [];
  for (const message of messages.filter(({ role }) => role !== 'system')) {
    if (message.role === 'user') turns.push([]);
    turns.at(-1)?.push(message);
  }
  const without = (count: number) => [...system, ...turns.slice(count).flat()];
  let dropTurns = 0;
  while (dropTurns < turns.length - 1 && countTokens(without(dropTurns)) > contextTokens * 0.75) dropTurns++;
  const promptTokens = countTokens(messages);
  const isTooLong = dropTurns > 0 && promptTokens > contextTokens * 0.75;
  if (isTooLong && contextPolicy !== 'drop-oldest') {
    return { messages, droppedTurns: 0, overflow: { promptTokens, contextTokens, dropTurns } };
  }
  return { messages: without(dropTurns), droppedTurns: dropTurns };
}

/** Three alternatives; their probabilities depend on the token. */
export function logprobsOf(text: string, count: number): Extract<GenerateEvent, { kind: 'logprobs' }> {
  const shares = [
    [0.97, 0.02, 0.005],
    [0.71, 0.2, 0.05],
    [0.42, 0.33, 0.2],
    [0.06, 0.55, 0.3],
  ][(count * 7) % 4];
  const texts = [text, ' the', ' a'];
  const top = shares.map((share, i) => ({
    ...{ id: i === 0 ? count + 10 : i, text: texts[i] },
    logprob: Math.log(share),
  }));
  const logprob = top[0].logprob;
  return { kind: 'logprobs', id: count + 10, text, logprob, top: top.sort((a, b) => b.logprob - a.logprob) };
}
