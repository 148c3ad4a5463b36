// A chat that outgrew its context: who has to go.
import { expect, test } from 'vitest';
import type { Part, Turn } from '../../protocol/chat';
import { textOf } from '../../shared/parts';
import { fitContext } from './contextPolicy';

/** Ten tokens a part. */
const encode = (messages: Turn[]) => {
  const ids = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => Array<number>(10).fill(Number(textOf([part])))),
  );
  return { ids, answerStart: ids.length };
};
const text = (n: number): Part => ({ type: 'text', text: String(n) });
const system: Turn = { role: 'system', parts: [text(99)] };
const turn = (n: number): Turn[] => [
  { role: 'user', parts: [text(n)] },
  { role: 'assistant', parts: [text(n)] },
];
const chat = (turns: number) => [system, ...Array.from({ length: turns }, (_, n) => turn(n)).flat()];
const common = {
  encode,
  contextTokens: 100,
  alreadyDropped: 0,
  maxTokens: 10,
  policy: 'drop-oldest' as const,
};

test('what fits stays whole', () => {
  expect(fitContext({ ...common, messages: chat(4) })).toEqual({ ...encode(chat(4)), droppedTurns: 0 });
});

test('the oldest turns go, down to three quarters; system messages stay', () => {
  const fit = fitContext({ ...common, messages: chat(6) });
  expect(fit.droppedTurns).toBe(3);
  expect([...new Set(fit.ids)]).toEqual([99, 3, 4, 5]);
});

test('turns that went stay away, so that the rest need not be read again', () => {
  const next = fitContext({ ...common, messages: chat(7), alreadyDropped: 3 });
  expect(next.droppedTurns).toBe(3);
  expect(fitContext({ ...common, messages: chat(8), alreadyDropped: 3 }).droppedTurns).toBe(5);
});

test('a tool call goes with its question', () => {
  const [question] = turn(1);
  const tools: Turn[] = [question, { role: 'assistant', parts: [text(1), text(1), text(1)] }];
  const fit = fitContext({ ...common, contextTokens: 60, messages: [system, ...tools, ...turn(2)] });
  expect(fit).toMatchObject({ droppedTurns: 1, ids: encode([system, ...turn(2)]).ids });
});

test.each(['ask', 'stop'] as const)('%s drops nothing and says what it would take', (policy) => {
  const overflow = { promptTokens: 130, contextTokens: 100, dropTurns: 2 };
  expect(fitContext({ ...common, policy, messages: chat(6) })).toMatchObject({ droppedTurns: 0, overflow });
  expect(fitContext({ ...common, policy, messages: chat(4) }).overflow).toBeUndefined();
});

test('the last turn stays, even where it alone is too long', () => {
  const fit = fitContext({ ...common, contextTokens: 15, messages: chat(3) });
  expect([...new Set(fit.ids)]).toEqual([99, 2]);
});
