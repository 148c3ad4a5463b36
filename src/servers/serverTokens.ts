// Probabilities of tokens as a server sends them with a piece of its answer: `choices[0].logprobs.content` of the API.
import type { GenerateEvent, TokenLogprob } from '../protocol/chat';

type LogprobsEvent = Extract<GenerateEvent, { kind: 'logprobs' }>;

/** The most that the API lets one ask for. */
export const MOST_ALTERNATIVES = 20;

/** Numbers for tokens that come as text alone: llama.cpp sends the model's own, others none. */
type Ids = Map<string, number>;

function tokenOf(item: unknown, ids: Ids): TokenLogprob | null {
  const { id, token, logprob } = (item ?? {}) as Record<string, unknown>;
  if (typeof token !== 'string' || typeof logprob !== 'number') return null;
  if (!ids.has(token)) ids.set(token, -1 - ids.size);
  return { id: typeof id === 'number' ? id : (ids.get(token) ?? -1), text: token, logprob };
}

/** The tokens of a piece; empty where the server tells nothing, or something else. */
export function tokensIn(logprobs: unknown, ids: Ids): LogprobsEvent[] {
  const { content } = (logprobs ?? {}) as { content?: unknown };
  if (!Array.isArray(content)) return [];
  return (content as unknown[]).flatMap((item) => {
    const token = tokenOf(item, ids);
    const { top_logprobs: top } = (item ?? {}) as { top_logprobs?: unknown };
    if (!token) return [];
    const others = Array.isArray(top) ? (top as unknown[]).map((other) => tokenOf(other, ids)) : [];
    return [{ kind: 'logprobs', ...token, top: others.filter((other) => other !== null) }];
  });
}

/** A piece of text cut into its tokens, so that each comes after its own probabilities; whole where it cannot be. */
export function cutText(text: string, tokens: readonly LogprobsEvent[]): string[] {
  const whole = tokens.map((token) => token.text);
  return tokens.length > 1 && whole.join('') === text ? whole : [text];
}
