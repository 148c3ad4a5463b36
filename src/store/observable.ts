/** A plain object with a state that changes by patches, and listeners that hear each change at once. */
export abstract class Observable<State extends object> {
  #state: State;
  readonly #listeners = new Set<(now: State, before: State) => void>();

  constructor(initial: State) {
    this.#state = initial;
  }

  /** Immutable: each change is a new object. */
  get state(): State {
    return this.#state;
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (now: State, before: State) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected replace(next: State): void {
    const before = this.#state;
    if (next === before) return;
    this.#state = next;
    for (const listener of [...this.#listeners]) listener(next, before);
  }

  protected patch(change: Partial<State>): void {
    this.replace({ ...this.#state, ...change });
  }
}
