// agent.json: what an agent is, besides its functions and its knowledge. Fields are taken one by one: whatever else a file
// holds, keys and permissions included, is neither read nor written.

/** When a starter is offered, in the user's local time. Nothing is asked of the model without the user. */
export interface StarterTime {
  /** One of the card's starters. */
  starter: string;
  /** HH:MM, 00:00 to 23:59. */
  at: string;
  /** 1, Monday, to 7, Sunday; missing: every day. */
  days?: number[];
}

export interface AgentCard {
  name: string;
  description: string;
  /** 'zh', 'en' …: of its texts. */
  language?: string;
  /** A picture as a data: URI, or an emoji. */
  avatar?: string;
  instructions: string;
  /** What it says first. */
  opening?: string;
  starters: string[];
  /** At most one time of a starter. */
  schedule?: StarterTime[];
  /** Names of tools. Each asks before its first call: permissions are the user's, and no file grants them. */
  tools: string[];
  /** Such as temperature and top_p. */
  sampling?: Record<string, number>;
  /** The model it was made for, as a hint. */
  model?: string;
}

/** An agent that only has a name. */
export const emptyCard = (name: string): AgentCard => ({
  name,
  description: '',
  instructions: '',
  starters: [],
  tools: [],
});

type Refuse = (field: string, why: string) => Error;

/** The card in a parsed agent.json. @param refuse makes the error of a field. */
export function cardOf(json: Record<string, unknown>, refuse: Refuse): AgentCard {
  const text = (field: string): string | undefined => {
    const value = json[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw refuse(field, 'a text was expected');
    return value;
  };
  const texts = (field: string): string[] => {
    const value = json[field] ?? [];
    if (!Array.isArray(value) || value.some((one) => typeof one !== 'string'))
      throw refuse(field, 'a list of texts was expected');
    return value as string[];
  };
  const name = text('name')?.trim();
  if (!name) throw refuse('name', 'a name was expected');
  const optional = (['language', 'avatar', 'opening', 'model'] as const).flatMap((field) => {
    const value = text(field);
    return value === undefined ? [] : [[field, value] as const];
  });
  const sampling = samplingOf(json.sampling, refuse);
  const schedule = scheduleOf(json.schedule, texts('starters'), refuse);
  return {
    name,
    description: text('description') ?? '',
    instructions: text('instructions') ?? '',
    starters: texts('starters'),
    tools: texts('tools'),
    ...(schedule.length > 0 && { schedule }),
    ...Object.fromEntries(optional),
    ...(sampling && { sampling }),
  };
}

const isDay = (day: unknown) => Number.isInteger(day) && (day as number) >= 1 && (day as number) <= 7;

function scheduleOf(value: unknown, starters: readonly string[], refuse: Refuse): StarterTime[] {
  const times = value ?? [];
  const wrong = () =>
    refuse('schedule', 'for each starter one time HH:MM, with days from 1 to 7, was expected');
  if (!Array.isArray(times)) throw wrong();
  const taken = new Set<string>();
  return times.map((time: Partial<StarterTime> | null) => {
    const { starter, at, days } = time ?? {};
    if (typeof starter !== 'string' || !starters.includes(starter) || taken.has(starter)) throw wrong();
    if (typeof at !== 'string' || !/^([01]\d|2[0-3]):[0-5]\d$/.test(at)) throw wrong();
    taken.add(starter);
    if (days === undefined || days === null) return { starter, at };
    if (!Array.isArray(days) || days.length === 0 || !days.every(isDay)) throw wrong();
    const chosen = [...new Set(days)].sort();
    return { starter, at, ...(chosen.length < 7 && { days: chosen }) };
  });
}

function samplingOf(value: unknown, refuse: Refuse): Record<string, number> | undefined {
  if (value === undefined || value === null) return undefined;
  const numbers = typeof value === 'object' ? Object.entries(value) : [];
  if (typeof value !== 'object' || Array.isArray(value) || numbers.some(([, one]) => !Number.isFinite(one)))
    throw refuse('sampling', 'numbers were expected');
  return Object.fromEntries(numbers) as Record<string, number>;
}
