// What a text of an error is made of.
import type { ErrorDetails } from '../../../../shared/errors';

/** What happened and what to do next. `{name}` is filled from the error's details; names in …Bytes as sizes. */
export interface ErrorText {
  what: string;
  next: string;
  /** Another text for errors whose details match `when`. */
  instead?: { when: (details: ErrorDetails) => boolean; what?: string; next?: string };
}

/** The hub rejected the access token. */
export const tokenWasSent = ({ token }: ErrorDetails): boolean => token === 'sent';
/** Every part of a stored model was checked. */
export const partsWereCounted = ({ parts }: ErrorDetails): boolean => parts !== undefined;

/** Models of this app hold GPU memory. */
export const memoryIsHeld = ({ resident }: ErrorDetails): boolean =>
  typeof resident === 'string' && resident !== '';
