// Reading values of unknown shape: every complaint says where in the file it is.
import { AppError } from '../../../shared/errors';

/** A value of an imported file and the way to it. */
export interface Found {
  value: unknown;
  where: string;
  /** Name of the file. */
  name: string;
}

/** @returns the error to throw: nothing is imported then. */
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
  { where, name }: Omit<Found, 'value'>,
): Found => ({
  value: Object.hasOwn(object, key) ? object[key] : undefined,
  where: where ? `${where}.${key}` : key,
  name,
});

export function asList(found: Found, most: number): Found[] {
  const { value, where, name } = found;
  if (!Array.isArray(value)) throw damaged(found, `a list was expected, found ${kindOf(value)}`);
  if (value.length > most) throw damaged(found, `${value.length} entries, the limit is ${most}`);
  return value.map((entry: unknown, index) => ({ value: entry, where: `${where}[${index}]`, name }));
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

/** Ids name database records, elements and addresses. */
export function asId(found: Found): string {
  const id = asText(found);
  if (!/^[\w.:-]{1,128}$/.test(id)) throw damaged(found, 'an id of letters, digits, - and _ was expected');
  return id;
}
