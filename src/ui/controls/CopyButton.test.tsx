// @vitest-environment jsdom
import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setUp } from '../../store/scriptedStore';
import { preparePage } from '../../testing/pageKit';
import { loadTexts } from '../i18n';
import { Announcer } from '../shell/Announcer';
import { announce } from '../shell/announce';
import { StoreContext } from '../useApp';
import { CopyButton } from './CopyButton';

preparePage();
let place: HTMLElement;
let root: ReturnType<typeof createRoot>;
beforeEach(async () => {
  await loadTexts('en');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
});
afterEach(async () => {
  await act(async () => root.unmount());
  place.remove();
  vi.useRealTimers();
});

const show = (view: ReactNode) => {
  const { store } = setUp({}, { preferences: { language: 'en' } });
  return act(async () => root.render(<StoreContext value={store}>{view}</StoreContext>));
};
const said = () => place.querySelector('[role=status]')?.textContent;

test('a screen reader is told that a text was copied, each time, or that it was not', async () => {
  const writeText = vi.fn(async (_: string) => {});
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  await show(<CopyButton text={() => 'words'} label="Copy" doneLabel="Copied" />);
  const button = place.querySelector('button') as HTMLButtonElement;
  const press = () => act(async () => button.click());
  for (let time = 0; time < 2; time++) {
    await press();
    expect(said()).toBe('Copied');
    await act(async () => vi.advanceTimersByTime(2000));
    expect([said(), button.title]).toEqual(['', 'Copy']);
  }
  expect(writeText).toHaveBeenLastCalledWith('words');
  writeText.mockRejectedValue(new DOMException('no', 'NotAllowedError'));
  await press();
  expect([said(), button.title]).toEqual(['Could not be copied', 'Could not be copied']);
  vi.unstubAllGlobals();
});

test('an announcement that is made twice changes what the live region says', async () => {
  await show(<Announcer />);
  await act(async () => announce('Python has finished'));
  const first = said();
  await act(async () => announce('Python has finished'));
  expect(said()).not.toBe(first);
  expect(said()?.trim()).toBe('Python has finished');
});
