import { describe, expect } from 'vitest';
import { gpuTest } from '../testing/gpuTest';
import { seeded } from '../testing/random';
import { argmax, argmaxScratchShape } from './argmax';
import { encodeState, STATE } from './state';

const cases = [
  { vocabSize: 151552, numRealTokens: 151343 },
  { vocabSize: 1003, numRealTokens: 998 },
  { vocabSize: 5, numRealTokens: 3 }, // fewer ids than workgroups
];

describe('argmax', () => {
  gpuTest.for(cases)(
    'V=$vocabSize: the largest logit, the first of ties, never padding',
    async (args, { gpu }) => {
      const { vocabSize, numRealTokens } = args;
      const values = seeded(vocabSize)
        .normal(vocabSize)
        .map((x) => x - 1000); // all negative
      values.fill(5, numRealTokens);
      const largest = (): number =>
        values.subarray(0, numRealTokens).indexOf(Math.max(...maxima(values, numRealTokens)));
      const places = [largest(), 0, numRealTokens - 1, 2];
      for (const [round, place] of places.entries()) {
        if (round > 0) values[place] = round; // every round has a new maximum, the third a tie
        if (round === 3) values[numRealTokens - 1] = 3;
        const [logits, scratch] = [gpu.tensor(values, [1, vocabSize]), gpu.zeros(argmaxScratchShape(1))];
        const state = gpu.tensor(encodeState({ slot: 9, counter: round + 4 }), [8]);
        const [tokens, ring] = [gpu.tensor(new Uint32Array(2), [2]), gpu.tensor(new Uint32Array(4), [4])];
        await gpu.run((pass) =>
          argmax(pass, { logits, numRealTokens, scratch, state, tokens, ring, numTokens: 7 }),
        );
        expect((await gpu.readU32(tokens))[0]).toBe(largest());
        expect((await gpu.readU32(ring))[round]).toBe(largest());
        const words = await gpu.readU32(state);
        expect([words[STATE.slot], words[STATE.counter]]).toEqual([16, round + 5]);
      }
    },
  );
});

/** Maximum by pieces: spreading 151552 arguments would overflow the stack. */
function maxima(values: Float32Array, end: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < end; i += 4096) result.push(Math.max(...values.subarray(i, Math.min(i + 4096, end))));
  return result;
}
