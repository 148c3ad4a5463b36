import { expect, test } from 'vitest';
import { DEFAULT_SAMPLING, GREEDY_SAMPLING, SAMPLING, SAMPLING_NAMES, SAMPLING_OFF } from './sampling';

test.for(SAMPLING_NAMES)('%s: its values and its slider lie in the accepted range', (name) => {
  const { min, max, slider } = SAMPLING[name];
  for (const value of [DEFAULT_SAMPLING[name], SAMPLING_OFF[name], slider.min, slider.max]) {
    expect(value).toBeGreaterThanOrEqual(min);
    expect(value).toBeLessThanOrEqual(max);
  }
  expect(slider.step).toBeLessThan(slider.max - slider.min);
});

test('greedy sampling differs from the model’s own distribution in the temperature only', () => {
  expect(GREEDY_SAMPLING).toEqual({ ...SAMPLING_OFF, temperature: 0 });
});
