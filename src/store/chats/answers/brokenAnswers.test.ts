// The page crashes while an answer is written: the next page goes on with it, without a click.
import { expect, test } from 'vitest';
import type { GenerateEvent, GenerateRequest, GenerateSummary } from '../../../protocol/chat';
import type { SmallStorage } from '../../ports';
import { memoryDb, setUp, summary, until } from '../../scriptedStore';
import { shownMessages } from '../selectors';
import { spokenText } from '../partText';
import { BrokenAnswers, type Pages } from './brokenAnswers';

const WORDS = ['One ', 'two ', 'three ', 'four.'];
const PROMPT = { modelId: 'nano', promptIds: [5, 6, 7], answerStart: 3, droppedTurns: 0 };

function memoryStorage(): SmallStorage {
  const values = new Map<string, string>();
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => void values.set(key, value) };
}

const pages = (name: string, open: string[] = []): Pages & { hide: () => void } => {
  let hide = () => {};
  return {
    name,
    open: async () => new Set(open),
    onHide: (listener) => (hide = listener),
    hide: () => hide(),
  };
};

/** An engine that writes WORDS, and in its first life stops answering after two of them. */
function engine(until = WORDS.length) {
  return async (
    request: GenerateRequest,
    { onEvent }: { onEvent?: (event: GenerateEvent) => void },
  ): Promise<GenerateSummary> => {
    const begun = request.resume?.ids ?? [];
    if (request.journal) onEvent?.({ kind: 'prompt', prompt: PROMPT });
    onEvent?.({ kind: 'part-start', index: 0, part: { type: 'text', text: '' } });
    for (const id of WORDS.keys()) {
      if (id >= until) await new Promise(() => undefined);
      onEvent?.({ kind: 'part-delta', index: 0, text: WORDS[id], tokens: id + 1, contextUsed: 4 + id });
      if (request.journal && id >= begun.length) onEvent?.({ kind: 'token', id });
    }
    return summary('stop', WORDS.length);
  };
}

test('a crash: the answer goes on from its last token on the next page', async () => {
  const [database, localStorage] = [memoryDb(), memoryStorage()];
  const first = setUp({ generate: engine(2) }, { database, localStorage, pages: pages('first') });
  await first.store.getState().desk.startModel();
  first.store.getState().send('Count');
  await until(() => localStorage.getItem('glm-answering')?.includes('"promptIds":[5,6,7]') === true);
  await until(() => spokenText(first.store.getState().turn?.parts ?? []) === 'One two ');
  await first.store.getState().saveTurn();

  const next = setUp({ generate: engine() }, { database, localStorage, pages: pages('next') });
  await Promise.all([next.store.getState().desk.startModel(), next.store.getState().openChats()]);
  await until(() => next.requests.length === 1 && next.store.getState().turn === null);
  expect(next.requests[0].resume).toMatchObject(PROMPT);
  const shown = shownMessages(next.store.getState());
  expect(shown.map(({ parts }) => spokenText(parts))).toEqual(['Count', WORDS.join('')]);
  expect(shown.at(-1)).toMatchObject({ end: 'stop' });
  expect(localStorage.getItem('glm-answering')).toBe('');
});

test('a page that is closed in order leaves the answer to "Continue"', async () => {
  const [database, localStorage] = [memoryDb(), memoryStorage()];
  const closed = pages('first');
  const first = setUp({ generate: engine(2) }, { database, localStorage, pages: closed });
  await first.store.getState().desk.startModel();
  first.store.getState().send('Count');
  await until(() => spokenText(first.store.getState().turn?.parts ?? []) === 'One two ');
  closed.hide();
  expect(localStorage.getItem('glm-answering')).toBe('');
});

test('an answer of a page that is still open is left alone; one that ended two pages too', async () => {
  const storage = memoryStorage();
  const answer = { chatId: 'c', messageId: 'm', parentId: 'p', seed: 1, start: [], prompt: null, ids: [] };
  new BrokenAnswers(storage, pages('a')).begin({ ...answer, tries: 0 });
  expect(await new BrokenAnswers(storage, pages('b', ['a'])).take()).toBeNull();
  const taken = await new BrokenAnswers(storage, pages('b')).take();
  expect(taken).toEqual({ ...answer, tries: 1 });
  new BrokenAnswers(storage, pages('b')).begin({ ...answer, tries: 2 });
  expect(await new BrokenAnswers(storage, pages('c')).take()).toBeNull();
});
