// The decode loop: steps ahead of the one being read, drafts where they pay, every token as plain decoding would choose it.
import type { Gpu } from '../../gpu/device';
import type { DecodeState, TokenMask, TokenSet } from '../../model/decodeState';
import { newIds, NOT_FINITE_ID } from '../../model/decodeState';
import type { Activations } from '../../model/architecture';
import type { Program } from '../../gpu/program';
import type { Tensor } from '../../gpu/tensor';
import type { SamplingParams } from '../../protocol/chat';
import { AppError } from '../../shared/errors';
import { firstRows } from '../../shared/shape';
import type { Policies } from '../policies';
import { whenAborted } from '../whenAborted';
import type { Constraint, StepCounts, Verifier } from './constraint';
import { NO_PENALTIES } from './constraint';
import type { ForwardPrograms } from './forwardPrograms';
import type { FlightPolicy } from './inFlight';
import { Readback } from './inFlight';
import type { TokenLogprobs } from './logprobs';
import { logprobsOf } from './logprobs';
import type { Draft, DraftPass, DraftPolicy, SpeculationStats } from './speculation';
import { DRAFT_PASSES, LookupIndex } from './speculation';

/** With log-probabilities every result is a whole row of logits: fewer of them travel at once. */
const MAX_DEPTH_WITH_LOGITS = 4;
/** Mixed into the seed of a token that is drawn again. */
const REDRAW_SEED = 0x9e3779b9;
const LONGEST_DRAFT = DRAFT_PASSES[1] - 1;

export interface DecodeOptions {
  /** Tokens the answer may have, throughout; default all. */
  mask?: TokenMask;
  /** Tokens the next step may have, as the answer goes. */
  constraint?: Constraint;
  /** Judges every token that is drawn. */
  verifier?: Verifier;
  /** So many of the last ids in the cache were sampled before, as the beginning of this answer; default 0. */
  drawn?: number;
  signal?: AbortSignal;
  /** Check drafts from earlier in the text, where that is faster; default true. */
  speculation?: boolean;
  /** Called before a token is yielded, with this many alternatives. */
  logprobs?: { top: number; onToken: (logprobs: TokenLogprobs) => void };
}

export interface DecoderParts {
  gpu: Gpu;
  state: DecodeState;
  activations: Activations;
  programs: ForwardPrograms;
  policies: Pick<Policies, 'flight' | 'drafts'>;
}

export interface DecodeRun extends DecodeOptions {
  sampling: SamplingParams;
  /** Ids in the cache; the logits are those of the last one. */
  promptIds: readonly number[];
  contextTokens: number;
  /** Makes room for that many tokens in the cache; false when that fails. */
  ensureRoom: (length: number) => Promise<boolean>;
  /** Called at the end with the ids of the answer that are in the cache. */
  onCached: (ids: number[]) => void;
}

export class Decoder {
  private readonly reports: Readback;
  private flight: FlightPolicy;
  /** From the end of work to its result on the host, as {@link calibrate} measured it. */
  completionMs = 0;
  private readonly drafts: DraftPolicy;
  /** Counts of drafts in the last run. */
  stats: SpeculationStats = { passes: 0, draftedTokens: 0, acceptedTokens: 0 };
  /** Counts of steps in the last run. */
  steps: StepCounts = { deepest: 0, constrained: 0, dropped: 0 };

  constructor(private readonly parts: DecoderParts) {
    this.reports = new Readback(parts.gpu);
    this.drafts = parts.policies.drafts();
    this.flight = parts.policies.flight(0);
  }

  /** Decode steps kept in flight at present. */
  get stepsInFlight(): number {
    return this.flight.depth;
  }

  /** Measures the latency of results on an idle GPU: the median of three. */
  async calibrate(): Promise<void> {
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const started = performance.now();
      this.reports.submit([], [this.parts.state.report]);
      await this.reports.next();
      times.push(performance.now() - started);
    }
    this.completionMs = times.sort((a, b) => a - b)[1];
    this.flight = this.parts.policies.flight(this.completionMs);
  }

  /**
   * Yields sampled ids; the consumer stops it by leaving the loop. Ends when the context is full.
   * @throws the signal's reason when stopped, at once; what the constraint throws; AppError bad-request where masks
   *   leave no token, logits-not-finite after the last good token.
   */
  async *run(run: DecodeRun): AsyncGenerator<number, void> {
    const { promptIds, contextTokens, signal, logprobs, constraint, verifier, speculation = true } = run;
    const answer = this.begin(run);
    const index = speculation && !logprobs ? lookupIndex(promptIds) : undefined;
    const stopped = whenAborted(signal);
    try {
      if (constraint) this.restrict(answer, run, await constraint.next(undefined), 0);
      while (answer.start + answer.ids.length <= contextTokens) {
        signal?.throwIfAborted();
        const draft = index && !answer.isConstrained && this.draft(answer, index, contextTokens);
        let results: Result[];
        if (draft && this.reports.pending === 0) {
          if (!(await run.ensureRoom(answer.start + answer.fed + draft.pass))) return;
          results = await Promise.race([this.check(answer, draft), stopped]);
        } else {
          // Steps in flight are read before a draft: it goes on from the last known token.
          if (!draft) await this.fill(answer, run);
          if (this.reports.pending === 0) return; // there is no room for more
          results = await Promise.race([this.read(answer), stopped]);
        }
        if (answer.isConstrained) this.steps.constrained++;
        for (const [i, { id, logits }] of results.entries()) {
          if (id === NOT_FINITE_ID) throw notFinite(this.parts.gpu.name, answer.ids.length);
          if (verifier && (await this.isRefused(answer, run, id))) break;
          answer.ids.push(id);
          index?.push(id);
          if (logprobs && logits) logprobs.onToken(logprobsOf(logits, id, logprobs.top));
          yield id;
          const unread = results.length - 1 - i;
          const isSettled = verifier !== undefined && this.settle(answer, run, unread);
          const mask = constraint && (await constraint.next(id));
          const isAhead = constraint && this.restrict(answer, run, mask ?? null, isSettled ? 0 : unread);
          if (isSettled || isAhead) break;
        }
      }
    } finally {
      run.onCached(answer.ids.slice(0, answer.fed)); // also when the consumer has left the loop
      this.reports.abandon();
    }
  }

  private begin(run: DecodeRun): Answer {
    const { sampling, promptIds, mask, logprobs, drawn = 0 } = run;
    const { state, activations } = this.parts;
    const greedy = !mask && isPlainGreedy(sampling) && !this.parts.gpu.tuning.greedyBySampling;
    const promptLength = promptIds.length - drawn;
    state.setSlot(promptIds.length, drawn);
    if (!greedy) {
      state.setSampler(run.verifier?.inCall ? { ...sampling, ...NO_PENALTIES } : sampling, mask);
      state.setSeen(promptIds.slice(0, promptLength), promptIds.slice(promptLength));
    }
    this.stats = { passes: 0, draftedTokens: 0, acceptedTokens: 0 };
    this.steps = { deepest: 0, constrained: 0, dropped: 0 };
    this.flight.restart();
    const logits = firstRows(activations.logits, 1);
    const wanted = logprobs ? [state.report, logits] : [state.report];
    const depth = logprobs ? MAX_DEPTH_WITH_LOGITS : Infinity;
    return {
      start: promptIds.length,
      ids: [],
      fed: 0,
      drawn,
      known: drawn,
      greedy,
      isConstrained: false,
      inCall: run.verifier?.inCall ?? false,
      wanted,
      depth,
      isFirst: true,
    };
  }

  /**
   * Puts the mask of the next step in force, null for none, and drops what ran ahead of it.
   * @param unread results of the last pass after the answer's last token.
   * @returns whether something was dropped.
   */
  private restrict(answer: Answer, run: DecodeRun, mask: TokenSet | null, unread: number): boolean {
    if (!mask) {
      if (answer.isConstrained) {
        answer.isConstrained = false;
        this.parts.state.setSampler(run.sampling, run.mask);
        this.flight.restart();
      }
      return false;
    }
    const isAhead = unread > 0 || this.reports.pending > 0;
    if (isAhead) this.goBack(answer, run);
    answer.isConstrained = true;
    this.parts.state.setSampler(run.sampling, { ...run.mask, step: mask });
    return isAhead;
  }

  /** Asks the verifier; a token that it refuses is drawn again under its mask. */
  private async isRefused(answer: Answer, run: DecodeRun, id: number): Promise<boolean> {
    const mask = await run.verifier?.verify(id);
    if (!mask) return false;
    this.goBack(answer, run);
    answer.isConstrained = true;
    const sampling = this.samplingOf(answer, run);
    // Another random number: the first one is known to fall on a refused token.
    const seed = (sampling.seed ^ REDRAW_SEED) >>> 0;
    this.parts.state.setSampler({ ...sampling, seed }, { ...run.mask, step: mask });
    return true;
  }

  /**
   * After a token that the verifier took: lifts the mask, and switches penalties off or on.
   * @param unread results of the last pass after it
   * @returns whether something was dropped
   */
  private settle(answer: Answer, run: DecodeRun, unread: number): boolean {
    const { inCall = false } = run.verifier ?? {};
    const switches = inCall !== answer.inCall && hasPenalties(run.sampling);
    answer.inCall = inCall;
    if (!switches && !answer.isConstrained) return false;
    const isAhead = unread > 0 || this.reports.pending > 0;
    if (isAhead) this.goBack(answer, run);
    answer.isConstrained = false;
    if (!answer.greedy) this.parts.state.setSampler(this.samplingOf(answer, run), run.mask);
    this.flight.restart();
    return isAhead;
  }

  private samplingOf({ inCall }: Answer, { sampling }: DecodeRun): SamplingParams {
    return inCall ? { ...sampling, ...NO_PENALTIES } : sampling;
  }

  /** Back to where the answer's last token is chosen and not fed yet, whatever has run ahead of it. */
  private goBack(answer: Answer, { promptIds }: DecodeRun): void {
    const { gpu, state, activations } = this.parts;
    const { start, ids, drawn, greedy } = answer;
    this.reports.abandon();
    answer.known = drawn + ids.length;
    answer.fed = Math.max(0, ids.length - 1);
    answer.isFirst = ids.length === 0; // the logits of the prompt are still there
    state.setSlot(start + answer.fed, answer.known);
    if (!answer.isFirst) gpu.write(activations.tokens, Uint32Array.of(ids[answer.fed]));
    const promptLength = promptIds.length - drawn;
    if (!greedy) state.setSeen(promptIds.slice(0, promptLength), [...promptIds.slice(promptLength), ...ids]);
    this.steps.dropped++;
  }

  private draft(
    { start, ids, fed }: Answer,
    index: LookupIndex,
    contextTokens: number,
  ): CheckedDraft | undefined {
    const found = ids.length > 0 ? index.find(LONGEST_DRAFT) : undefined;
    const pass = found && this.drafts.choose(found, this.completionMs);
    if (!pass || start + fed + pass > contextTokens) return undefined;
    return this.parts.programs.roundsAlike(start + fed + 1, start + fed + pass)
      ? { ...found, pass }
      : undefined;
  }

  /** Submits steps until as many are in flight as the device needs; under a constraint, one. */
  private async fill(answer: Answer, { contextTokens, ensureRoom, verifier }: DecodeRun): Promise<void> {
    const { programs } = this.parts;
    const { start, wanted, isConstrained } = answer;
    const greedy = answer.greedy && !isConstrained;
    const isAlone = isConstrained || (verifier !== undefined && answer.ids.length === 0);
    const depth = isAlone ? 1 : Math.min(this.stepsInFlight, answer.depth);
    while (this.reports.pending < depth) {
      const began = performance.now();
      const step: Promise<Program>[] = [];
      if (!answer.isFirst) {
        // the first only chooses: the prefill has left the logits
        const length = start + answer.fed + 1;
        if (length > contextTokens || !(await ensureRoom(length))) return;
        step.push(programs.forward({ numTokens: 1, length, logitRows: 1 }));
      }
      step.push(programs.choose({ numTokens: answer.isFirst ? 0 : 1, greedy, rows: 1 }));
      this.reports.submit(await Promise.all(step), wanted);
      if (!isConstrained) this.steps.deepest = Math.max(this.steps.deepest, this.reports.pending);
      if (!answer.isFirst) answer.fed++;
      answer.isFirst = false;
      this.flight.encoded(performance.now() - began);
    }
  }

  /** The result of the oldest step in flight. */
  private async read(answer: Answer): Promise<Result[]> {
    const results = this.resultsOf(answer, await this.reports.next());
    if (answer.depth < Infinity || answer.isConstrained) return results; // held back: the pace says nothing
    this.flight.arrived();
    if (this.flight.paceMs > 0) this.drafts.stepTook(this.flight.paceMs);
    return results;
  }

  /** One pass over the last token and the drafts after it; where a draft is wrong the cache's end moves back. */
  private async check(answer: Answer, draft: CheckedDraft): Promise<Result[]> {
    const { gpu, programs, state, activations } = this.parts;
    const { pass } = draft;
    const began = performance.now();
    const step = await Promise.all([
      programs.forward({ numTokens: pass, length: answer.start + answer.fed + pass, logitRows: pass }),
      programs.choose({ numTokens: 1, greedy: answer.greedy, rows: pass }),
    ]);
    const drafts = Uint32Array.from({ length: pass - 1 }, (_, i) => draft.ids[i] ?? draft.ids[0]);
    gpu.write(activations.tokens, drafts, 4); // after the last token, which is there
    this.reports.submit(step, [state.report]);
    answer.fed++;
    const results = this.resultsOf(answer, await this.reports.next());
    const accepted = results.length - 1;
    answer.fed += accepted;
    this.flight.restart();
    this.drafts.passTook(pass, performance.now() - began, draft, accepted);
    this.stats.passes++;
    this.stats.draftedTokens += pass - 1;
    this.stats.acceptedTokens += accepted;
    return results;
  }

  private resultsOf(answer: Answer, bytes: ArrayBuffer | undefined): Result[] {
    if (!bytes) throw new AppError('bug', 'a decode step was read that was never submitted');
    const { byteLength } = this.parts.state.report;
    const ids = newIds(new Uint32Array(bytes, 0, byteLength / 4), answer.known);
    answer.known += ids.length;
    const logits = bytes.byteLength > byteLength ? new Float32Array(bytes, byteLength) : undefined;
    return ids.map((id) => ({ id, logits }));
  }

  destroy(): void {
    this.reports.destroy();
  }
}

/** An answer being decoded. */
interface Answer {
  /** Tokens of the prompt. */
  start: number;
  ids: number[];
  /** Tokens of the answer that are in the cache, or on their way there. */
  fed: number;
  /** Tokens sampled before this run. */
  drawn: number;
  /** Tokens reported, those sampled before included; `ids` follow as they are yielded. */
  known: number;
  /** Free steps choose by argmax alone. */
  greedy: boolean;
  /** The next step has a mask of the constraint, or of the verifier. */
  isConstrained: boolean;
  /** The next token belongs to a call, whose tokens have no penalties. */
  inCall: boolean;
  /** What every step reports. */
  wanted: Tensor[];
  /** Most steps in flight. */
  depth: number;
  isFirst: boolean;
}

interface CheckedDraft extends Draft {
  pass: DraftPass;
}

interface Result {
  id: number;
  logits?: Float32Array;
}

function notFinite(device: string, tokens: number): AppError {
  const message =
    `After ${tokens} tokens the logits hold NaN or infinity: ${device} computes wrongly, or the model's weights are ` +
    'damaged. Answer again, check the device on the benchmark page, or use another browser or a server.';
  return new AppError('logits-not-finite', message, { device, tokens });
}

function lookupIndex(ids: readonly number[]): LookupIndex {
  const index = new LookupIndex();
  for (const id of ids) index.push(id);
  return index;
}

function isPlainGreedy(sampling: SamplingParams): boolean {
  return sampling.temperature === 0 && !hasPenalties(sampling);
}

function hasPenalties({
  repetitionPenalty,
  frequencyPenalty = 0,
  presencePenalty = 0,
}: SamplingParams): boolean {
  return repetitionPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0;
}
