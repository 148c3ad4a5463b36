import type { KeyboardEvent } from 'react';

/** Keyup of a text field: browsers bring the caret into view, not the whole of a field that Tab has reached. */
export function wholeInView({ key, currentTarget }: KeyboardEvent): void {
  if (key === 'Tab') currentTarget.scrollIntoView({ block: 'nearest' });
}
