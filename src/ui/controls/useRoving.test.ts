import { expect, test } from 'vitest';
import { rovingTarget } from './useRoving';

const list = { count: 4, active: 1, axis: 'vertical' as const };

test('arrows move along their axis only', () => {
  expect(rovingTarget({ key: 'ArrowDown' }, list)).toBe(2);
  expect(rovingTarget({ key: 'ArrowUp' }, list)).toBe(0);
  expect(rovingTarget({ key: 'ArrowRight' }, list)).toBeUndefined();
  expect(rovingTarget({ key: 'ArrowRight' }, { ...list, axis: 'horizontal' })).toBe(2);
  expect(rovingTarget({ key: 'ArrowLeft' }, { ...list, axis: 'both' })).toBe(0);
});

test('an arrow stops at the ends, or wraps', () => {
  expect(rovingTarget({ key: 'ArrowDown' }, { ...list, active: 3 })).toBe(3);
  expect(rovingTarget({ key: 'ArrowDown' }, { ...list, active: 3, wrap: true })).toBe(0);
  expect(rovingTarget({ key: 'ArrowUp' }, { ...list, active: 0, wrap: true })).toBe(3);
});

test('pages and ends are optional', () => {
  expect(rovingTarget({ key: 'PageDown' }, list)).toBeUndefined();
  expect(rovingTarget({ key: 'PageDown' }, { ...list, page: 8 })).toBe(3);
  expect(rovingTarget({ key: 'Home' }, list)).toBe(0);
  expect(rovingTarget({ key: 'End' }, list)).toBe(3);
  expect(rovingTarget({ key: 'End' }, { ...list, ends: false })).toBeUndefined();
});

test('a letter goes to the next label that begins with it', () => {
  const labels = ['Pin', 'Rename', 'Print', 'Delete'];
  expect(rovingTarget({ key: 'p' }, { ...list, labels })).toBe(2);
  expect(rovingTarget({ key: 'r' }, { ...list, labels })).toBe(1);
  expect(rovingTarget({ key: 'p', ctrlKey: true }, { ...list, labels })).toBeUndefined();
  expect(rovingTarget({ key: 'x' }, { ...list, labels })).toBeUndefined();
});

test('an empty list has no target', () => {
  expect(rovingTarget({ key: 'ArrowDown' }, { ...list, count: 0 })).toBeUndefined();
});
