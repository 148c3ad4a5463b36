import { Observable } from '../observable';
import type { SmallStorage } from '../ports';
import { DEFAULT_PREFERENCES, PREFERENCES_KEY, readPreferences, writePreferences } from './preferences';
import type { Preferences } from './types';

/** The preferences, kept in localStorage. Two tabs that change different ones keep both changes. */
export class Settings extends Observable<Preferences> {
  /** The stored text that the state is from. */
  #text: string | null;

  constructor(private readonly storage: SmallStorage) {
    super(readPreferences(storage));
    this.#text = this.#stored();
  }

  change(next: Partial<Preferences>): void {
    this.follow();
    this.patch(next);
    writePreferences(this.storage, this.state);
    this.#text = this.#stored();
  }

  /** Takes over what another tab has stored since. A storage that refuses changes nothing. */
  follow(): void {
    const text = this.#stored();
    if (text === this.#text || text === null) return;
    this.#text = text;
    this.replace(readPreferences(this.storage));
  }

  /** Back to the preferences of a first visit. */
  reset(): void {
    this.change(DEFAULT_PREFERENCES);
  }

  #stored(): string | null {
    try {
      return this.storage.getItem(PREFERENCES_KEY);
    } catch {
      return null;
    }
  }
}
