import { describe, expect, test } from 'vitest';
import { ChunkPlan } from './chunkPlan';

const idle = (): boolean => false;
const range = (first: number, count: number) => ({ offset: first * 10, length: count * 10 });

/** The chunks prefetched one after another, without reads. */
function fetched(plan: ChunkPlan, aheadBytes: number): number[] {
  const order: number[] = [];
  for (
    let next = plan.nextAhead(aheadBytes, idle);
    next !== undefined;
    next = plan.nextAhead(aheadBytes, idle)
  ) {
    plan.setStaged(next, true);
    order.push(next);
  }
  return order;
}

describe('ChunkPlan', () => {
  test('the last chunk is shorter', () => {
    const plan = new ChunkPlan(95, 10, undefined);
    expect([plan.count, plan.lengthOf(8), plan.lengthOf(9)]).toEqual([10, 10, 5]);
  });

  test('prefetches needed chunks in file order, up to the limit after the latest read', () => {
    const plan = new ChunkPlan(200, 10, undefined);
    plan.retain([{ offset: 25, length: 10 }, { offset: 51, length: 8 }, range(7, 10)]);
    expect(fetched(plan, 60)).toEqual([2, 3, 5, 7]);
    plan.markRead(7);
    expect(fetched(plan, 40)).toEqual([8, 9, 10]);
  });

  test('with a hash, also fetches unneeded chunks', () => {
    const plan = new ChunkPlan(100, 10, 0);
    plan.retain([range(2, 2)]);
    plan.markRead(2);
    plan.setStaged(2, true);
    plan.retain([range(3, 1)]); // 2 is read and waits for the hash, so 0 and 1 block it
    expect(fetched(plan, 20)).toEqual([3, 0, 1]);
  });

  test('drops chunks that neither a read nor the hash needs', () => {
    const plan = new ChunkPlan(100, 10, 2);
    for (const index of [0, 1, 2, 3]) plan.setStaged(index, true);
    plan.retain([range(1, 1), range(3, 1)]);
    expect(plan.droppable()).toEqual([0]);
    plan.hashed = 4;
    expect(plan.droppable()).toEqual([0, 2]);
  });

  // token_embd and the layers are read first; output.weight, stored before them, is read last
  test('staged chunks stay below twice the disorder, plus the window', () => {
    const [count, output, aheadBytes] = [600, 60, 300];
    const plan = new ChunkPlan(count * 10, 10, 0);
    let most = 0;
    const settle = (): void => {
      for (let next; (next = plan.nextAhead(aheadBytes, idle)) !== undefined;) plan.setStaged(next, true);
      while (plan.hashed < count && plan.isStaged(plan.hashed)) plan.hashed++;
      for (const index of plan.droppable()) plan.setStaged(index, false);
      most = Math.max(most, plan.stagedBytes());
    };
    for (let index = output; index < count; index++) {
      plan.setStaged(index, true);
      plan.markRead(index);
      plan.retain([range(0, output), range(index + 1, count - index - 1)]);
      settle();
    }
    expect(plan.hashed).toBe(count);
    expect(most).toBeLessThanOrEqual(2 * output * 10 + aheadBytes + 10);
  });

  test('a thousand ranges over 19 GB take less than a millisecond or two', () => {
    const plan = new ChunkPlan(19e9, 8 << 20, 0);
    const ranges = Array.from({ length: 1000 }, (_, i) => ({ offset: i * 19e6, length: 18e6 }));
    plan.retain(ranges);
    const times = Array.from({ length: 100 }, () => {
      const start = performance.now();
      plan.retain(ranges);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(5);
  });
});
