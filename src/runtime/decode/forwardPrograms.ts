// The recorded passes of a session: one per number of tokens and length class, made when first needed, a few kept.
import type { Gpu } from '../../gpu/device';
import { Program } from '../../gpu/program';
import type { Activations, BoundModel } from '../../model/architecture';
import { splitsAlike } from '../../model/architecture';
import type { DecodeState } from '../../model/decodeState';
import type { Injection } from './injection';

/** A few chunk sizes and cache lengths. */
const MAX_PROGRAMS = 16;
/** The attention grid covers at least this many slots; it doubles as the chat grows. */
const MIN_GRID_LENGTH = 256;

export interface ForwardShape {
  numTokens: number;
  /** Rows in the cache after the pass. */
  length: number;
  /** Leave the logits of this many last tokens. */
  logitRows: number;
  /** Some of the tokens are embedded rows; default false. */
  hasRows?: boolean;
}

export interface ChooseShape {
  /** By which a chosen token moves the slot: 0 right after a prefill, else 1. */
  numTokens: 0 | 1;
  greedy: boolean;
  /** Rows of logits: 1, and one for every draft. */
  rows: number;
}

export interface ProgramParts {
  gpu: Gpu;
  model: BoundModel;
  activations: Activations;
  state: DecodeState;
  injection: Injection;
}

/** Returned programs are prepared: their pipelines exist. */
export class ForwardPrograms {
  private readonly programs = new Map<string, Program>();

  constructor(private readonly parts: ProgramParts) {}

  /** A pass over activations.tokens. */
  forward(shape: ForwardShape): Promise<Program> {
    const { numTokens, logitRows, hasRows = false } = shape;
    const maxLength = this.gridLength(shape);
    const key = `forward ${numTokens} ${maxLength} ${logitRows} ${hasRows}`;
    return this.program(key, () => this.recordForward(shape));
  }

  /** Whether attention rounds alike in a pass that ends at either length: not across a change of its splits. */
  roundsAlike(length: number, other: number): boolean {
    return splitsAlike(this.gridLength({ length }), this.gridLength({ length: other }));
  }

  private gridLength({ length }: { length: number }): number {
    const grid = 2 ** Math.ceil(Math.log2(Math.max(length, MIN_GRID_LENGTH)));
    return Math.min(this.parts.state.capacity, grid);
  }

  private recordForward(shape: ForwardShape, layers?: readonly number[]): Program {
    const { gpu, model, activations, state, injection } = this.parts;
    const { numTokens, logitRows, hasRows } = shape;
    const maxLength = this.gridLength(shape);
    return Program.record(gpu, `forward ${numTokens}`, (pass) =>
      model.record(pass, {
        activations,
        kv: state.kv,
        ropeTable: state.ropeTable,
        state: state.state,
        numTokens,
        maxLength,
        logitRows,
        injected: hasRows ? injection.tensors : undefined,
        layers,
      }),
    );
  }

  /** The choice of the next token, or tokens, from the logits. */
  choose(shape: ChooseShape): Promise<Program> {
    const { numTokens, greedy, rows } = shape;
    return this.program(`choose ${numTokens} ${greedy} ${rows}`, () => this.recordChoose(shape));
  }

  private recordChoose(shape: ChooseShape): Program {
    const { activations, state, gpu } = this.parts;
    return Program.record(gpu, 'choose', (pass) => state.recordSample(pass, activations, shape));
  }

  /** Compiles what these passes will need, all in parallel; nothing runs, and the weights need not be there yet. */
  async compile(forward: ForwardShape[], choose: ChooseShape[]): Promise<void> {
    const layers = this.parts.model.distinctLayers();
    const programs = [
      ...forward.map((shape) => this.recordForward(shape, layers)),
      ...choose.map((shape) => this.recordChoose(shape)),
    ];
    await Promise.all(programs.map((program) => program.compile()));
  }

  private program(key: string, record: () => Program): Promise<Program> {
    const program = this.programs.get(key) ?? record();
    this.programs.delete(key); // most recently used last
    this.programs.set(key, program);
    if (this.programs.size > MAX_PROGRAMS) {
      const [oldest, evicted] = this.programs.entries().next().value as [string, Program];
      this.programs.delete(oldest);
      evicted.destroy();
    }
    return program.prepare();
  }

  /** Forgets all programs: the tensors they were recorded with are gone. */
  clear(): void {
    for (const program of this.programs.values()) program.destroy();
    this.programs.clear();
  }
}
