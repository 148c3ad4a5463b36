// How long a chat may get on this device. Memory is taken as a chat grows, so this is a limit and not a reservation.
import type { GlmConfig } from '../model/glm4Config';
import type { KvFormat } from '../protocol/engine';
import { DecodeState } from '../model/decodeState';

/** Context when nobody asks for another. */
const DEFAULT_CONTEXT_TOKENS = 32768;
/** Beside weights and cache: activations, parked chats, the driver. */
const RESERVE_BYTES = 512 * 1024 * 1024;
/** Never less than this by default: the cache grows until the GPU refuses, and the chat goes on in what there is. */
const MIN_DEFAULT_TOKENS = 4096;

export interface ContextBudget {
  config: GlmConfig;
  kvFormat: KvFormat;
  /** Asked for; default as much as fits, up to 32K. */
  wantedTokens?: number;
  /** Of one buffer in a kernel: a layer's K must fit. */
  maxBindingBytes: number;
  weightBytes: number;
  /** What the GPU holds in all, where that has been measured. */
  allocatableBytes?: number;
}

/** Tokens, a whole number of at least 1. */
export function contextFor(budget: ContextBudget): number {
  const { config, kvFormat, wantedTokens, maxBindingBytes, weightBytes, allocatableBytes } = budget;
  const tokenBytes = DecodeState.bytes(config, kvFormat, 1);
  const bindable = Math.floor(maxBindingBytes / (tokenBytes / config.numLayers / 2)); // K and V are bound apart
  const most = Math.min(config.trainedContextTokens, bindable);
  if (wantedTokens !== undefined) return Math.max(1, Math.min(most, Math.floor(wantedTokens)));
  const free = (allocatableBytes ?? Infinity) - weightBytes - RESERVE_BYTES;
  const held = Math.max(MIN_DEFAULT_TOKENS, Math.floor(free / tokenBytes / 1024) * 1024);
  return Math.min(most, held, DEFAULT_CONTEXT_TOKENS);
}
