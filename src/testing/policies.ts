// Policies of the engine that do not depend on measured times.
import type { Policies } from '../runtime/policies';

/** That many decode steps in flight, always. */
export function fixedSteps(depth: number): Pick<Policies, 'flight'> {
  const nothing = () => undefined;
  return { flight: () => ({ depth, paceMs: 0, restart: nothing, encoded: nothing, arrived: nothing }) };
}

/** That many tokens of a prompt in each pass, always. */
export function fixedChunks(tokens: number): Pick<Policies, 'chunks'> {
  return { chunks: () => ({ tokens, took: () => undefined }) };
}

/** Every draft is checked. */
export const everyDraft: Pick<Policies, 'drafts'> = {
  drafts: () => ({
    choose: ({ ids }) => (ids.length <= 3 ? 4 : 8),
    stepTook: () => undefined,
    passTook: () => undefined,
  }),
};

/** No draft is checked. */
export const noDrafts: Pick<Policies, 'drafts'> = {
  drafts: () => ({ choose: () => undefined, stepTook: () => undefined, passTook: () => undefined }),
};

/** Whole blocks are stored and read back however fast they are computed. */
export const keepEverything: Pick<Policies, 'keeping'> = {
  keeping: () => ({ measured: () => undefined, isWorthKeeping: () => true, isWorthReading: () => true }),
};

/** Nothing is stored or read back. */
export const keepNothing: Pick<Policies, 'keeping'> = {
  keeping: () => ({ measured: () => undefined, isWorthKeeping: () => false, isWorthReading: () => false }),
};
