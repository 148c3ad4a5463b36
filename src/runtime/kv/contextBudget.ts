// The longest context on this device. Memory is allocated as a chat grows, so this is a limit and not a reservation.
import { automaticContext } from '../../catalogue/memory';
import type { ModelConfig } from '../../model/architecture';
import type { KvFormat } from '../../protocol/models';
import { DecodeState } from '../../model/decodeState';

export interface ContextBudget {
  config: ModelConfig;
  kvFormat: KvFormat;
  /** Requested length; default automaticContext(). */
  wantedTokens?: number;
  /** Largest binding of a kernel: K of a layer must fit. */
  maxBindingBytes: number;
  weightBytes: number;
  /** Memory of the GPU for this model, where it has been measured. */
  allocatableBytes?: number;
}

/** Tokens, a whole number of at least 1. */
export function contextFor(budget: ContextBudget): number {
  const { config, kvFormat, wantedTokens, maxBindingBytes, weightBytes, allocatableBytes } = budget;
  const tokenBytes = DecodeState.bytes(config, kvFormat, 1);
  const bindable = Math.floor(maxBindingBytes / (tokenBytes / config.numLayers / 2)); // K and V are bound apart
  const most = Math.min(config.trainedContextTokens, bindable);
  if (wantedTokens !== undefined) return Math.max(1, Math.min(most, Math.floor(wantedTokens)));
  return Math.min(most, automaticContext({ kvBytesPerToken: tokenBytes, weightBytes, allocatableBytes }));
}
