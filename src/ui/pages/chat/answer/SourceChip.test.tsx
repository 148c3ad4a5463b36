// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { sentenceBefore } from './sentenceBefore';

const mark = '<button data-part="citation">7</button>';
const sentenceAt = (html: string): string => {
  document.body.innerHTML = html;
  const marks = document.querySelectorAll('[data-part="citation"]');
  return sentenceBefore(marks[marks.length - 1]);
};

test.each([
  [`<p>First. It cost 3.5 million in 1871${mark}.</p>`, 'It cost 3.5 million in 1871'],
  [`<p>First. Dr. Holt <b>founded</b> it.${mark}${mark}</p>`, 'Dr. Holt founded it'],
  [`<p>它很旧。它建于1871年。${mark}</p>`, '它建于1871年'],
  [`<p>Other.</p><ul><li>One${mark}</li><li>Two ${mark}</li></ul>`, 'Two'],
  [`<p>Said${mark}, and more${mark}</p>`, 'Said, and more'],
])('%s', (html, sentence) => {
  expect(sentenceAt(html)).toBe(sentence);
});
