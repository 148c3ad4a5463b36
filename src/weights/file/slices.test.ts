import { expect, test } from 'vitest';
import { slices } from './slices';

test('work goes on until its slice is used up, then everything else that waits runs first', async () => {
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

test('asks for nothing while there is time', () => {
  const pause = slices(() => 0);
  expect(pause()).toBeUndefined();
});
