// The size of the whole state. Before the houses it had 187 members, commands included.
import { expect, test } from 'vitest';
import { setUp } from './scriptedStore';

/** Raise these only on purpose: what a neighbour alone may call is no member of the state. */
const MOST_MEMBERS = 120;
const MOST_COMMANDS = 146;

test('the state has few members and few commands', () => {
  const state = setUp().store.getState();
  const members = Object.keys(state);
  const commands = [state, state.desk, state.page].flatMap((owner) =>
    Object.entries(owner).flatMap(([name, value]) => (typeof value === 'function' ? [name] : [])),
  );
  expect(members.length, members.join(' ')).toBeLessThanOrEqual(MOST_MEMBERS);
  expect(commands.length, commands.join(' ')).toBeLessThanOrEqual(MOST_COMMANDS);
});
