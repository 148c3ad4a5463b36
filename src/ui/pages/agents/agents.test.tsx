// @vitest-environment jsdom
import { Blob } from 'node:buffer';
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { currentChat, currentDraft } from '../../../store';
import { emptyCard, type AgentCard } from '../../../store/agents';
import { sent, setUp, until } from '../../../store/scriptedStore';
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
  await fill(labelled('Starters'), 'When does it open?\n\nWhere is it?');
  expect(place.querySelector('aside')?.textContent).toContain('Where is it?');
  await click('When does it open?');
  await wait(() => place.querySelector('aside')?.textContent?.includes('Hello') === true);

  const files = place.querySelector<HTMLInputElement>('[data-knowledge]')!;
  Object.defineProperty(files, 'files', { value: [new File(['The pool opens at 6:30.'], 'pool.md')] });
  await act(async () => void files.dispatchEvent(new Event('change', { bubbles: true })));
  await wait(() => state().agents.indexing?.status === 'done');
  const [agent] = state().agents.agents!;
  expect(agent.card).toMatchObject({ name: 'Pool guide', starters: ['When does it open?', 'Where is it?'] });
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
  await act(async () => void (await state().agentDesk.save(CARD)));
  await click('Export Pool guide');
  await wait(() => savedFiles.length === 1);
  const bytes = await savedFiles[0].blob.arrayBuffer();
  await act(async () => state().agentDesk.import([new File([bytes], 'x.glmagent')]));
  await wait(() => place.querySelector('dialog') !== null);
  const dialog = place.querySelector('dialog') as HTMLElement;
  for (const text of ['Agent from x.glmagent', CARD.instructions, 'Welcome!', 'Translate:'])
    expect(dialog.textContent).toContain(text);
  await click('Keep the agent');
  await wait(() => state().agents.agents?.length === 2);
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
  await click('When does it open?');
  await wait(() => requests.length === 1 && state().turn === null);
  expect(sent(requests[0])[0][1]).toContain('visitors of the pool');

  await act(async () => state().agentDesk.call(id));
  await wait(() => place.textContent?.includes('Pool guide answers the next question') === true);
  await click('Not Pool guide');
  await wait(() => store.getState().agents.called[currentChat(state()).id] === undefined);
});
