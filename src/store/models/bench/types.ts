// What a benchmark of the loaded model is asked, and what it found: plain data, JSON to copy and to keep.
import type { BenchPass } from '../../../protocol/bench';
import type { DeviceSummary } from '../../../protocol/device';

export interface BenchPlan {
  /** Prompt lengths that are read from an empty cache. */
  prefill: number[];
  /** Positions in the cache before the tokens that are timed. */
  depths: number[];
  /** Tokens timed at each depth. */
  decodeTokens: number;
  /** A chat of so many tokens, and the new ones of its next turn. */
  turn: { chat: number; next: number };
  /** Tokens of the passes that are taken apart, kernel by kernel. */
  passes: number[];
  rounds: number;
  /** What would end later than this is left out. */
  budgetMs: number;
}

/** Why something was not measured: it exceeds the context, or the time. */
export interface Skipped {
  what: 'prefill' | 'decode' | 'turn' | 'pass';
  tokens: number;
  why: 'context' | 'time';
}

export interface BenchReport {
  version: 1;
  date: string;
  /** Browser or Node, and the system. */
  host: string;
  adapter: DeviceSummary;
  model: { id: string; name: string; parameters: number; contextTokens: number };
  /** Nats between the same logits computed in one piece and in two. */
  agreementKl: number;
  /** Milliseconds, where they were measured: the first import, and the start from what is stored. */
  load?: { coldMs?: number; warmMs: number; bytes: number };
  streamBytesPerSecond: number;
  gpuBytes: number;
  prefill: { tokens: number; ms: number[] }[];
  decode: { depth: number; msPerToken: number[] }[];
  /** To the first token of a chat of `chat` tokens, and of a next turn of `next` more. */
  turns: { chat: number; next: number; firstMs: number[]; nextMs: number[] } | null;
  passes: BenchPass[];
  skipped: Skipped[];
  tookMs: number;
}

/** What the suite is doing. */
export interface BenchProgress {
  step: 'check' | 'stream' | 'prefill' | 'decode' | 'turn' | 'pass';
  tokens: number;
  /** 0 to 1. */
  fraction: number;
  secondsLeft: number;
}
