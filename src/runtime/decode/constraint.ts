// What restricts the tokens of an answer step by step: a grammar, a tool call's schema, a forced text.

import type { TokenSet } from '../../model/decodeState';

/**
 * Asked after every token which ones may follow. While it gives masks every step waits for the token before it; while it
 * gives null, steps and drafts run ahead as always, and those that ran past the first mask are dropped: nothing sampled
 * ahead of a mask is ever seen, and the random numbers of the answer stay those of its tokens.
 */
export interface Constraint {
  /**
   * @param id the token that the answer has just got, after its consumer has seen it; undefined before the first one.
   * @returns the mask of the next token; null: any that the request allows.
   */
  next(id: number | undefined): TokenSet | null;
}

/** How the steps of an answer ran. */
export interface StepCounts {
  /** Most steps in flight at once, where no constraint was active. */
  deepest: number;
  /** Tokens chosen under a mask of the constraint. */
  constrained: number;
  /** Times that steps or drafts ahead were dropped because a constraint became active. */
  dropped: number;
}
