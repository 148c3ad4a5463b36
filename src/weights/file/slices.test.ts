import { expect, test } from 'vitest';
import { slices } from './slices';

test('work continues until its slice is used up, then all other pending tasks run first', async () => {
  let time = 0;
  const pause = slices(() => time);
  const order: string[] = [];
  setImmediate(() => order.push('other'));
  for (const piece of ['a', 'b', 'c']) {
    time += 7;
    await pause();
    order.push(piece);
  }
  expect(order).toEqual(['a', 'other', 'b', 'c']);
});

test('does not yield before the slice is used up', () => {
  const pause = slices(() => 0);
  expect(pause()).toBeUndefined();
});
