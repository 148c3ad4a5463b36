// @vitest-environment jsdom
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { currentAttachments, currentDraft } from '../../../../store';
import { sent, setUp, until } from '../../../../store/scriptedStore';
import { preparePage } from '../../../../testing/pageKit';
import { StoreContext } from '../../../useApp';
import { useInputMethod } from '../../../shell/useInputMethod';
import { Composer } from './Composer';
import PromptsDialog from './PromptsDialog';
import { loadDialogTexts } from '../../../i18n';

preparePage();
beforeAll(loadDialogTexts);

let place: HTMLElement;
let root: ReturnType<typeof createRoot>;
beforeEach(() => {
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
});
afterEach(async () => {
  await act(async () => root.unmount());
  place.remove();
});

function Page({ children }: { children: ReactNode }) {
  useInputMethod();
  return children;
}

async function show(view = <Composer />) {
  const set = setUp({ countTokens: async () => ({ tokens: 12 }) }, { preferences: { language: 'en' } });
  await set.store.getState().desk.startModel();
  await until(() => set.store.getState().model.status === 'ready');
  await act(async () =>
    root.render(
      <StoreContext value={set.store}>
        <Page>{view}</Page>
      </StoreContext>,
    ),
  );
  const field = place.querySelector('textarea') as HTMLTextAreaElement;
  const key = (init: KeyboardEventInit) =>
    act(async () => {
      field.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
    });
  const type = (text: string) => act(async () => set.store.getState().setDraft(text));
  const options = () => [...place.querySelectorAll('[role=option]')].map((option) => option.textContent);
  return { ...set, field, key, type, options, state: set.store.getState };
}

test('Enter sends; Shift+Enter and the Enter of an input method do not', async () => {
  const { key, type, requests } = await show();
  await type('hello');
  await key({ key: 'Enter', shiftKey: true });
  await key({ key: 'Enter', isComposing: true });
  await key({ key: 'Enter', keyCode: 229 });
  expect(requests).toHaveLength(0);
  await key({ key: 'Enter' });
  await until(() => requests.length === 1);
  expect(sent(requests[0]).at(-1)).toEqual(['user', 'hello']);
});

test('a slash opens commands: arrows choose, Escape closes, an input method’s Enter takes none', async () => {
  const { field, key, type, options, state, requests } = await show();
  await type('/');
  expect(options()[0]).toMatch(/^\/new/);
  await key({ key: 'ArrowDown' });
  expect(field.getAttribute('aria-activedescendant')).toBe(place.querySelector('[aria-selected=true]')?.id);
  expect(place.querySelector('[aria-selected=true]')?.textContent).toMatch(/^\/models/);
  await key({ key: 'Enter', isComposing: true });
  expect(state().view.dialog).toBeNull();
  await key({ key: 'Escape' });
  expect(options()).toEqual([]);
  await type('/hel');
  await key({ key: 'Enter' });
  expect(state().view.dialog).toBe('help');
  expect(currentDraft(state())).toBe('');
  await type('/usr/bin is a path');
  expect(options()).toEqual([]);
  await key({ key: 'Enter' });
  await until(() => requests.length === 1);
});

test('a long paste becomes a file, a short one stays text', async () => {
  const { field, state } = await show();
  const paste = (text: string) => {
    const event = new Event('paste', { bubbles: true, cancelable: true });
    Object.assign(event, { clipboardData: { files: [], getData: () => text } });
    return act(async () => void field.dispatchEvent(event));
  };
  await paste('short');
  expect(currentAttachments(state())).toEqual([]);
  await paste('long\n'.repeat(3000));
  await act(() => until(() => currentAttachments(state())[0]?.status === 'ready'));
  expect(place.querySelector('li:not([role])')?.textContent).toMatch(/Pasted text\.txt.*12 tokens/);
  const remove = place.querySelector('[aria-label="Remove Pasted text.txt"]') as HTMLButtonElement;
  await act(async () => remove.click());
  expect(currentAttachments(state())).toEqual([]);
});

test('undo right after a long paste puts the text into the message', async () => {
  const { field, key, type, state } = await show();
  const long = 'long\n'.repeat(3000);
  const paste = async () => {
    const event = new Event('paste', { bubbles: true, cancelable: true });
    Object.assign(event, { clipboardData: { files: [], getData: () => long } });
    await act(async () => void field.dispatchEvent(event));
    await act(() => until(() => currentAttachments(state())[0]?.status === 'ready'));
  };
  await type('ab');
  field.setSelectionRange(1, 1);
  await paste();
  await key({ key: 'z', ctrlKey: true });
  expect(currentDraft(state())).toBe(`a${long}b`);
  expect(currentAttachments(state())).toEqual([]);

  await type('');
  await paste();
  await type('typed since');
  await key({ key: 'z', metaKey: true });
  expect(currentAttachments(state())).toHaveLength(1); // the undo of the typing
  const back = place.querySelector('[aria-label="Put the text into the message"]') as HTMLButtonElement;
  await act(async () => back.click());
  await act(() => until(() => currentAttachments(state()).length === 0));
  expect(currentDraft(state())).toBe(`typed since\n\n${long}`);
});

test('a file can be sent without a word', async () => {
  const { key, state, requests } = await show();
  const send = () => place.querySelector('[aria-label=Send]') as HTMLButtonElement;
  expect(send().disabled).toBe(true);
  await act(async () => state().attachFiles([new File(['words'], 'a.txt')]));
  await act(() => until(() => currentAttachments(state())[0].status === 'ready'));
  expect(send().disabled).toBe(false);
  await key({ key: 'Enter' });
  await until(() => requests.length === 1);
});

test('a saved prompt asks for its variables and goes into the message', async () => {
  const { state } = await show(
    <>
      <Composer />
      <PromptsDialog />
    </>,
  );
  await act(() => state().savePrompt({ title: 'Translate', text: 'Into {{language}}: {{text}}' }));
  await act(async () => place.querySelector<HTMLButtonElement>('dialog li button')?.click());
  const form = place.querySelector('dialog form') as HTMLFormElement;
  expect([...form.querySelectorAll('label')].map((label) => label.textContent)).toEqual(['language', 'text']);
  const [language] = form.querySelectorAll('textarea');
  const setValue = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set;
  await act(async () => {
    setValue?.call(language, 'French');
    language.dispatchEvent(new Event('input', { bubbles: true }));
  });
  expect(form.querySelector('p')?.textContent).toBe('Into French: {{text}}');
  await act(async () => form.requestSubmit());
  expect(currentDraft(state())).toBe('Into French: {{text}}');
});
