// Functions as they are kept: without the values of secrets.
import type { UserFunction } from '../functions/definition';
import { IMAGE_KEY, VIDEO_KEY } from '../draw/settings';
import { originOf, secretsOf } from './endpoint';
import { withdrawSecrets, type Secret } from './secrets';

/**
 * @param known secrets that have a value; a name of one for another host is not used again
 * @returns the function with placeholders, and the secrets that stood in it
 */
export function withoutSecrets(
  made: UserFunction,
  known: readonly Pick<Secret, 'name' | 'origin'>[],
): { made: UserFunction; secrets: Secret[] } {
  if (!made.http) return { made, secrets: [] };
  const origin = originOf(made.http.url) ?? '';
  const taken = new Set([
    ...known.filter((one) => one.origin !== origin).map(({ name }) => name),
    ...secretsOf(made.http),
  ]);
  let prefix = made.name;
  const nameOf = (one: string) => `${one.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()}_KEY`;
  for (let n = 2; taken.has(nameOf(prefix)); n++) prefix = `${made.name}_${n}`;
  const { endpoint, secrets } = withdrawSecrets(made.http, prefix);
  return { made: { ...made, http: endpoint }, secrets: secrets.map((one) => ({ ...one, origin })) };
}

/** Secrets that a function which is deleted or replaced leaves behind: no other function sends them, and the drawing does not. */
export function secretsLeftBy(gone: UserFunction, others: readonly UserFunction[]): string[] {
  const used = new Set([
    ...others.flatMap(({ http }) => (http ? secretsOf(http) : [])),
    ...[IMAGE_KEY, VIDEO_KEY],
  ]);
  return gone.http ? secretsOf(gone.http).filter((name) => !used.has(name)) : [];
}
