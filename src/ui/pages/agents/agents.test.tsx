// @vitest-environment jsdom
import { Blob } from 'node:buffer';
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { currentChat, currentDraft } from '../../../store';
import { emptyCard, type AgentCard } from '../../../store/agents';
import { sent, setUp, until } from '../../../store/scriptedStore';
import { memoryAgents } from '../../../store/chats/agents/memoryAgents';
import { preparePage, settle } from '../../../testing/pageKit';
import { loadTexts } from '../../i18n';
import { StoreContext } from '../../useApp';
import { Composer } from '../chat/composer/Composer';
import { EmptyChat } from '../chat/EmptyChat';
import AgentsPage from './AgentsPage';

preparePage();
Object.assign(globalThis, { Blob }); // jsdom's has no arrayBuffer

let place: HTMLElement;
let root: ReturnType<typeof createRoot>;
beforeEach(async () => {
  await loadTexts('en');
  location.hash = '';
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
});
afterEach(async () => {
  await act(async () => root.unmount());
  place.remove();
});

const CARD: AgentCard = {
  ...emptyCard('Pool guide'),
  ...{ avatar: '🏊', instructions: 'You help visitors of the pool.', opening: 'Welcome!' },
  starters: ['When does it open?', 'Translate: '],
};

async function show(view: ReactNode, set = setUp({}, { preferences: { language: 'en' } })) {
  const state = set.store.getState;
  await state().desk.startModel();
  await until(() => state().model.status === 'ready');
  await act(async () => root.render(<StoreContext value={set.store}>{view}</StoreContext>));
  /** Each step ends an act: React shows nothing before. */
  const wait = async (condition: () => boolean) => {
    for (let step = 0; step < 500 && !condition(); step++) await settle(10);
    expect(condition(), String(condition)).toBe(true);
  };
  const button = (name: string) =>
    [...place.querySelectorAll<HTMLElement>('button, a')].find(
      (one) => (one.getAttribute('aria-label') ?? one.textContent) === name,
    ) as HTMLElement;
  const click = (name: string) => act(async () => button(name).click());
  return { ...set, state, wait, button, click };
}

const fill = (field: Element | null, text: string) =>
  act(async () => {
    const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(prototype.prototype, 'value')?.set?.call(field, text);
    field?.dispatchEvent(new Event('input', { bubbles: true }));
  });

test('an agent is built, tried, taught a file and kept', async () => {
  location.hash = '#/agents/new';
  const { state, wait, click } = await show(<AgentsPage />);
  await wait(() => place.querySelector('form') !== null);
  await click('Save');
  expect(place.querySelector('form [role=status]')?.textContent).toBe('The agent needs a name.');
  const labelled = (label: string) => {
    const found = [...place.querySelectorAll('label')].find(({ textContent }) => textContent === label);
    return document.getElementById(found?.htmlFor ?? '');
  };
  await fill(labelled('Name'), 'Pool guide');
  await fill(labelled('Instructions'), 'Guide people.');
  const row = (n: number) => place.querySelector(`[aria-label="Starter ${n}"]`);
  await fill(row(1), 'When does it open?');
  await fill(row(2), 'Where is it?');
  await click('Offer starter 2 at a time');
  const days = [...place.querySelectorAll('fieldset label')].filter(({ textContent }) =>
    /^(Sat|Sun)$/.test(textContent ?? ''),
  );
  await act(async () => days.forEach((day) => day.querySelector('input')?.click()));
  expect(place.querySelector('aside')?.textContent).toContain('Where is it?');
  await click('When does it open?');
  await wait(() => place.querySelector('aside')?.textContent?.includes('Hello') === true);

  const files = place.querySelector<HTMLInputElement>('[data-knowledge]')!;
  Object.defineProperty(files, 'files', { value: [new File(['The pool opens at 6:30.'], 'pool.md')] });
  await act(async () => void files.dispatchEvent(new Event('change', { bubbles: true })));
  await wait(() => state().agents.indexing?.status === 'done');
  const [agent] = state().agents.agents!;
  expect(agent.card).toMatchObject({
    ...{ name: 'Pool guide', starters: ['When does it open?', 'Where is it?'] },
    schedule: [{ starter: 'Where is it?', at: '08:00', days: [1, 2, 3, 4, 5] }],
  });
  expect(location.hash).toBe(`#/agents/${agent.id}`);
  await wait(() => place.querySelector('[aria-label=Question]') !== null);
  await fill(place.querySelector('[aria-label=Question]'), 'When does the pool open?');
  await click('Search');
  await wait(() => place.textContent?.includes('pool.md · score') === true);
});

test('the gallery has a dozen agents; one from a file is shown whole before it is kept', async () => {
  location.hash = '#/agents';
  const { state, wait, click, savedFiles } = await show(<AgentsPage />);
  await wait(() => state().agents.agents !== null);
  expect(place.querySelectorAll('[aria-label=Gallery] h3')).toHaveLength(12);
  const schedule = [{ starter: 'Translate: ', at: '00:00' }];
  await act(async () => void (await state().agentDesk.save({ ...CARD, schedule })));
  await click('Export Pool guide');
  await wait(() => savedFiles.length === 1);
  const bytes = await savedFiles[0].blob.arrayBuffer();
  await act(async () => state().agentDesk.import([new File([bytes], 'x.glmagent')]));
  await wait(() => place.querySelector('dialog') !== null);
  const dialog = place.querySelector('dialog') as HTMLElement;
  for (const text of [
    'Agent from x.glmagent',
    CARD.instructions,
    'Welcome!',
    'Every day at 00:00: Translate:',
  ])
    expect(dialog.textContent).toContain(text);
  await click('Keep the agent');
  await wait(() => state().agents.agents?.length === 2);
  expect(state().agents.agents?.map(({ card }) => card.schedule)).toEqual([schedule, schedule]);
});

test('a starter that is due waits for a press; what one tab answers is gone in the other', async () => {
  const agentDb = memoryAgents();
  const times = ['When does it open?', 'Translate: '].map((starter) => ({ starter, at: '00:00' }));
  await agentDb.save({ id: 'pool', card: { ...CARD, schedule: times }, updatedAt: 1 });
  const texts = new Map([['glm-offers', '{}']]);
  const localStorage = {
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
  };
  const tab = () => setUp({}, { agentDb, localStorage });
  const other = tab();
  const { state, wait, click, requests, button } = await show(<EmptyChat />, tab());
  await wait(() => place.textContent?.includes('Pool guide · 00:00') === true);
  await settle(50);
  expect(requests).toEqual([]);
  expect(currentChat(state()).agent).toBeUndefined();

  const { agentDesk } = other.store.getState();
  expect(await agentDesk.answerStarter('pool', times[1])).toBe(true);
  await act(async () => void dispatchEvent(new StorageEvent('storage', { key: 'glm-offers' })));
  await wait(() => button('Not today: Translate: ') === undefined);
  await click('Start: When does it open?');
  await wait(() => requests.length === 1 && state().turn === null);
  expect(sent(requests[0]).at(-1)![1]).toContain('When does it open?');
  expect(currentChat(state()).agent?.name).toBe('Pool guide');
  expect(await agentDesk.answerStarter('pool', times[0])).toBe(false);
  // Without any time left, the page has no reason to load agents.
  await act(async () => void (await state().agentDesk.save(CARD, 'pool')));
  expect(texts.get('glm-offers')).toBe('');
});

test('an empty chat with an agent shows its opening words and starters; @ finds agents', async () => {
  const view = (
    <>
      <EmptyChat />
      <Composer />
    </>
  );
  const { state, wait, click, requests, store } = await show(view);
  const id = await state().agentDesk.save(CARD);
  await act(async () => state().setDraft('@pool'));
  await wait(() => place.querySelector('[role=option]') !== null);
  expect(place.querySelector('[role=option]')?.textContent).toContain('@🏊 Pool guide');
  await act(async () => place.querySelector<HTMLElement>('[role=option]')?.click());
  await wait(
    () => currentChat(state()).agent !== undefined && place.querySelector('h1')?.textContent === 'Pool guide',
  );
  expect(place.textContent).toContain('Welcome!');
  await click('Translate: ');
  expect(currentDraft(state())).toBe('Translate: ');
  await act(async () => state().setDraft('my words'));
  await click('Translate: ');
  expect(currentDraft(state())).toBe('Translate:\n\nmy words');
  await act(async () => state().setDraft('Translate: '));
  await click('When does it open?');
  await wait(() => requests.length === 1 && state().turn === null);
  expect(currentDraft(state())).toBe('');
  expect(sent(requests[0])[0][1]).toContain('visitors of the pool');

  await act(async () => state().agentDesk.call(id));
  await wait(() => place.textContent?.includes('Pool guide answers the next question') === true);
  await click('Not Pool guide');
  await wait(() => store.getState().agents.called[currentChat(state()).id] === undefined);
});
