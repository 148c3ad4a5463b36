import { Observable } from '../observable';
import type { SmallStorage } from '../ports';
import { DEFAULT_PREFERENCES, readPreferences, writePreferences } from './preferences';
import type { Preferences } from './types';

/** The preferences, kept in localStorage. */
export class Settings extends Observable<Preferences> {
  constructor(private readonly storage: SmallStorage) {
    super(readPreferences(storage));
  }

  change(next: Partial<Preferences>): void {
    this.patch(next);
    writePreferences(this.storage, this.state);
  }

  /** Back to the preferences of a first visit. */
  reset(): void {
    this.change(DEFAULT_PREFERENCES);
  }
}
