// What changes from token to token lives on the GPU: a recorded decode step reads it and never changes itself.
import type { Tensor } from '../gpu/tensor';
import { assertShape } from '../shared/shape';

/** Words of the state tensor; twin of shaders/lib/state.wgsl. */
export const STATE = {
  /** Tokens in the KV cache before this pass. */
  position: 0,
  /** Tokens sampled so far: index into the random stream and, modulo its length, into the ring of ids. */
  counter: 1,
} as const;

/** Size of the state tensor, u32 [STATE_WORDS]; the words without a name are spare. */
export const STATE_WORDS = 8;

/** The state tensor's content before a pass. */
export function encodeState({
  position,
  counter,
}: {
  position: number;
  counter: number;
}): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(STATE_WORDS);
  words[STATE.position] = position;
  words[STATE.counter] = counter;
  return words;
}

/** @throws AppError 'bug' when it is not a state tensor. */
export function assertState(what: string, state: Tensor): void {
  assertShape(`${what} state`, state, [STATE_WORDS]);
}
