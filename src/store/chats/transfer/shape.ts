// Reading values of unknown shape: every complaint says where in the file it is.
import { AppError } from '../../../shared/errors';

/** Something in a file that is not as it should be. */
export interface Problem {
  /** Path in the file. */
  where: string;
  why: string;
}

/** So many problems are told one by one. */
const MOST_PROBLEMS = 50;

/** What was repaired in a file, and what could not be read. */
export class Report {
  /** Values that were replaced or left away while the rest of their message or chat was kept. */
  mended = 0;
  /** Chats, messages and parts of messages that could not be read. */
  leftOut = 0;
  readonly problems: Problem[] = [];

  /** A value was repaired. */
  mend(where: string, why: string): void {
    this.mended++;
    this.note({ where, why });
  }

  /** Reads something that may be left out. @returns undefined when it cannot be read */
  attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.note(problemOf(error));
      this.leftOut++;
      return undefined;
    }
  }

  /** Reads a value that has a substitute. */
  orElse<T>(read: () => T, otherwise: T): T {
    try {
      return read();
    } catch (error) {
      const { where, why } = problemOf(error);
      this.mend(where, why);
      return otherwise;
    }
  }

  private note(problem: Problem): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(problem);
  }
}

/** The problem that `damaged` reported. Other errors are thrown on. */
function problemOf(error: unknown): Problem {
  if (!(error instanceof AppError) || error.code !== 'import-damaged') throw error;
  return { where: String(error.details.where), why: String(error.details.why) };
}

/** A value of an imported file and the way to it. */
export interface Found {
  value: unknown;
  where: string;
  /** Name of the file. */
  name: string;
  report: Report;
}

/** @returns the error to throw: what holds the value decides whether it goes on without it. */
export function damaged({ where, name }: Pick<Found, 'where' | 'name'>, why: string): AppError {
  return new AppError('import-damaged', `${name}: at ${where}: ${why}`, { name, where, why });
}

/** The same where the file as a whole cannot be read, so that no place in it is to be corrected. */
export function unreadable({ where, name }: Pick<Found, 'where' | 'name'>, why: string): AppError {
  const details = { name, where, why, whole: 'yes' };
  return new AppError('import-damaged', `${name}: at ${where}: ${why}`, details);
}

const kindOf = (value: unknown) =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : value === undefined
        ? 'nothing'
        : `a ${typeof value}`;

export function asObject(found: Found): Record<string, unknown> {
  const { value } = found;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw damaged(found, `an object was expected, found ${kindOf(value)}`);
  }
  return value as Record<string, unknown>;
}

export const field = (
  object: Record<string, unknown>,
  key: string,
  { where, name, report }: Omit<Found, 'value'>,
): Found => ({
  value: Object.hasOwn(object, key) ? object[key] : undefined,
  where: where ? `${where}.${key}` : key,
  name,
  report,
});

export function asList(found: Found, most: number): Found[] {
  const { value, where, name, report } = found;
  if (!Array.isArray(value)) throw damaged(found, `a list was expected, found ${kindOf(value)}`);
  if (value.length > most) throw damaged(found, `${value.length} entries, the limit is ${most}`);
  return value.map((entry: unknown, index) => ({ value: entry, where: `${where}[${index}]`, name, report }));
}

export function asText(found: Found, otherwise?: string): string {
  if (found.value === undefined && otherwise !== undefined) return otherwise;
  if (typeof found.value !== 'string')
    throw damaged(found, `text was expected, found ${kindOf(found.value)}`);
  return found.value;
}

export function asNumber(found: Found, otherwise?: number): number {
  if (found.value === undefined && otherwise !== undefined) return otherwise;
  if (typeof found.value !== 'number' || !Number.isFinite(found.value)) {
    throw damaged(found, `a number was expected, found ${kindOf(found.value)}`);
  }
  return found.value;
}

/** An id made of one that is none; '' where nothing of it can stay. */
export const cleanId = (id: unknown): string =>
  typeof id === 'string' || typeof id === 'number'
    ? String(id)
        .replace(/[^\w.:-]+/g, '_')
        .slice(0, 100)
    : '';

/** Ids name database records, elements and addresses. */
export function asId(found: Found): string {
  const id = asText(found);
  if (!/^[\w.:-]{1,128}$/.test(id)) throw damaged(found, 'an id of letters, digits, - and _ was expected');
  return id;
}
