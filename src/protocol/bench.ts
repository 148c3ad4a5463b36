// Measurements.

export interface LogitsResult {
  top: [id: number, logit: number][];
  logSumExp: number;
  greedy: number[];
  /** All logits [V], when asked for. */
  all?: Float32Array;
}

/** One timed turn: a prompt of ids, then greedy tokens. */
export interface BenchTurnArgs {
  ids: number[];
  /** Tokens to decode, 1 or more. */
  newTokens: number;
  /** Compute all of the prompt; otherwise what the cache holds of it is reused, as in a chat. */
  fresh: boolean;
}

export interface BenchTurn {
  /** From the call to the first token on the host. */
  firstTokenMs: number;
  /** Mean over the tokens after the first; null when there is only one. */
  msPerToken: number | null;
  reusedTokens: number;
  tokens: number[];
}

/** The yardstick: bytes read per second by a kernel that only reads, once per round. */
export interface BenchStream {
  bytes: number;
  runs: number[];
}

/** All dispatches of one kind in a pass. */
export interface BenchKernel {
  /** 'attn.qkv', 'ffn.down', 'head' … */
  name: string;
  dispatches: number;
  ms: number;
}

/** One pass, taken apart. */
export interface BenchPass {
  numTokens: number;
  /** Positions in the cache after it. */
  length: number;
  dispatches: number;
  /** Bytes of the weights it reads. */
  weightBytes: number;
  /** Everything the engine holds on the GPU. */
  gpuBytes: number;
  kernels: BenchKernel[];
}
