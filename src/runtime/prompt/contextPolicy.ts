// What to do when a chat no longer fits: nothing, ask, or leave its oldest turns out.
import type { EncodedChat } from '../../model/chatFormat';
import type { ContextOverflow, ContextPolicy, Turn } from '../../protocol/chat';

/** Room for the answer that dropping turns makes at least. */
const MIN_ANSWER_TOKENS = 512;
/** Dropping makes room for several turns at once: each time the rest of the chat has to be read again. */
const DROP_TO = 0.75;

export interface FitArgs {
  messages: readonly Turn[];
  /** The prompt for these messages. */
  encode: (messages: Turn[]) => EncodedChat;
  contextTokens: number;
  policy: ContextPolicy;
  /** Turns that were left out of this chat before; they stay out. */
  alreadyDropped: number;
  maxTokens?: number;
}

export interface Fit extends EncodedChat {
  /** A turn is a question with everything up to the next one. */
  droppedTurns: number;
  /** The prompt does not fit and nothing was dropped. */
  overflow?: ContextOverflow;
}

/**
 * The prompt's ids, without the oldest turns where the policy says so. Leading system messages and the last turn always
 * stay; if those alone do not fit, `ids` are too many and the caller must say so.
 */
export function fitContext(args: FitArgs): Fit {
  const { messages, encode, contextTokens, policy, maxTokens = MIN_ANSWER_TOKENS } = args;
  const { kept, turns } = splitTurns(messages);
  const without = (count: number) => encode([...kept, ...turns.slice(count).flat()]);
  const before = policy === 'drop-oldest' ? Math.min(args.alreadyDropped, turns.length - 1) : 0;
  const prompt = without(before);
  const { ids } = prompt;
  const reserve = Math.min(maxTokens, MIN_ANSWER_TOKENS, Math.floor(contextTokens / 4));
  if (ids.length + reserve <= contextTokens || turns.length - before <= 1)
    return { ...prompt, droppedTurns: before };
  const fewest = search(
    before + 1,
    turns.length - 1,
    (count) => without(count).ids.length + reserve <= contextTokens,
  );
  if (policy !== 'drop-oldest') {
    if (ids.length <= contextTokens) return { ...prompt, droppedTurns: 0 };
    const overflow = { promptTokens: ids.length, contextTokens, dropTurns: fewest };
    return { ...prompt, droppedTurns: 0, overflow };
  }
  const goal = contextTokens * DROP_TO;
  const droppedTurns = search(fewest, turns.length - 1, (count) => without(count).ids.length <= goal);
  return { ...without(droppedTurns), droppedTurns };
}

function splitTurns(messages: readonly Turn[]): { kept: Turn[]; turns: Turn[][] } {
  const first = messages.findIndex(({ role }) => role !== 'system');
  const kept = messages.slice(0, first < 0 ? messages.length : first);
  const turns: Turn[][] = [];
  for (const message of messages.slice(kept.length)) {
    if (message.role === 'user' || turns.length === 0) turns.push([message]);
    else turns[turns.length - 1].push(message);
  }
  return { kept, turns: turns.length > 0 ? turns : [[]] };
}

/** The smallest number in [low, high] that will do; high if none does. More is never worse. */
function search(low: number, high: number, willDo: (count: number) => boolean): number {
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (willDo(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}
