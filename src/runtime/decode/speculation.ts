// Prompt lookup: what followed the last tokens when they stood here before is likely to follow again. One pass checks
// several such drafts for little more than the price of one token (arXiv:2304.04487, "prompt lookup decoding").

/** Tokens of a pass that checks drafts: the last one and 3 or 7 after it. */
export const DRAFT_PASSES = [4, 8] as const;
export type DraftPass = (typeof DRAFT_PASSES)[number];

/** A draft must follow at least so many tokens that repeat. */
const MIN_MATCH = 2;
/** Longer repetitions are trusted alike. */
const MAX_MATCH = 5;
/** Places looked at, from the latest. */
const MAX_PLACES = 24;
/** What a pass costs in steps until it has been measured. */
const FIRST_COST: Record<DraftPass, number> = { 4: 1.5, 8: 2 };
/** A draft is tried when it promises this much more than plain steps. */
const MIN_GAIN = 1.05;
const SMOOTHING = 0.2;

export interface Draft {
  ids: number[];
  /** Tokens that repeat before it. */
  match: number;
}

/** Where pairs of tokens stand in a growing sequence. */
export class LookupIndex {
  private readonly ids: number[] = [];
  private readonly places = new Map<number, number[]>();

  push(id: number): void {
    const previous = this.ids.at(-1);
    if (previous !== undefined) {
      const key = previous * 2 ** 20 + id;
      const places = this.places.get(key);
      if (places) places.push(this.ids.length);
      else this.places.set(key, [this.ids.length]);
    }
    this.ids.push(id);
  }

  /** What followed the longest earlier repetition of the sequence's end, of equals the latest. */
  find(maxTokens: number): Draft | undefined {
    const { ids } = this;
    const end = ids.length - 1;
    if (end < MIN_MATCH) return undefined;
    const places = this.places.get(ids[end - 1] * 2 ** 20 + ids[end]) ?? [];
    let [best, longest] = [-1, MIN_MATCH - 1];
    for (const place of places.slice(-MAX_PLACES - 1, -1).reverse()) {
      let match = 2;
      while (match < MAX_MATCH && place - match >= 0 && ids[place - match] === ids[end - match]) match++;
      if (match > longest) [best, longest] = [place, match];
    }
    if (best < 0) return undefined;
    return { ids: ids.slice(best + 1, best + 1 + maxTokens), match: longest };
  }
}

/** How drafts fared. */
export interface SpeculationStats {
  passes: number;
  draftedTokens: number;
  acceptedTokens: number;
}

/** When a draft is worth checking: from how often drafts came true and what their passes cost, both as measured here. */
export class SpeculationPolicy {
  /** Share of drafted tokens that came true, by length of the match before them. */
  private readonly accepted = Array.from({ length: MAX_MATCH + 1 }, (_, match) => 0.3 + 0.1 * match);
  private readonly passMs = new Map<number, number>();
  private stepMs = 0;

  /** @param isForced for tests: every draft is checked. */
  constructor(private readonly isForced = false) {}

  /** A plain step takes so long with enough of them in flight. */
  stepTook(ms: number): void {
    this.stepMs = smooth(this.stepMs, ms);
  }

  /** A pass of that many tokens took so long, and so many of its drafts came true. */
  passTook(pass: DraftPass, ms: number, { match, ids }: Draft, accepted: number): void {
    this.passMs.set(pass, smooth(this.passMs.get(pass) ?? 0, ms));
    // Each accepted one was a success; the first one refused a failure; those after it say nothing.
    const tried = Math.min(ids.length, accepted + 1);
    this.accepted[match] = smooth(this.accepted[match], accepted / tried, tried * SMOOTHING);
  }

  /**
   * The pass that promises most; undefined where plain steps are better.
   * @param lateMs from the end of a pass to its result, which steps in flight hide and a pass waits for.
   */
  choose({ match, ids }: Draft, lateMs = 0): DraftPass | undefined {
    if (this.isForced) return ids.length <= 3 ? 4 : 8;
    if (this.stepMs === 0) return undefined;
    let [best, gain] = [undefined as DraftPass | undefined, MIN_GAIN];
    for (const pass of DRAFT_PASSES) {
      const cost = (this.passMs.get(pass) ?? FIRST_COST[pass] * this.stepMs + lateMs) / this.stepMs;
      const expected = expectedTokens(this.accepted[match], Math.min(ids.length, pass - 1));
      if (expected / cost > gain) [best, gain] = [pass, expected / cost];
    }
    return best;
  }
}

/** 1 + a + a² + …: the pass always gives one token, the n-th draft comes true with a^n. */
function expectedTokens(accepted: number, drafts: number): number {
  let [expected, chance] = [1, 1];
  for (let n = 0; n < drafts; n++) expected += chance *= accepted;
  return expected;
}

function smooth(old: number, value: number, weight = SMOOTHING): number {
  return old === 0 ? value : old + Math.min(0.6, weight) * (value - old);
}
