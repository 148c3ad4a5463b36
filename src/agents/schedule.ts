// Starters with a time: which are due. Nothing runs by itself: what is due is offered on the pages of the app until the user
// takes it, refuses it, or the day ends.
import type { AgentCard, StarterTime } from '../knowledge/agentFile/card';

/** A starter that is due. */
export interface DueStarter {
  agentId: string;
  card: AgentCard;
  time: StarterTime;
}

/** Days on which a starter was taken or refused, by `keyOf`. */
export type Answered = Record<string, string[]>;

/** Days that are remembered of a starter: the clock may go back over midnight, and forth again. */
const DAYS_KEPT = 7;

/** A starter with another time is offered anew. */
export const keyOf = (agentId: string, { starter, at }: StarterTime): string => `${agentId} ${at} ${starter}`;

/** The local day, YYYY-MM-DD. */
export function dayOf(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/**
 * Has the time come today? A time that the clock skips (in spring) comes with the first minute after the gap as far in; of a
 * time that it has twice (in autumn), the first counts, and stays past when the clock goes back.
 */
function hasCome({ at, days }: StarterTime, now: Date): boolean {
  if (days && !days.includes(now.getDay() || 7)) return false;
  const [hours, minutes] = at.split(':').map(Number);
  return now >= new Date(now.getFullYear(), now.getMonth(), now.getDate(), hours, minutes);
}

/** What is due, the earliest time first. @param now in the user's time zone */
export function dueStarters(
  agents: readonly { id: string; card: AgentCard }[],
  answered: Answered,
  now: Date,
): DueStarter[] {
  const today = dayOf(now);
  return agents
    .flatMap(({ id: agentId, card }) => (card.schedule ?? []).map((time) => ({ agentId, card, time })))
    .filter(({ agentId, time }) => hasCome(time, now) && !answered[keyOf(agentId, time)]?.includes(today))
    .sort((a, b) => a.time.at.localeCompare(b.time.at));
}

/** With a starter taken or refused for today. */
export function withAnswer(answered: Answered, agentId: string, time: StarterTime, now: Date): Answered {
  const key = keyOf(agentId, time);
  const today = dayOf(now);
  const days = (answered[key] ?? []).filter((day) => day !== today);
  return { ...answered, [key]: [...days, today].slice(-DAYS_KEPT) };
}

/**
 * After an agent was kept: a time that was set today, after it had come, counts from tomorrow on; times that are gone are
 * forgotten.
 * @param before the card until now
 */
export function withSchedule(
  answered: Answered,
  agentId: string,
  { schedule = [] }: AgentCard,
  before: AgentCard | undefined,
  now: Date,
): Answered {
  const keys = schedule.map((time) => keyOf(agentId, time));
  const others = Object.entries(answered).filter(
    ([key]) => !key.startsWith(`${agentId} `) || keys.includes(key),
  );
  const same = (one: StarterTime, other: StarterTime) =>
    keyOf(agentId, one) === keyOf(agentId, other) && String(one.days) === String(other.days);
  return schedule
    .filter((time) => hasCome(time, now) && !before?.schedule?.some((old) => same(old, time)))
    .reduce((all, time) => withAnswer(all, agentId, time, now), Object.fromEntries(others) as Answered);
}
