// What screen readers are told: src/ui/shell/Announcer.tsx says it.
const listeners = new Set<(text: string) => void>();

/** Says a text once, after what is being said. */
export function announce(text: string): void {
  for (const listener of listeners) listener(text);
}

/** @returns a function that ends it */
export function onAnnounce(listener: (text: string) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
