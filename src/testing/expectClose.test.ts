import { expect, test } from 'vitest';
import { expectClose, rootMeanSquare } from './expectClose';

test('accepts differences within the sum of the allowances', () => {
  expectClose([1, 2, 3], [1, 2, 3]);
  expectClose([100.5], [100], { rel: 0.004, abs: 0.1 });
  expectClose([0.01, 10], [0, 10], { ofRms: 0.01 });
  expectClose([Infinity, -0], [Infinity, 0]);
});

test('rejects larger differences and names the worst element', () => {
  expect(() => expectClose([1, 2.5, 3.1], [1, 2, 3], { abs: 0.05 })).toThrow(
    /2 of 3 values.*index 1: got 2.5, want 2, \|Δ\| 0.5, allowed 0.05/,
  );
  expect(() => expectClose([1], [1, 2])).toThrow('got 1 values, want 2');
  expect(() => expectClose([Infinity], [1], { rel: 1 })).toThrow('index 0');
});

test('NaN is never close, whatever the allowance', () => {
  expect(() => expectClose([0, NaN, 9], [0, 1, 1], { abs: 10 })).toThrow(/1 of 3.*index 1: got NaN/);
  expect(() => expectClose([1], [NaN], { abs: 10 })).toThrow('want NaN');
});

test('rootMeanSquare', () => {
  expect(rootMeanSquare([3, -4])).toBeCloseTo(Math.sqrt(12.5));
  expect(rootMeanSquare([])).toBe(0);
});
