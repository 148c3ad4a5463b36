// Engine policies that do not depend on measured times.
import type { Policies } from '../runtime/policies';

/** A constant number of decode steps in flight. */
export function fixedSteps(depth: number): Pick<Policies, 'flight'> {
  const nothing = () => undefined;
  return { flight: () => ({ depth, paceMs: 0, restart: nothing, encoded: nothing, arrived: nothing }) };
}

/** A constant number of prompt tokens per pass. */
export function fixedChunks(tokens: number): Pick<Policies, 'chunks'> {
  return { chunks: () => ({ tokens, took: () => undefined }) };
}

/** Checks every draft. */
export const everyDraft: Pick<Policies, 'drafts'> = {
  drafts: () => ({
    choose: ({ ids }) => (ids.length <= 3 ? 4 : 8),
    stepTook: () => undefined,
    passTook: () => undefined,
  }),
};

/** Checks no draft. */
export const noDrafts: Pick<Policies, 'drafts'> = {
  drafts: () => ({ choose: () => undefined, stepTook: () => undefined, passTook: () => undefined }),
};

/** Stores and reads back whole blocks, however fast they are to compute. */
export const keepEverything: Pick<Policies, 'keeping'> = {
  keeping: () => ({ measured: () => undefined, isWorthKeeping: () => true, isWorthReading: () => true }),
};

/** Stores and reads back nothing. */
export const keepNothing: Pick<Policies, 'keeping'> = {
  keeping: () => ({ measured: () => undefined, isWorthKeeping: () => false, isWorthReading: () => false }),
};
