// What restricts the tokens of an answer step by step: a grammar, a tool call's schema, a forced text.

import type { TokenSet } from '../../model/decodeState';

/**
 * Says after every token which tokens may follow. While it returns masks, every step waits for the token before it. While
 * it returns null, steps and drafts run ahead as usual; the decoder drops those past the first mask, so that no token
 * sampled ahead of a mask is emitted and the answer's random numbers stay those of its tokens.
 */
export interface Constraint {
  /** Before the first token: how many tokens there is room for. */
  begin?(room: number): void;
  /**
   * @param id the token that the answer has just got, after its consumer has seen it; undefined before the first one.
   * @returns the mask of the next token; null: any that the request allows.
   */
  next(id: number | undefined): TokenSet | null | Promise<TokenSet | null>;
}

/**
 * Judges tokens after they are drawn freely: steps and drafts run ahead while the model keeps to the rules. Where it does
 * not, the token and what ran ahead of it are dropped, and it is drawn again, with other random numbers, among the tokens
 * that are allowed. Without top-k, top-p and min-p this is the distribution of drawing under the mask at once.
 */
export interface Verifier {
  /**
   * @returns null: the token is taken; otherwise the tokens that are allowed in its place, and nothing has changed. One of
   *   them is taken when it comes.
   */
  verify(id: number): TokenSet | null | Promise<TokenSet | null>;
  /** The next token belongs to a call: penalties are off. */
  readonly inCall: boolean;
}

/** A verifier of calls in one answer. */
export interface CallVerifier extends Verifier {
  /** Takes tokens that the answer already has. Where they break the rules, what follows is free. */
  follow(ids: readonly number[]): Promise<void>;
  /** Frees its memory. */
  end(): void;
}

/** Penalties would push the punctuation and the keys of JSON aside. */
export const NO_PENALTIES = { repetitionPenalty: 1, frequencyPenalty: 0, presencePenalty: 0 };

/** How the steps of an answer ran. */
export interface StepCounts {
  /** Most steps in flight at once, where no constraint was active. */
  deepest: number;
  /** Tokens chosen under a mask of the constraint, or again after the verifier refused them. */
  constrained: number;
  /** Times that steps or drafts ahead were dropped because a constraint became active. */
  dropped: number;
}
