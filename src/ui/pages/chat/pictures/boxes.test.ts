import { expect, test } from 'vitest';
import { placesIn } from './boxes';

const corners = (text: string) =>
  placesIn(text).map(({ left, top, right, bottom }) => [left, top, right, bottom].map((one) => one * 1000));

test('boxes in brackets of every kind, with and without tags', () => {
  expect(corners('The cat: <|begin_of_box|>[[100,200,300,400]]<|end_of_box|>')).toEqual([
    [100, 200, 300, 400],
  ]);
  for (const text of ['(1, 2, 3, 4)', '{1,2,3,4}', '<1,2,3,4>', '[ 1 ,2, 3 ,4 ]', '[[1,2,3,4]]'])
    expect(corners(text)).toEqual([[1, 2, 3, 4]]);
  expect(corners('[[0,0,10,10],[990,990,1000,1000]]')).toHaveLength(2);
});

test('swapped corners are put in order; two numbers are a point', () => {
  expect(corners('[300,400,100,200]')).toEqual([[100, 200, 300, 400]]);
  expect(placesIn('tap [500,250]')).toMatchObject([{ kind: 'point', left: 0.5, bottom: 0.25, label: 'tap' }]);
});

test('what is no place is left out', () => {
  for (const text of ['[1]', '[1,2,3]', '[5,5,5,9]', '[10,20,30,4000]', 'x = [a, b]', '[1001,5]', ''])
    expect(placesIn(text)).toEqual([]);
});

test('labels are the words before a place', () => {
  const json = '[{"bbox_2d": [1,2,3,4], "label": "dog"}, {"bbox_2d": [5,6,7,8], "label": "cat"}]';
  expect(
    placesIn('1. **red circle**: [[1,2,3,4]]\n2. blue square: [[5,6,7,8]]').map(({ label }) => label),
  ).toEqual(['red circle', 'blue square']);
  expect(placesIn(json)).toHaveLength(2);
});
