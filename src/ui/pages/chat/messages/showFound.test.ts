// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { placesOf } from './showFound';

test('words are found in all of a message, in any case, but not in what machines read', () => {
  const message = document.createElement('article');
  message.innerHTML =
    '<p>A Mill (1738) by the <b>mill</b>pond.</p><span class="katex-mathml">mill</span><button>mill</button><p>磨坊在磨坊路</p>';
  const found = (...words: string[]) => placesOf(message, words).map(String);
  expect(found('mill')).toEqual(['Mill', 'mill']);
  expect(found('磨坊', '磨坊路', '(1738)')).toEqual(['(1738)', '磨坊', '磨坊路']);
  expect(found()).toEqual([]);
});
