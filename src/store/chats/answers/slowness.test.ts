import { expect, test } from 'vitest';
import { slowReasons, type SlowFacts } from './slowness';
import { summary } from '../../scriptedStore';

/** 20 tokens at 2 tokens/s on a graphics card where all is well. */
const slow: SlowFacts = {
  summary: { ...summary('stop', 20), decodeMs: 10_000 },
  firstTokenMs: 100,
  totalMs: 10_100,
  hiddenMs: 0,
  software: false,
  onBattery: false,
  otherTab: false,
  importing: false,
  neededBytes: 6e9,
  allocatableBytes: 8e9,
  predictedTokensPerSecond: null,
};
const fast = { ...summary('stop', 20), decodeMs: 1000 };
const longPrompt = { ...fast, promptTokens: 4000, reusedTokens: 100 };

test.each<[name: string, change: Partial<SlowFacts>, reasons: string[]]>([
  ['nothing to say', {}, []],
  ['software', { software: true }, ['software']],
  ['too little memory', { neededBytes: 9e9 }, ['memory']],
  ['memory that was never measured', { neededBytes: 9e9, allocatableBytes: null }, []],
  ['a hidden tab', { hiddenMs: 5000 }, ['hidden']],
  ['a glance elsewhere', { hiddenMs: 500 }, []],
  [
    'battery, tabs and downloads',
    { onBattery: true, otherTab: true, importing: true },
    ['other-tab', 'importing', 'battery'],
  ],
  ['a battery that the browser hides', { onBattery: null }, []],
  ['a long chat', { summary: { ...slow.summary, contextUsed: 20_000 } }, ['long-chat']],
  ['fast, whatever else', { summary: fast, software: true, onBattery: true }, []],
  [
    'fast, but below what was predicted',
    { summary: fast, software: true, predictedTokensPerSecond: 60 },
    ['software'],
  ],
  ['a late first word after much reading', { summary: longPrompt, firstTokenMs: 9000 }, ['long-prompt']],
  ['a prompt that was known', { summary: { ...longPrompt, reusedTokens: 3990 }, firstTokenMs: 9000 }, []],
  [
    'an answer too short to judge',
    { summary: { ...summary('stop', 3), decodeMs: 9000 }, software: true },
    [],
  ],
])('reasons for a slow answer: %s', (_, change, reasons) => {
  expect(slowReasons({ ...slow, ...change })).toEqual(reasons);
});
