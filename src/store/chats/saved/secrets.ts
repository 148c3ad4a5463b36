// Secrets of functions. The page knows names and hosts; values leave this object only to be sent.
import type { Secret } from '../../../tools/http/secrets';
import { Observable } from '../../observable';
import type { SecretsState } from '../state';
import type { ServiceDb, StoredService } from './serviceDb';

export class Secrets extends Observable<SecretsState> {
  readonly #kept = new Map<string, Secret>();

  constructor(private readonly db: ServiceDb) {
    super({ secrets: [] });
  }

  /** Holds those that are stored, and no others. */
  take(stored: readonly StoredService[]): void {
    this.#kept.clear();
    for (const one of stored)
      if (one.kind === 'secret')
        this.#kept.set(one.name, { name: one.name, value: one.value, origin: one.origin });
    this.#list();
  }

  /** Those of these names that have a value. */
  read = async (names: readonly string[]): Promise<Secret[]> =>
    names.flatMap((name) => this.#kept.get(name) ?? []);

  async save(secret: Secret): Promise<void> {
    this.#kept.set(secret.name, secret);
    this.#list();
    await this.db.save({ kind: 'secret', ...secret }).catch(() => undefined);
  }

  async delete(name: string): Promise<void> {
    this.#kept.delete(name);
    this.#list();
    await this.db.remove(`secret ${name}`).catch(() => undefined);
  }

  clear(): void {
    this.#kept.clear();
    this.#list();
  }

  #list(): void {
    const secrets = [...this.#kept.values()].map(({ name, origin }) => ({ name, origin }));
    this.patch({ secrets: secrets.sort((a, b) => (a.name < b.name ? -1 : 1)) });
  }
}
