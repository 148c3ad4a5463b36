import { expect, test } from 'vitest';
import { between, MIDDLE, moved, pressed, pulled } from './part';

const REACH = { x: 0.05, y: 0.05 };

test('corners in any order make a rectangle inside the picture, never thinner than a finger can hold', () => {
  expect(between({ x: 0.8, y: 1.4 }, { x: -1, y: 0.5 })).toEqual({
    left: 0,
    top: 0.5,
    right: 0.8,
    bottom: 1,
  });
  const thin = between({ x: 1, y: 1 }, { x: 1, y: 1 });
  expect(thin.right - thin.left).toBeCloseTo(0.02);
  expect(thin.right).toBeLessThanOrEqual(1);
});

test('pulling moves the inside, draws a corner, or begins a new rectangle', () => {
  const inside = pulled(MIDDLE, { x: 0.5, y: 0.5 }, REACH)({ x: 0.9, y: 0.5 });
  expect(inside).toEqual({ left: 0.5, top: 0.25, right: 1, bottom: 0.75 });
  const corner = pulled(MIDDLE, { x: 0.26, y: 0.74 }, REACH)({ x: 0.1, y: 0.9 });
  expect(corner).toEqual({ left: 0.1, top: 0.25, right: 0.75, bottom: 0.9 });
  const fresh = pulled(MIDDLE, { x: 0.1, y: 0.1 }, REACH)({ x: 0.2, y: 0.2 });
  expect(fresh).toEqual({ left: 0.1, top: 0.1, right: 0.2, bottom: 0.2 });
});

test('the keyboard moves it, and with Shift changes its size', () => {
  expect(pressed(MIDDLE, { key: 'ArrowLeft', shiftKey: false })).toEqual(moved(MIDDLE, { x: -0.02, y: 0 }));
  expect(pressed(MIDDLE, { key: 'ArrowDown', shiftKey: true })?.bottom).toBeCloseTo(0.77);
  expect(pressed(MIDDLE, { key: 'Enter', shiftKey: false })).toBeNull();
  let part = MIDDLE;
  for (let press = 0; press < 60; press++) part = pressed(part, { key: 'ArrowUp', shiftKey: true }) ?? part;
  expect(part.top).toBe(0.25);
  expect(part.bottom - part.top).toBeCloseTo(0.02);
});
