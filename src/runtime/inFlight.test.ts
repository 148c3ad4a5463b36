// How many decode steps run ahead, on a simulated GPU: time is a number, nothing waits.
import { expect, test } from 'vitest';
import { FlightDepth } from './inFlight';

interface Simulation {
  /** On the GPU. */
  stepMs: number;
  /** From the end of a step to its result on the host. */
  completionMs: number;
  /** Results are looked for only at multiples of this, as Firefox does. */
  pollMs?: number;
  tokens?: number;
}

/** Milliseconds per token, and the largest time of work submitted but not yet read. */
function simulate({ stepMs, completionMs, pollMs = 0, tokens = 400 }: Simulation) {
  const flight = new FlightDepth(pollMs || completionMs);
  flight.restart();
  let now = 0;
  let gpuFree = 0;
  let deepest = 0;
  const pending: number[] = [];
  let warm = 0;
  for (let read = 0; read < tokens; read++) {
    while (pending.length < flight.depth) {
      gpuFree = Math.max(gpuFree, now) + stepMs;
      const end = gpuFree + completionMs;
      pending.push(pollMs ? Math.ceil(end / pollMs) * pollMs : end);
    }
    deepest = Math.max(deepest, gpuFree - now);
    now = Math.max(now, pending.shift() ?? 0);
    flight.arrived(now);
    if (read === tokens / 2) warm = now;
  }
  return { msPerToken: (now - warm) / (tokens / 2 - 1), deepest, depth: flight.depth };
}

const devices = [
  { stepMs: 400, completionMs: 1 },
  { stepMs: 40, completionMs: 2.5 },
  { stepMs: 8, completionMs: 2.5 },
  { stepMs: 2, completionMs: 2.5 },
  { stepMs: 50, completionMs: 100 },
  { stepMs: 20, completionMs: 100 },
  { stepMs: 8, completionMs: 100 },
  { stepMs: 20, completionMs: 0.2, pollMs: 100 },
  { stepMs: 60, completionMs: 0.2, pollMs: 100 },
];

test.each(devices)('a step of $stepMs ms, results $completionMs ms late: less than 20 % lost', (device) => {
  const { msPerToken, deepest } = simulate(device);
  expect(msPerToken).toBeLessThan(1.2 * device.stepMs);
  expect(deepest).toBeLessThanOrEqual(150 + 2 * device.stepMs);
});

test('where results come back at once, nothing runs ahead', () => {
  expect(simulate({ stepMs: 400, completionMs: 1 }).depth).toBe(1);
});

test('at most 32 steps run ahead, however late their results are', () => {
  expect(simulate({ stepMs: 0.5, completionMs: 100 }).depth).toBe(32);
});
