// @vitest-environment jsdom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, test, vi } from 'vitest';
import { setUp } from '../../../../store/scriptedStore';
import { StoreContext } from '../../../useApp';
import { AnswerText } from './AnswerText';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const ANSWER = `<think>
Why $a^2$?
</think>

So $\\frac{1}{2}$ and

$$\\sqrt{x} \\fcolorbox{red}{blue}{z} \\pmb{w}$$

\`\`\`python
def f(): pass  # x
\`\`\`
`;

test('thoughts fold when the answer begins; code is coloured; formulas set no style attribute', async () => {
  const { store } = setUp({}, { preferences: { language: 'en' } });
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  const setAttribute = vi.spyOn(Element.prototype, 'setAttribute');
  const show = (text: string, live: boolean, thinkingMs?: number) =>
    act(async () =>
      root.render(
        <StoreContext value={store}>
          <AnswerText text={text} shown={text} live={live} raw={false} thinkingMs={thinkingMs} />
        </StoreContext>,
      ),
    );
  const head = () => place.querySelector('.thinking-head') as HTMLButtonElement;
  const settled = async (condition: () => boolean) => {
    for (let turn = 0; turn < 5000 && !condition(); turn++) {
      await act(() => new Promise((resolve) => setTimeout(resolve, 10))); // what is loaded lazily shows between acts
    }
    expect(condition()).toBe(true);
  };

  await show(ANSWER.slice(0, 12), true, 2400);
  await settled(() => place.querySelector('.thinking-body .markdown')?.textContent === 'Why');
  expect(head().textContent).toBe('Thinking for 3 s');
  expect(head().getAttribute('aria-expanded')).toBe('true');

  await show(ANSWER, true, 2400);
  expect(head().textContent).toBe('Thought for 3 s');
  expect(head().getAttribute('aria-expanded')).toBe('false');
  await act(async () => head().click());
  expect(head().getAttribute('aria-expanded')).toBe('true');

  await show(ANSWER, false, 2400);
  await settled(
    () => place.querySelectorAll('.katex').length === 3 && !!place.querySelector('.hljs-keyword'),
  );
  expect(place.querySelector('.hljs-keyword')?.textContent).toBe('def');
  expect(place.querySelector('.formula-display [style]')).not.toBeNull(); // through the style property
  expect(setAttribute.mock.calls.filter(([name]) => name === 'style')).toEqual([]);
  await act(async () => root.unmount());
});
