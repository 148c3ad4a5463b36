// Calls and their results among the parts of an answer: plain functions.
import type { CallPart, CallState, Part, ResultPart } from '../protocol/chat';

/** What the model reads of a call that was not run, or not to its end. */
export const OBSERVATIONS = {
  noOutput: '(no output)',
  cut: 'The call was cut off before it was complete, and was not run.',
  stopped: 'The user stopped this call.',
  notRun: 'This call was not run.',
  refused: 'The user refused this call. Go on without it, or ask the user.',
  repeated: 'This call was made before, with the same result, and was not run again.',
  hops: 'The limit of steps for one answer is reached. This call was not run.',
} as const;

export const resultOf = (parts: readonly Part[], id: string): ResultPart | undefined =>
  parts.find((part): part is ResultPart => part.type === 'result' && part.callId === id);

/** Calls that have no final result yet, in order: those of a tool that a person must help among them. */
export function pendingCalls(parts: readonly Part[]): CallPart[] {
  const results = new Map<string, ResultPart>();
  for (const part of parts) if (part.type === 'result') results.set(part.callId, part);
  return parts.filter((part): part is CallPart => {
    if (part.type !== 'call') return false;
    const result = results.get(part.id);
    if (!result || part.state === 'asks' || part.state === 'runs') return true;
    return part.state === 'failed' && result.observation === undefined;
  });
}

/** The answer ended inside the arguments of this call. */
export const isCut = ({ state }: CallPart): boolean => state === 'writing' || state === 'stopped';

/** A result that is a sentence of this app: nothing ran. */
export const sentence = (callId: string, observation: string): ResultPart => ({
  type: 'result',
  callId,
  parts: [],
  observation,
  failed: true,
});

/** The parts with a call in this state, and with its result, in place of an earlier one or at the end. */
export function withResult(
  parts: readonly Part[],
  callId: string,
  state: CallState,
  result: ResultPart,
): Part[] {
  const next = parts.map((part): Part =>
    part.type === 'call' && part.id === callId ? { ...part, state } : part,
  );
  const at = next.findIndex((part) => part.type === 'result' && part.callId === callId);
  if (at < 0) return [...next, result];
  next[at] = result;
  return next;
}

/** The parts of an answer that was stopped: calls that waited or ran have ended, with what they had printed. */
export function settledCalls(parts: readonly Part[]): Part[] {
  let next = [...parts];
  for (const call of pendingCalls(parts)) {
    const { id, state } = call;
    if (state === 'failed') continue; // it can run when the person has helped
    if (isCut(call)) {
      next = next.map((part): Part => (part === call ? { ...call, state: 'stopped' } : part));
      continue;
    }
    const ran = state === 'runs';
    const result = sentence(id, ran ? OBSERVATIONS.stopped : OBSERVATIONS.notRun);
    next = withResult(next, id, 'stopped', { ...result, parts: resultOf(parts, id)?.parts ?? [] });
  }
  return next;
}

/** The parts as a model may read them: every call has a result, right after the calls it was made with. */
export function withEveryResult(parts: readonly Part[]): Part[] {
  const pending = pendingCalls(parts);
  if (pending.length === 0) return [...parts];
  const open = new Set(pending.map(({ id }) => id));
  const next: Part[] = [];
  const waiting: string[] = [];
  for (const part of parts) {
    if (part.type !== 'call' && part.type !== 'result')
      next.push(...waiting.splice(0).map((id) => sentence(id, OBSERVATIONS.notRun)));
    if (part.type === 'result' && open.has(part.callId)) continue;
    next.push(part);
    if (part.type === 'call' && open.has(part.id)) waiting.push(part.id);
  }
  return [...next, ...waiting.map((id) => sentence(id, OBSERVATIONS.notRun))];
}
