// Decisions that follow from measured times. A program that wants them fixed (tests, benchmarks) gives the engine others.
import type { FlightPolicy } from './decode/inFlight';
import { FlightDepth } from './decode/inFlight';
import type { ChunkPolicy, Speed } from './decode/prefiller';
import { GrowingChunks } from './decode/prefiller';
import type { DraftPolicy } from './decode/speculation';
import { SpeculationPolicy } from './decode/speculation';
import type { KeepPolicy } from './kv/kvKeeper';
import { KeepWhatIsSlow } from './kv/kvKeeper';

export interface Policies {
  /** Tokens that a new KV cache has room for; it grows before a chat needs more. */
  firstCapacity: number;
  /** How many decode steps run ahead, given the latency of results on the idle GPU, ms. */
  flight: (completionMs: number) => FlightPolicy;
  /** How many tokens of a prompt one pass reads. */
  chunks: (speed: Speed, numLayers: number) => ChunkPolicy;
  /** Which drafts are checked. */
  drafts: () => DraftPolicy;
  /** Which prefixes have their K and V stored. */
  keeping: () => KeepPolicy;
}

export const STANDARD_POLICIES: Policies = {
  firstCapacity: 1024,
  flight: (completionMs) => new FlightDepth(completionMs),
  chunks: (speed, numLayers) => new GrowingChunks(speed, numLayers),
  drafts: () => new SpeculationPolicy(),
  keeping: () => new KeepWhatIsSlow(),
};
