// Which starters with a time were taken or refused, and when: in localStorage, so that all tabs know at once, and so that the
// page knows without the code of agents whether any agent has a time at all.
import { dayOf, keyOf, withAnswer, type Answered } from '../../../agents/schedule';
import type { StoredAgent } from '../../../agents/agent';
import type { StarterTime } from '../../../knowledge/agentFile/card';
import type { SmallStorage } from '../../ports';
import { OFFERS_KEY } from './types';

/** What was answered; nothing where the text is damaged or missing. */
export function answeredIn(text: string | null): Answered {
  try {
    const value: unknown = JSON.parse(text || '{}');
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(entries.filter(([, days]) => Array.isArray(days)));
  } catch {
    return {};
  }
}

export class Offers {
  /** Counts where the browser refuses storage: for as long as the page lives. */
  #text: string | null;

  constructor(private readonly storage: SmallStorage) {
    this.#text = this.#read() ?? null;
  }

  /** As it is stored now, by whichever tab; empty while no agent has a time. */
  get text(): string | null {
    const stored = this.#read();
    if (stored !== undefined) this.#text = stored;
    return this.#text;
  }

  /** Changes what was answered. @param agents all, as they are kept now */
  update(agents: readonly StoredAgent[], change: (answered: Answered) => Answered = (same) => same): void {
    const next = change(answeredIn(this.text));
    const hasTimes = agents.some(({ card }) => card.schedule);
    const text = hasTimes ? JSON.stringify(next) : '';
    if (text === (this.#text ?? '')) return;
    this.#text = text;
    try {
      this.storage.setItem(OFFERS_KEY, text);
    } catch {
      // the page remembers it
    }
  }

  /** @returns false if it was answered today, as in another tab */
  answer(agents: readonly StoredAgent[], agentId: string, time: StarterTime, now = new Date()): boolean {
    if (answeredIn(this.text)[keyOf(agentId, time)]?.includes(dayOf(now))) return false;
    this.update(agents, (answered) => withAnswer(answered, agentId, time, now));
    return true;
  }

  /** undefined where the browser refuses. */
  #read(): string | null | undefined {
    try {
      return this.storage.getItem(OFFERS_KEY);
    } catch {
      return undefined;
    }
  }
}
