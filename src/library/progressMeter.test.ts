import { expect, test } from 'vitest';
import type { LoadProgress } from '../protocol/models';
import { progressMeter } from './progressMeter';

function metered() {
  const clock = { time: 0 };
  const reports: LoadProgress[] = [];
  const meter = progressMeter(
    (progress) => reports.push(progress),
    () => clock.time,
  );
  return { clock, reports, meter };
}

test('reports a steady speed and the remaining time', () => {
  const { clock, reports, meter } = metered();
  for (let done = 0; done <= 500; done += 10, clock.time += 100) meter.at('import', done * 1e6, 1000e6);
  const last = reports.at(-1);
  expect(last?.bytesPerSecond).toBeCloseTo(100e6, -6);
  expect(last?.secondsLeft).toBeCloseTo(5, 0);
  expect(reports.length).toBeLessThan(30); // at least every second call is suppressed
});

test('always reports the end of a phase, and a new phase starts afresh', () => {
  const { clock, reports, meter } = metered();
  meter.at('import', 0, 10);
  clock.time += 1;
  meter.at('import', 10, 10);
  meter.at('upload', 0, 10);
  expect(reports.map(({ phase, doneBytes, secondsLeft }) => [phase, doneBytes, secondsLeft])).toEqual([
    ['import', 0, Infinity],
    ['import', 10, 0],
    ['upload', 0, Infinity],
  ]);
});

test('bytes of earlier sessions count as done but not towards the speed', () => {
  const { clock, reports, meter } = metered();
  meter.at('header', 0, 1);
  // 3 of 5 GB are done; 100 MB more are on disk and packed in the first half second; then 5 MB/s
  let done = 3e9;
  for (; clock.time < 500; clock.time += 50, done += 10e6) meter.at('import', done, 5e9);
  for (; clock.time < 10_000; clock.time += 50) {
    meter.received(0.25e6);
    if (clock.time % 1000 === 0) meter.at('import', (done += 5e6), 5e9);
    const { secondsLeft, bytesPerSecond } = reports.at(-1)!;
    if (clock.time > 600) expect(bytesPerSecond).toBeCloseTo(5e6, -6);
    if (secondsLeft !== Infinity) expect(secondsLeft).toBeGreaterThan(300);
  }
  expect(reports.at(-1)?.secondsLeft).toBeCloseTo((5e9 - done) / 5e6, -1);
  meter.ahead = () => 5e9 - done; // everything is downloaded, packing remains
  clock.time += 200;
  meter.received(1);
  expect(reports.at(-1)?.secondsLeft).toBe(0);
});

test('reports a retry at once and clears it with the next byte; marks progress of another tab', () => {
  const { reports, meter } = metered();
  meter.at('import', 5, 10);
  const retry = { error: { code: 'network' as const, message: '', details: {} }, attempt: 1, inSeconds: 2 };
  meter.retry(retry);
  expect(reports.at(-1)).toMatchObject({ doneBytes: 5, retry });
  meter.retry(null);
  expect(reports.at(-1)).not.toHaveProperty('retry');
  meter.at('import', 6, 10, true);
  expect(reports.at(-1)).toMatchObject({ doneBytes: 6, elsewhere: true });
});
