// Prompt lookup decoding (arXiv:2304.04487): where the last tokens occurred before, the tokens after them are a draft.
// One pass checks several drafted tokens for little more than the price of one.

/** Tokens of a pass that checks a draft: the last token and 3 or 7 drafted ones. */
export const DRAFT_PASSES = [4, 8] as const;
export type DraftPass = (typeof DRAFT_PASSES)[number];

/** Fewest repeated tokens before a draft. */
const MIN_MATCH = 2;
/** Longer repetitions count as this long. */
const MAX_MATCH = 5;
/** Most earlier occurrences compared, from the latest. */
const MAX_PLACES = 24;
/** Cost of a pass in steps until it has been measured. */
const FIRST_COST: Record<DraftPass, number> = { 4: 1.5, 8: 2 };
/** A draft is checked when its expected gain over plain steps is at least this. */
const MIN_GAIN = 1.05;
const SMOOTHING = 0.2;
/** Vocabularies are smaller. */
const ID_LIMIT = 2 ** 20;

export interface Draft {
  ids: number[];
  /** Repeated tokens before it. */
  match: number;
}

/** Index of the pairs of tokens in a growing sequence. Ids from ID_LIMIT on (injected rows) match nothing. */
export class LookupIndex {
  private readonly ids: number[] = [];
  private readonly places = new Map<number, number[]>();

  push(id: number): void {
    const previous = this.ids.at(-1);
    if (previous !== undefined && previous < ID_LIMIT && id < ID_LIMIT) {
      const key = previous * ID_LIMIT + id;
      const places = this.places.get(key);
      if (places) places.push(this.ids.length);
      else this.places.set(key, [this.ids.length]);
    }
    this.ids.push(id);
  }

  /** The tokens after the longest earlier occurrence of the sequence's end; of equally long ones the latest. */
  find(maxTokens: number): Draft | undefined {
    const { ids } = this;
    const end = ids.length - 1;
    if (end < MIN_MATCH) return undefined;
    const places = this.places.get(ids[end - 1] * ID_LIMIT + ids[end]) ?? [];
    let [best, longest] = [-1, MIN_MATCH - 1];
    for (const place of places.slice(-MAX_PLACES - 1, -1).reverse()) {
      let match = 2;
      while (match < MAX_MATCH && place - match >= 0 && ids[place - match] === ids[end - match]) match++;
      if (match > longest) [best, longest] = [place, match];
    }
    if (best < 0) return undefined;
    const drafted = ids.slice(best + 1, best + 1 + maxTokens);
    const injected = drafted.findIndex((id) => id >= ID_LIMIT);
    if (injected === 0) return undefined;
    return { ids: injected > 0 ? drafted.slice(0, injected) : drafted, match: longest };
  }
}

/** Counts of drafts and accepted tokens. */
export interface SpeculationStats {
  passes: number;
  draftedTokens: number;
  acceptedTokens: number;
}

/** Decides which drafts are checked. */
export interface DraftPolicy {
  /**
   * The pass that checks a draft; undefined where plain steps are faster.
   * @param lateMs from the end of a pass to its result: steps in flight hide it, a pass waits for it.
   */
  choose(draft: Draft, lateMs?: number): DraftPass | undefined;
  /** A plain step took this long with enough of them in flight. */
  stepTook(ms: number): void;
  /** A pass of that many tokens took this long, and so many of its drafted tokens were accepted. */
  passTook(pass: DraftPass, ms: number, draft: Draft, accepted: number): void;
}

/** Weighs the expected tokens of a pass against its cost, from acceptance and times measured on this device. */
export class SpeculationPolicy implements DraftPolicy {
  /** Share of drafted tokens that were accepted, by length of the match before them. */
  private readonly accepted = Array.from({ length: MAX_MATCH + 1 }, (_, match) => 0.3 + 0.1 * match);
  private readonly passMs = new Map<number, number>();
  private stepMs = 0;

  stepTook(ms: number): void {
    this.stepMs = smooth(this.stepMs, ms);
  }

  passTook(pass: DraftPass, ms: number, { match, ids }: Draft, accepted: number): void {
    this.passMs.set(pass, smooth(this.passMs.get(pass) ?? 0, ms));
    // Each accepted token is a success, the first refused one a failure; those after it were not tried.
    const tried = Math.min(ids.length, accepted + 1);
    this.accepted[match] = smooth(this.accepted[match], accepted / tried, tried * SMOOTHING);
  }

  choose({ match, ids }: Draft, lateMs = 0): DraftPass | undefined {
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

/** 1 + a + a² + …: a pass always gives one token, and the n-th drafted one is accepted with probability aⁿ. */
function expectedTokens(accepted: number, drafts: number): number {
  let [expected, chance] = [1, 1];
  for (let n = 0; n < drafts; n++) {
    chance *= accepted;
    expected += chance;
  }
  return expected;
}

function smooth(old: number, value: number, weight = SMOOTHING): number {
  return old === 0 ? value : old + Math.min(0.6, weight) * (value - old);
}
