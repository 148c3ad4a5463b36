// The number of steps in flight on a simulated GPU with a simulated clock.
import { expect, test } from 'vitest';
import { FlightDepth } from './inFlight';

interface Simulation {
  /** Duration of a step on the GPU. */
  stepMs: number;
  /** From the end of a step to its result on the host. */
  completionMs: number;
  /** The measured value of completionMs; default: the true one. */
  measuredMs?: number;
  /** Results are polled at multiples of this, as in Firefox. */
  pollMs?: number;
  /** Other work delays every tenth step of the first half by this. */
  heldUpMs?: number;
  tokens?: number;
}

/** Milliseconds per token of the last quarter, those of all tokens, and the largest time of work submitted but not yet read. */
function simulate(device: Simulation) {
  const { stepMs, completionMs, pollMs = 0, heldUpMs = 0, tokens = 800 } = device;
  const flight = new FlightDepth(device.measuredMs ?? (pollMs || completionMs));
  flight.restart();
  let now = 0;
  let gpuFree = 0;
  let deepest = 0;
  const pending: number[] = [];
  let warm = 0;
  for (let read = 0; read < tokens; read++) {
    while (pending.length < flight.depth) {
      const wait = read < tokens / 2 && (read + pending.length) % 10 === 0 ? heldUpMs : 0;
      gpuFree = Math.max(gpuFree, now) + wait + stepMs;
      const end = gpuFree + completionMs;
      pending.push(pollMs ? Math.ceil(end / pollMs) * pollMs : end);
    }
    deepest = Math.max(deepest, gpuFree - now);
    now = Math.max(now, pending.shift() ?? 0);
    flight.arrived(now);
    if (read === (3 * tokens) / 4) warm = now;
  }
  return { msPerToken: (now - warm) / (tokens / 4 - 1), totalMs: now, deepest, depth: flight.depth };
}

const devices: Simulation[] = [
  { stepMs: 400, completionMs: 1 },
  { stepMs: 40, completionMs: 2.5 },
  { stepMs: 8, completionMs: 2.5 },
  { stepMs: 2, completionMs: 2.5 },
  { stepMs: 50, completionMs: 100 },
  { stepMs: 20, completionMs: 100 },
  { stepMs: 8, completionMs: 100 },
  { stepMs: 3, completionMs: 100 },
  { stepMs: 20, completionMs: 0.2, pollMs: 100 },
  { stepMs: 60, completionMs: 0.2, pollMs: 100 },
  { stepMs: 3, completionMs: 0.2, pollMs: 100 },
];

test.each(devices)('a step of $stepMs ms, results $completionMs ms late: less than 20 % lost', (device) => {
  const { msPerToken, deepest } = simulate(device);
  expect(msPerToken).toBeLessThan(1.2 * device.stepMs);
  expect(deepest).toBeLessThanOrEqual(200 + 2 * device.stepMs);
});

test.each([3, 8, 20])('a step of %d ms: also with results later than measured', (stepMs) => {
  const { msPerToken } = simulate({ stepMs, completionMs: 100, measuredMs: 80 });
  expect(msPerToken).toBeLessThan(1.2 * stepMs);
});

test.each([3, 8, 20])('a step of %d ms: the pace recovers after other work has ended', (stepMs) => {
  const { msPerToken } = simulate({ stepMs, completionMs: 100, measuredMs: 90, heldUpMs: 200 });
  expect(msPerToken).toBeLessThan(1.2 * stepMs);
});

test('results looked for every 100 ms: a first answer of 35 tokens takes at most 7 looks', () => {
  for (const stepMs of [1, 3, 8])
    expect(simulate({ stepMs, completionMs: 0.2, pollMs: 100, tokens: 35 }).totalMs).toBeLessThanOrEqual(700);
});

test('where results come back at once, nothing runs ahead', () => {
  expect(simulate({ stepMs: 400, completionMs: 1 }).depth).toBe(1);
});

test('at most 64 steps run ahead, however late their results are', () => {
  expect(simulate({ stepMs: 0.5, completionMs: 100 }).depth).toBe(64);
});
