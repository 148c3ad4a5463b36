// The recorded passes of a session: one per number of tokens and length class, made when first needed, a few kept.
import type { Gpu } from '../gpu/device';
import { Program } from '../gpu/program';
import type { DecodeState } from '../model/decodeState';
import type { Activations, GlmWeights } from '../model/glm4';
import { recordForward } from '../model/glm4';
import type { GlmConfig } from '../model/glm4Config';

/** A few chunk sizes and cache lengths. */
const MAX_PROGRAMS = 12;
/** The attention grid covers this many positions at least; it doubles as the chat grows. */
const MIN_GRID_LENGTH = 256;

export interface ForwardShape {
  numTokens: number;
  /** Positions in the cache after the pass. */
  length: number;
  /** Leave the logits of this many last tokens. */
  logitRows: number;
}

export interface ChooseShape {
  /** By which a chosen token moves the position: 0 right after a prefill, else 1. */
  numTokens: 0 | 1;
  greedy: boolean;
  /** Of logits: 1, and one for every draft. */
  rows: number;
}

export interface ProgramParts {
  gpu: Gpu;
  config: GlmConfig;
  weights: GlmWeights;
  activations: Activations;
  state: DecodeState;
}

/** Programs are prepared when they are handed out: their pipelines exist. */
export class ForwardPrograms {
  private readonly programs = new Map<string, Program>();

  constructor(private readonly parts: ProgramParts) {}

  /** A pass over activations.tokens. */
  forward({ numTokens, length, logitRows }: ForwardShape): Promise<Program> {
    const { config, weights, activations, state } = this.parts;
    const grid = 2 ** Math.ceil(Math.log2(Math.max(length, MIN_GRID_LENGTH)));
    const maxLength = Math.min(state.capacity, grid);
    return this.program(`forward ${numTokens} ${maxLength} ${logitRows}`, (label) =>
      Program.record(this.parts.gpu, label, (pass) => {
        const { kv, ropeTable } = state;
        recordForward(pass, {
          ...{ config, weights, activations, kv, ropeTable, state: state.state, numTokens, maxLength },
          withLogits: logitRows > 0,
          logitRows: Math.max(1, logitRows),
        });
      }),
    );
  }

  /** The choice of the next token, or tokens, from the logits. */
  choose({ numTokens, greedy, rows }: ChooseShape): Promise<Program> {
    const { activations, state } = this.parts;
    return this.program(`choose ${numTokens} ${greedy} ${rows}`, (label) =>
      Program.record(this.parts.gpu, label, (pass) =>
        state.recordSample(pass, activations, { numTokens, greedy, rows }),
      ),
    );
  }

  private program(key: string, record: (label: string) => Program): Promise<Program> {
    const program = this.programs.get(key) ?? record(key);
    this.programs.delete(key); // the last used is kept the longest
    this.programs.set(key, program);
    if (this.programs.size > MAX_PROGRAMS) {
      const [oldest, evicted] = this.programs.entries().next().value as [string, Program];
      this.programs.delete(oldest);
      evicted.destroy();
    }
    return program.prepare();
  }

  /** Forgets all: the tensors they were recorded with are no more. */
  clear(): void {
    for (const program of this.programs.values()) program.destroy();
    this.programs.clear();
  }
}
