// @vitest-environment jsdom
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { surviveTranslation } from './translation';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

/** Chrome's and an extension's way: the text node moves into <font>, or a copy takes its place. */
const TRANSLATORS: Record<string, (text: Text) => void> = {
  'text moved into <font>': (text) => {
    const fonts = [document.createElement('font'), document.createElement('font')];
    text.replaceWith(fonts[0]);
    fonts[0].append(fonts[1]);
    fonts[1].append(text);
  },
  'a copy in the place of the text': (text) => {
    const font = document.createElement('font');
    font.textContent = text.data;
    text.replaceWith(font);
  },
  'a copy before the text, which is then removed': (text) => {
    const font = document.createElement('font');
    font.textContent = text.data;
    text.parentNode?.insertBefore(font, text);
    text.parentNode?.removeChild(text);
  },
};

function translate(root: Node, replace: (text: Text) => void): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) if (!text.parentElement?.closest('font')) replace(text);
}

/** Words and elements that come and go, as in an answer that is being written. */
function Answer({ step }: { step: number }) {
  return (
    <article>
      <p>
        Words {step}
        {step > 1 && <b>bold {step}</b>}
        {step > 2 && ` more ${step}`}
        {step % 2 === 0 && <code>code</code>} end
      </p>
      {step > 3 ? <pre>last {step}</pre> : 'no code'}
    </article>
  );
}

let place: HTMLElement;
let root: Root;
let end: () => void;
beforeEach(() => {
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
  end = surviveTranslation(place);
});
afterEach(async () => {
  await act(async () => root.unmount());
  end();
  place.remove();
});

describe.each(Object.entries(TRANSLATORS))('a page translated with %s', (_, replace) => {
  test('shows every change of its text and never throws', async () => {
    for (const step of [1, 2, 3, 4, 5, 6, 3, 2, 1, 6]) {
      await act(async () => root.render(<Answer step={step} />));
      const fresh = document.createElement('div');
      const other = createRoot(fresh);
      await act(async () => other.render(<Answer step={step} />));
      expect(place.textContent).toBe(fresh.textContent);
      await act(async () => other.unmount());
      translate(place, replace);
      await Promise.resolve(); // the observers run
      expect(place.querySelector('font')).not.toBeNull();
    }
    await act(async () => root.render('over'));
    expect(place.textContent).toBe('over');
  });
});

test('without translation, errors of other code stay errors', () => {
  const stranger = document.createElement('i');
  expect(() => document.createElement('p').removeChild(stranger)).toThrow();
  end();
  expect(() => place.removeChild(stranger)).toThrow();
});
