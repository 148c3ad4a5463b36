// The state that changes from token to token is a GPU buffer: a recorded decode step reads it, so the recording stays valid.
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';

/** Words of the state tensor; twin of shaders/lib/state.wgsl. */
export const STATE = {
  /** Rows in the KV cache before this pass: where the K and V of its first token go. Says nothing of rotary positions. */
  slot: 0,
  /** Tokens sampled so far: index into the random stream and, modulo its length, into the ring of ids. */
  counter: 1,
  /** Cache rows before this one are visible to every query of a pass; 0: plain causal attention. */
  prefixEnd: 2,
} as const;

/** Size of the state tensor, u32 [STATE_WORDS]; the words without a name are spare. */
export const STATE_WORDS = 8;

/** In the ring in place of an id: a logit was NaN or infinite. Twin of shaders/lib/finite.wgsl. */
export const NOT_FINITE_ID = 0xffffffff;

export interface StateValues {
  slot: number;
  counter: number;
  /** Default 0. */
  prefixEnd?: number;
}

/** The state tensor's content before a pass. */
export function encodeState({ slot, counter, prefixEnd = 0 }: StateValues): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(STATE_WORDS);
  words[STATE.slot] = slot;
  words[STATE.counter] = counter;
  words[STATE.prefixEnd] = prefixEnd;
  return words;
}

/** @throws AppError 'bug' when it is not a state tensor. */
export function assertState(what: string, state: Tensor): void {
  assertShape(`${what} state`, state, [STATE_WORDS]);
}
