// What restricts the tokens of an answer step by step: a grammar, a tool call's schema, a forced text.

import type { TokenSet } from '../../model/decodeState';

/**
 * Says after every token which tokens may follow. While it returns masks, every step waits for the token before it. While
 * it returns null, steps and drafts run ahead as usual; the decoder drops those past the first mask, so that no token
 * sampled ahead of a mask is emitted and the answer's random numbers stay those of its tokens.
 */
export interface Constraint {
  /**
   * @param id the token that the answer has just got, after its consumer has seen it; undefined before the first one.
   * @returns the mask of the next token; null: any that the request allows.
   */
  next(id: number | undefined): TokenSet | null | Promise<TokenSet | null>;
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
