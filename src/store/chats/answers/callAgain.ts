// The beginning of an answer in which a call runs again.
import type { Part } from '../../../protocol/chat';
import { resultOf } from '../../../agent/calls';

/**
 * The parts before the call, with the results that belong to them, then the call with these arguments; it waits for
 * permission as any other. @returns undefined when there is no such call
 */
export function startOfCallAgain(parts: readonly Part[], callId: string, args: string): Part[] | undefined {
  const at = parts.findIndex((part) => part.type === 'call' && part.id === callId);
  const call = parts[at];
  if (call?.type !== 'call') return undefined;
  const before = parts.slice(0, at);
  const later = before.flatMap((part) => {
    const result = part.type === 'call' ? resultOf(parts, part.id) : undefined;
    return result && !before.includes(result) ? [result] : [];
  });
  const { ranMs: _, ...rest } = call;
  return [...before, ...later, { ...rest, args, state: 'asks' }];
}
