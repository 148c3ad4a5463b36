// Parses token probabilities of a server's answer: `choices[0].logprobs.content` of the OpenAI API.
import type { GenerateEvent, TokenLogprob } from '../protocol/chat';

type LogprobsEvent = Extract<GenerateEvent, { kind: 'logprobs' }>;

/** The API's maximum. */
export const MOST_ALTERNATIVES = 20;

/** Ids for tokens that arrive as text only: llama.cpp sends the model's ids, other servers send none. */
type Ids = Map<string, number>;

function tokenOf(item: unknown, ids: Ids): TokenLogprob | null {
  const { id, token, logprob } = (item ?? {}) as Record<string, unknown>;
  if (typeof token !== 'string' || typeof logprob !== 'number') return null;
  if (!ids.has(token)) ids.set(token, -1 - ids.size);
  return { id: typeof id === 'number' ? id : (ids.get(token) ?? -1), text: token, logprob };
}

/** The tokens of a delta; empty if the server sends none, or an unknown form. */
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

/** Splits a text delta at its token boundaries, so that each token follows its probabilities; unsplit if impossible. */
export function cutText(text: string, tokens: readonly LogprobsEvent[]): string[] {
  const whole = tokens.map((token) => token.text);
  return tokens.length > 1 && whole.join('') === text ? whole : [text];
}
