// Ends an answer before a stop sequence, without ever showing the beginning of one.

export interface StopFilter {
  /** @returns what may be shown now. */
  take(text: string): string;
  /** What was held back, when the answer ends by itself. */
  rest(): string;
  /** One was found; what comes later no longer counts. */
  readonly found: boolean;
}

export function stopFilter(sequences: string[]): StopFilter {
  let held = '';
  let found = false;
  const earliest = () =>
    sequences.reduce((first, sequence) => {
      const at = held.indexOf(sequence);
      return at >= 0 && (first < 0 || at < first) ? at : first;
    }, -1);
  /** The longest end of `held` that begins a sequence. */
  const begun = () => {
    const longest = Math.max(0, ...sequences.map(({ length }) => length - 1));
    for (let length = Math.min(longest, held.length); length > 0; length--) {
      if (sequences.some((sequence) => sequence.startsWith(held.slice(-length)))) return length;
    }
    return 0;
  };
  return {
    get found() {
      return found;
    },
    take(text) {
      if (found) return '';
      held += text;
      const at = earliest();
      const end = at >= 0 ? at : held.length - begun();
      const shown = held.slice(0, end);
      found = at >= 0;
      held = found ? '' : held.slice(end);
      return shown;
    },
    rest: () => held,
  };
}
