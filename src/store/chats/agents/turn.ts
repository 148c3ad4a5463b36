// An agent's turn: its instructions and settings in place of the chat's, and the passages that its knowledge has for the
// question, which are kept with the question.
import { samplingOf, systemText } from '../../../agents/agent';
import { isSmall } from '../../../agent/smallModel';
import { fitsWhole } from '../../../knowledge/prompt';
import type { StoredKnowledge } from '../../../knowledge/stored';
import type { AgentCard } from '../../../knowledge/agentFile/card';
import type { Passage } from '../../../knowledge/types';
import type { CitationPart, Turn } from '../../../protocol/chat';
import { textOf } from '../../../shared/parts';
import { excerpt } from '../../../tools/browser/passages';
import { estimatedTokens } from '../../../tools/estimate';
import { ownSettings, type AnswerSettings } from '../../answerSettings';
import type { ChatsPorts } from '../../ports';
import type { ChatBook } from '../book';
import { pathTo } from '../tree';
import type { Chat, UserMessage } from '../types';
import type { AgentDesk } from './desk';

/** Passages of a question, and the share of the context that they may fill. */
const MOST_PASSAGES = 6;
const SHARE = 0.25;
/** A model of Nano's size reads little. */
const MOST_PASSAGES_SMALL = 3;
const MOST_TOKENS_SMALL = 420;
/** A passage far behind the best one is noise. */
const LEAST_OF_BEST = 0.3;
/** Where the context is unknown, as with servers. */
const USUAL_CONTEXT = 8192;
/** A base that fits a third of the context and is no longer than this stands whole in the system turn. */
const MOST_WHOLE_TOKENS = 4096;
/** Passages that are repeated before a question, beside the whole base. */
const CITED_OF_WHOLE = 2;
/** A question of fewer characters is searched for together with the one before: "and in winter?" */
const SHORT = 16;

/** How an agent answers: the defaults, with its own sampling and tools. */
export const agentSettings = (card: AgentCard, defaults: AnswerSettings): AnswerSettings => ({
  ...ownSettings({ ...defaults, searchFirst: false, format: undefined }),
  sampling: { ...samplingOf(card) },
  tools: [...card.tools],
});

export interface AgentTurns {
  desk: AgentDesk;
  book: ChatBook;
  ports: Pick<ChatsPorts, 'answering' | 'model'>;
}

/** The chat as the agent that is asked reads it; an agent that is gone leaves the chat as it is. */
export async function asAgent(
  { desk, book, ports }: AgentTurns,
  chat: Chat,
  question: UserMessage,
): Promise<Chat> {
  const named = question.agent ?? chat.agent;
  const agent = named && (await desk.find(named.id));
  if (!agent) return chat;
  const info = chat.server ? null : ports.model.info();
  const small = isSmall(info);
  const contextTokens = (chat.server ? 0 : info?.contextTokens) || USUAL_CONTEXT;
  const { knowledge } = agent;
  const whole =
    !small && info && knowledge && isSmallBase(knowledge, contextTokens)
      ? await desk.knowledge.whole(agent.card, knowledge)
      : undefined;
  if (knowledge && !question.sought) {
    const history = pathTo(chat, question.id);
    const { passages, wordsOnly } = await desk.knowledge.search(agent.id, searchText(history), MOST_PASSAGES);
    // Beside the whole base the best passages are there to be cited. A chat has one at least: it marks text from outside.
    const isMarked = history.some(({ parts }) => parts.some(({ type }) => type === 'citation'));
    const best =
      whole === undefined || isMarked ? passages : await desk.knowledge.orFirst(passages, knowledge);
    const shown = whole === undefined ? best : best.slice(0, CITED_OF_WHOLE);
    const parts = citations(shown, history, { small, contextTokens });
    const asked: UserMessage = {
      ...question,
      parts: [...parts, ...question.parts],
      sought: {
        ...{ agent: agent.card.name, found: parts.length, ...(wordsOnly && { wordsOnly }) },
        ...(whole !== undefined && { whole: knowledge.summary.files.length }),
      },
    };
    book.write(chat.id, [asked]);
  }
  const now = book.chat(chat.id) ?? chat;
  // A small model is taught to answer from passages, and reads no orders.
  const complete = (instructions: string) =>
    small && knowledge ? '' : [instructions, whole].filter(Boolean).join('\n\n');
  if (!question.agent) return { ...now, systemPrompt: complete(now.systemPrompt) };
  return {
    ...now,
    systemPrompt: complete(systemText(agent.card, knowledge !== undefined)),
    settings: agentSettings(agent.card, ports.answering.settings(chat.settings)),
  };
}

/**
 * A small base is read whole, before the turns: the same in every turn, so that its KV is computed once. A server gets passages
 * alone: what does not fit the question stays here.
 */
const isSmallBase = ({ summary: { tokens } }: StoredKnowledge, contextTokens: number): boolean =>
  tokens <= MOST_WHOLE_TOKENS && fitsWhole(tokens, contextTokens);

/** What is searched for: the question, with the one before where it is short. */
export function searchText(history: readonly Turn[]): string {
  const asked = history.filter(({ role }) => role === 'user').map(({ parts }) => textOf(parts).trim());
  const [before = '', last = ''] = [asked.at(-2), asked.at(-1)];
  return last.length < SHORT ? `${last}\n${before}`.trim() : last;
}

/** Passages as sources of a turn: numbered on from those of the chat, as many as the context bears. */
export function citations(
  found: readonly Passage[],
  history: readonly Turn[],
  { small, contextTokens }: { small: boolean; contextTokens: number },
): CitationPart[] {
  const numbers = history.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'citation' ? [part.source] : [])),
  );
  let source = Math.max(0, ...numbers);
  let left = small ? MOST_TOKENS_SMALL : contextTokens * SHARE;
  const question = searchText(history);
  const parts: CitationPart[] = [];
  for (const { file, page, score, text } of found.slice(0, small ? MOST_PASSAGES_SMALL : MOST_PASSAGES)) {
    if (score < found[0].score * LEAST_OF_BEST || left < 40) break;
    const quote = excerpt(
      unmarked(text),
      question,
      Math.floor(small ? Math.min(left, MOST_TOKENS_SMALL / 2) : left),
    ).text;
    left -= estimatedTokens(quote);
    parts.push({
      ...{ type: 'citation', source: ++source, title: file, url: '', quote, readAt: Date.now() },
      ...(page !== undefined && { page }),
    });
  }
  return parts;
}

/** A passage without what looks like a mark. */
const unmarked = (text: string): string => text.replaceAll('【', '[').replaceAll('】', ']');
