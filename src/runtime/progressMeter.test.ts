import { expect, test } from 'vitest';
import type { LoadProgress } from '../protocol/engine';
import { progressMeter } from './progressMeter';

test('reports a steady speed and the time left', () => {
  let time = 0;
  const reports: LoadProgress[] = [];
  const meter = progressMeter(
    (progress) => reports.push(progress),
    () => time,
  );
  for (let done = 0; done <= 500; done += 10, time += 100) meter('import', done * 1e6, 1000e6);
  const last = reports.at(-1);
  expect(last?.bytesPerSecond).toBeCloseTo(100e6, -6);
  expect(last?.secondsLeft).toBeCloseTo(5, 0);
  expect(reports.length).toBeLessThan(30); // every second call is swallowed
});

test('the end of a phase is always reported, and a new phase starts afresh', () => {
  let time = 0;
  const reports: LoadProgress[] = [];
  const meter = progressMeter(
    (progress) => reports.push(progress),
    () => time,
  );
  meter('import', 0, 10);
  time += 1;
  meter('import', 10, 10);
  meter('upload', 0, 10);
  expect(reports.map(({ phase, doneBytes, secondsLeft }) => [phase, doneBytes, secondsLeft])).toEqual([
    ['import', 0, Infinity],
    ['import', 10, 0],
    ['upload', 0, Infinity],
  ]);
});
