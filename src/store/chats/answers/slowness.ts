// Why an answer was slow, if it was: only reasons that the user can do something about.
import { COMFORTABLE_TOKENS_PER_SECOND } from '../../../catalogue/comfort';
import type { GenerateSummary } from '../../../protocol/chat';
import type { SlowReason } from '../types';

export const SLOW_REASONS: readonly SlowReason[] = [
  ...(['software', 'memory', 'hidden', 'battery'] as const),
  ...(['other-tab', 'importing', 'long-chat', 'long-prompt'] as const),
];

/** A first word later than this feels like waiting. */
const FIRST_TOKEN_MS = 4000;
/** Share of the predicted speed below which an answer counts as slow. */
const BELOW_PREDICTED = 0.6;
/** A few tokens say little about a speed. */
const MEASURED_FROM_TOKENS = 8;
/** From here on, reading the chat again for every token is felt beside reading the weights. */
const LONG_CHAT_TOKENS = 12_000;
const LONG_PROMPT_TOKENS = 512;
/** Share of an answer's time. */
const HIDDEN_SHARE = 0.2;

/** What the browser tells of the page and the machine. */
export interface Surroundings {
  /** ms that the page has been hidden since it was opened. */
  hiddenMs(): number;
  /** null where the browser does not tell. */
  onBattery(): Promise<boolean | null>;
  /** Another tab of this app holds a model on the same graphics card. */
  otherTabHoldsModel(): Promise<boolean>;
}

/** ms of an answer: to its first word, to its end, and how long of it the page was hidden. */
export interface Timing {
  firstTokenMs: number;
  totalMs: number;
  hiddenMs: number;
}

/** Starts to measure; the result, at the end, is told when the first word came (performance.now(), 0 for never). */
export function startClock(surroundings: Surroundings): (firstTextAt: number) => Timing {
  const [start, hidden] = [performance.now(), surroundings.hiddenMs()];
  return (firstTextAt) => {
    const totalMs = performance.now() - start;
    const firstTokenMs = firstTextAt > 0 ? firstTextAt - start : totalMs;
    return { firstTokenMs, totalMs, hiddenMs: surroundings.hiddenMs() - hidden };
  };
}

export interface SlowFacts extends Timing {
  summary: GenerateSummary;
  software: boolean;
  onBattery: boolean | null;
  otherTab: boolean;
  importing: boolean;
  /** What the model takes and what the card was measured to hold; null where that is not known. */
  neededBytes: number;
  allocatableBytes: number | null;
  predictedTokensPerSecond: number | null;
}

/** Tokens per second of an answer; 0 when it is too short to say. */
export const speedOf = ({ newTokens, decodeMs }: Pick<GenerateSummary, 'newTokens' | 'decodeMs'>): number =>
  newTokens >= MEASURED_FROM_TOKENS && decodeMs > 0 ? (newTokens * 1000) / decodeMs : 0;

/** Empty for an answer that was as fast as one could wish; else the likeliest reason first. */
export function slowReasons(facts: SlowFacts): SlowReason[] {
  const { summary, firstTokenMs, predictedTokensPerSecond: predicted } = facts;
  const speed = speedOf(summary);
  const writesSlowly =
    speed > 0 &&
    (speed < COMFORTABLE_TOKENS_PER_SECOND || (predicted !== null && speed < predicted * BELOW_PREDICTED));
  const startsSlowly = firstTokenMs > FIRST_TOKEN_MS;
  if (!writesSlowly && !startsSlowly) return [];
  const computed = summary.prefilledTokens ?? summary.promptTokens - summary.reusedTokens;
  const tests: [SlowReason, boolean][] = [
    ['software', facts.software],
    ['memory', facts.allocatableBytes !== null && facts.neededBytes > facts.allocatableBytes],
    ['hidden', facts.hiddenMs > facts.totalMs * HIDDEN_SHARE],
    ['other-tab', facts.otherTab],
    ['importing', facts.importing],
    ['long-prompt', startsSlowly && computed >= LONG_PROMPT_TOKENS],
    ['long-chat', writesSlowly && summary.contextUsed >= LONG_CHAT_TOKENS],
    ['battery', facts.onBattery === true],
  ];
  return tests.flatMap(([reason, is]) => (is ? [reason] : []));
}

/** Chromium only. */
interface BatteryNavigator {
  getBattery?(): Promise<{ charging: boolean }>;
}

/** This page's. */
export function openSurroundings(): Surroundings {
  let hiddenMs = 0;
  let hiddenSince = document.visibilityState === 'hidden' ? performance.now() : null;
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') hiddenSince = performance.now();
    else if (hiddenSince !== null) {
      hiddenMs += performance.now() - hiddenSince;
      hiddenSince = null;
    }
  });
  return {
    hiddenMs: () => hiddenMs + (hiddenSince === null ? 0 : performance.now() - hiddenSince),
    async onBattery() {
      const battery = await (navigator as BatteryNavigator).getBattery?.().catch(() => null);
      return battery ? !battery.charging : null;
    },
    async otherTabHoldsModel() {
      const { held = [] } = (await navigator.locks?.query().catch(() => null)) ?? {};
      // One is this tab's own (src/library/modelLock.ts).
      return held.filter(({ name }) => name?.startsWith('model ')).length > 1;
    },
  };
}
