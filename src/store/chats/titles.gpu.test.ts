// Titles by a real model, in the page's own worker: Nano, which the store does not know as such here, so that it writes
// them. What they say is not judged (Nano never learnt to); when they are written is.
import { afterAll, expect, test } from 'vitest';
import { createEngineClient } from '../../client/engineClient';
import type { GenerateEvent, GenerateSummary } from '../../protocol/chat';
import { addedText } from '../../testing/chat';
import { shownMessages } from './selectors';
import { sent, setUp } from '../scriptedStore';
import { cleanTitle } from './titles';
import { spokenText } from './partText';

const engine = createEngineClient(
  new Worker(new URL('../../worker/main.ts', import.meta.url), { type: 'module' }),
);
afterAll(() => engine.dispose());

interface Ran {
  isTitle: boolean;
  text: string;
  /** Missing until the engine was done with it. */
  summary?: GenerateSummary;
  /** Calls that had ended when this one began. */
  after: number;
}

test('a title is written when the page is left alone, and gives way to a question', async () => {
  const ran: Ran[] = [];
  let onTitle = (_event: GenerateEvent): void => undefined;
  const { store } = setUp({
    import: (args, options) => engine.call('import', args, options),
    load: (args, options) => engine.call('load', args, options),
    generate: async (args, options) => {
      const isTitle = sent(args).at(-1)?.[1].startsWith('Write a title') ?? false;
      const own: Ran = { isTitle, text: '', after: ran.filter(({ summary }) => summary).length };
      ran.push(own);
      const onEvent = (event: GenerateEvent) => {
        own.text += addedText(event);
        options.onEvent?.(event);
        if (isTitle) onTitle(event);
      };
      return (own.summary = await engine.call('generate', args, { ...options, onEvent }));
    },
  });
  const { getState } = store;
  const idle = () => new Promise((resolve) => setTimeout(resolve, 20));
  const ended = async (count: number) => {
    while (ran.filter(({ summary }) => summary).length < count || getState().turn) await idle();
  };
  const url = new URL('/models/nano.gguf', location.href).href;
  await getState().desk.loadModel({ kind: 'url', url });
  expect(getState().model).toMatchObject({ status: 'ready', error: null });
  getState().setSampling({ temperature: 0 });
  getState().setAnswering({ maxTokens: 8 });

  getState().send('What are you?');
  await ended(2);
  const [answer, title] = ran;
  expect([answer.isTitle, title.isTitle]).toEqual([false, true]);
  expect(title.after).toBe(1); // not before the answer had ended
  expect(title.summary).toMatchObject({ reason: expect.stringMatching(/^(stop|length)$/) });
  expect(title.summary?.reusedTokens).toBeGreaterThan(answer.summary?.promptTokens ?? Infinity); // the chat is not read again
  expect(getState().chatIndex[0].title).toBe(cleanTitle(title.text) ?? 'What are you?');

  getState().newChat();
  getState().send('Is this private?');
  onTitle = (event) => {
    if (event.kind !== 'part-delta') return;
    onTitle = () => undefined;
    getState().noteActivity(); // a key, and then the question
    getState().send('And now?');
  };
  await ended(5);
  const [, , , stopped, next] = ran;
  expect([stopped.isTitle, next.isTitle]).toEqual([true, false]);
  expect(stopped.summary?.reason).toBe('aborted');
  expect(stopped.summary?.newTokens).toBeLessThan(24);
  expect(next.after).toBe(4); // the engine was free, and nothing came in between
  expect(spokenText(shownMessages(getState()).at(-1)?.parts ?? [])).toBe(next.text.trim());
  expect(getState().chatIndex[0].title).toBe('Is this private?');
});
