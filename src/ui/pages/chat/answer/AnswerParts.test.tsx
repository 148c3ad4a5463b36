// @vitest-environment jsdom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { beforeAll, expect, test, vi } from 'vitest';
import { setUp } from '../../../../store/scriptedStore';
import { StoreContext } from '../../../useApp';
import type { Part } from '../../../../store';
import { AnswerParts } from './AnswerParts';
import { loadDialogTexts } from '../../../i18n';

beforeAll(loadDialogTexts);

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const TEXT = `So $\\frac{1}{2}$ and

$$\\sqrt{x} \\fcolorbox{red}{blue}{z} \\pmb{w}$$

\`\`\`python
def f(): pass  # x
\`\`\`
`;
const thought = (text: string): Part => ({ type: 'thought', text, thinkingMs: 2400 });

test('thoughts fold when the answer begins; code is coloured; formulas set no style attribute', async () => {
  const { store } = setUp({}, { preferences: { language: 'en' } });
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  const setAttribute = vi.spyOn(Element.prototype, 'setAttribute');
  const show = (parts: Part[], live: boolean) =>
    act(async () =>
      root.render(
        <StoreContext value={store}>
          <AnswerParts parts={parts} live={live} raw={false} />
        </StoreContext>,
      ),
    );
  const head = () => place.querySelector('button[aria-expanded]') as HTMLButtonElement;
  const settled = async (condition: () => boolean) => {
    for (let turn = 0; turn < 5000 && !condition(); turn++) {
      await act(() => new Promise((resolve) => setTimeout(resolve, 10))); // what is loaded lazily shows between acts
    }
    expect(condition()).toBe(true);
  };

  await show([thought('Why')], true);
  await settled(() => place.querySelector('[data-part=thought] [data-part=text]')?.textContent === 'Why');
  expect(head().textContent).toBe('Thinking for 3 s');
  expect(head().getAttribute('aria-expanded')).toBe('true');

  const parts: Part[] = [thought('Why $a^2$?'), { type: 'text', text: TEXT }];
  await show(parts, true);
  expect(head().textContent).toBe('Thought for 3 s');
  expect(head().getAttribute('aria-expanded')).toBe('false');
  await act(async () => head().click());
  expect(head().getAttribute('aria-expanded')).toBe('true');

  await show(parts, false);
  await settled(
    () => place.querySelectorAll('.katex').length === 3 && !!place.querySelector('.hljs-keyword'),
  );
  expect(place.querySelector('.hljs-keyword')?.textContent).toBe('def');
  expect(place.querySelector('.katex-display [style]')).not.toBeNull(); // through the style property
  expect(setAttribute.mock.calls.filter(([name]) => name === 'style')).toEqual([]);
  await act(async () => root.unmount());
});

test('calls, results, pictures, files and sources each show as what they are', async () => {
  const { store } = setUp({}, { preferences: { language: 'en' } });
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  const urls = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:picture');
  vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();
  const picture: Part = { type: 'image', blob: new Blob(['x'], { type: 'image/png' }), alt: 'A dot' };
  const parts: Part[] = [
    { type: 'call', id: 'c1', tool: 'get_weather', args: '{"city":"Paris"}', state: 'done' },
    { type: 'result', callId: 'c1', parts: [{ type: 'text', text: '14 degrees' }, picture] },
    { type: 'call', id: 'c2', tool: 'look', args: 'x = 1', state: 'unknown' },
    { type: 'result', callId: 'gone', parts: [{ type: 'text', text: 'alone' }], failed: true },
    { type: 'citation', source: 1, title: 'Site', url: 'https://example.org/', quote: 'read', readAt: 1 },
    { type: 'citation', source: 2, title: 'Script', url: 'javascript:alert(1)', quote: '', readAt: 1 },
    { type: 'file', id: 'f', name: 'a.csv', mediaType: 'text/csv', blob: new Blob(['1']) },
  ];
  await act(async () =>
    root.render(
      <StoreContext value={store}>
        <AnswerParts parts={parts} live={false} raw={false} />
      </StoreContext>,
    ),
  );
  await act(() =>
    vi.waitUntil(() => place.querySelector('a') && place.querySelector('[data-call]'), { timeout: 30_000 }),
  );
  const heads = [...place.querySelectorAll<HTMLButtonElement>('button[aria-expanded]')];
  const labels = heads.map(({ textContent }) => textContent);
  expect(labels).toEqual(['get_weatherdone14 degrees', 'looknot run', 'Toolfailed']);
  expect(heads.map((head) => head.getAttribute('aria-expanded'))).toEqual(['false', 'false', 'true']);
  expect(place.textContent).not.toContain('Paris'); // folded
  await act(async () => heads.slice(0, 2).forEach((head) => head.click()));
  const code = [...place.querySelectorAll('pre')].map(({ textContent }) => textContent);
  expect(code).toEqual(['{\n  "city": "Paris"\n}', '14 degrees', 'x = 1']);
  expect(place.querySelector('img')?.getAttribute('alt')).toBe('A dot');
  expect(urls).toHaveBeenCalledTimes(1);
  expect([...place.querySelectorAll('a')].map(({ href }) => href)).toEqual(['https://example.org/']);
  expect(place.textContent).toContain('a.csv');
  await act(async () => root.unmount());
});

test('a call whose page was closed while it waited or ran is stopped: it can be folded, and no clock runs', async () => {
  const { store } = setUp({}, { preferences: { language: 'en' } });
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  const parts = (['asks', 'runs', 'writing'] as const).map((state): Part => {
    return { type: 'call', id: state, tool: 'look', args: 'x', state };
  });
  await act(async () =>
    root.render(
      <StoreContext value={store}>
        <AnswerParts parts={parts} messageId="m" live={false} raw={false} />
      </StoreContext>,
    ),
  );
  await act(() => vi.waitUntil(() => place.querySelector('[data-call]'), { timeout: 30_000 }));
  const heads = [...place.querySelectorAll<HTMLButtonElement>('button[aria-expanded]')];
  expect(heads.map(({ textContent, disabled }) => [textContent, disabled])).toEqual(
    parts.map(() => ['lookstopped', false]),
  );
  await act(async () => root.unmount());
});

test('a search opens the folded parts in which it found something, also once the reader has folded them', async () => {
  const { store } = setUp({}, { preferences: { language: 'en' } });
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  const parts: Part[] = [
    thought('A needle.'),
    thought('Nothing here.'),
    { type: 'call', id: 'c1', tool: 'look', args: '{"at":"hay"}', state: 'done' },
    { type: 'result', callId: 'c1', parts: [{ type: 'text', text: 'One NEEDLE' }] },
  ];
  await act(async () =>
    root.render(
      <StoreContext value={store}>
        <AnswerParts parts={parts} messageId="m" live={false} raw={false} />
      </StoreContext>,
    ),
  );
  await act(() => vi.waitUntil(() => place.querySelector('[data-call]'), { timeout: 30_000 }));
  const heads = () => [...place.querySelectorAll<HTMLButtonElement>('button[aria-expanded]')];
  const open = () => heads().map((head) => head.getAttribute('aria-expanded') === 'true');
  const found = (messageId: string) =>
    act(async () => store.setState({ found: { messageId, words: ['needle'] } }));
  await found('other');
  expect(open()).toEqual([false, false, false]);
  await found('m');
  expect(open()).toEqual([true, false, true]);
  await act(async () => heads()[0].click());
  expect(open()).toEqual([false, false, true]);
  await found('m');
  expect(open()).toEqual([true, false, true]);
  await act(async () => root.unmount());
});
