// The last errors that cards showed, for a report: codes, and only those messages that speak of the machine.
import type { ErrorCode, WireError } from '../shared/errors';

export interface LoggedError {
  at: number; // ms since 1970
  code: ErrorCode;
  /** '' where the message may name files, addresses or words of a chat. */
  message: string;
}

const MOST = 12;
const ABOUT_THE_MACHINE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['no-webgpu', 'no-adapter', 'limits-too-small', 'device-lost', 'out-of-gpu-memory'] as const),
  ...(['kernel-wrong', 'logits-not-finite', 'context-full', 'storage-quota'] as const),
]);
const log: LoggedError[] = [];

/** Adds an error that is shown; the same one again only moves to the end. */
export function noteError({ code, message }: WireError): void {
  const told = ABOUT_THE_MACHINE.has(code) ? message : code === 'bug' ? withoutQuotes(message) : '';
  const known = log.findIndex((entry) => entry.code === code && entry.message === told);
  if (known >= 0) log.splice(known, 1);
  log.push({ at: Date.now(), code, message: told });
  if (log.length > MOST) log.shift();
}

/** Oldest first. */
export function lastErrors(): readonly LoggedError[] {
  return log;
}

const LONGEST_STACK = 800;

/** A stack without what stands in quotes: messages of parsers quote what they read. */
function withoutQuotes(stack: string): string {
  return stack.replace(/"[^"\n]*"|'[^'\n]*'|`[^`\n]*`|“[^”\n]*”/g, '"…"').slice(0, LONGEST_STACK);
}
