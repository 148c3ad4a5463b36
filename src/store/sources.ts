// Sources of answers: the passage behind a mark, and whether it says what it is cited for. Loaded with the first mark.
import { checkAnswer, judge, type AnswerCheck, type Verdict } from '../tools/browser/check';
import { keptPages } from '../tools/browser/keptPages';
import { wholePage } from '../tools/browser/providers/saved';
import { citationsIn } from '../tools/browser/sources';
import type { AppState } from './appState';
import { currentChat } from './chats/selectors';
import { pathTo } from './chats/tree';
import { spokenText } from './chats/partText';
import type { CitationPart } from './chats/types';

export type { AnswerCheck, Verdict } from '../tools/browser/check';

/** A mark in an answer. */
export interface CitedSource {
  citation: CitationPart;
  verdict: Verdict;
}

/** The answer's sources up to now: its own and those of earlier answers, as its model could know them. */
function citationsFor(state: Pick<AppState, 'chats' | 'currentId'>, messageId: string): CitationPart[] {
  const path = pathTo(currentChat(state), messageId);
  return citationsIn(path.flatMap(({ parts }) => parts));
}

/**
 * The source of a mark, judged by the sentence that has it.
 * @returns missing where the chat has sources, but none of this number; undefined where it has none at all
 */
export function sourceOf(
  state: Pick<AppState, 'chats' | 'currentId'>,
  { messageId, source, sentence }: { messageId: string; source: number; sentence: string },
): CitedSource | 'missing' | undefined {
  const all = citationsFor(state, messageId);
  const citation = all.findLast((one) => one.source === source);
  if (!citation) return all.length > 0 ? 'missing' : undefined;
  return { citation: titled(citation), verdict: judge(sentence, `${citation.title}\n${citation.quote}`) };
}

/** A passage of a file is named with its page. */
function titled(citation: CitationPart): CitationPart {
  const { title, page } = citation;
  if (page === undefined) return citation;
  const isChinese = globalThis.document?.documentElement.lang.startsWith('zh');
  return { ...citation, title: isChinese ? `${title}，第 ${page} 页` : `${title}, page ${page}` };
}

/** How many sentences of an answer are backed by the pages that they cite. */
export function checkOf(state: Pick<AppState, 'chats' | 'currentId'>, messageId: string): AnswerCheck {
  const passages = new Map(
    citationsFor(state, messageId).map(({ source, title, quote }) => [source, `${title}\n${quote}`]),
  );
  const message = currentChat(state).messages.find(({ id }) => id === messageId);
  return checkAnswer(spokenText(message?.parts ?? []), passages);
}

/** Keeps a page of an answer beyond its chat, all that was read of it. @throws AppError storage-unavailable */
export async function keepPage(
  state: Pick<AppState, 'chats' | 'currentId'>,
  { messageId, citation }: { messageId: string; citation: CitationPart },
): Promise<void> {
  const results = pathTo(currentChat(state), messageId).flatMap(({ parts }) => parts);
  const holder = results.find((part) => part.type === 'result' && part.parts.includes(citation));
  const page = await wholePage(citation, holder?.type === 'result' ? holder.parts : []);
  await keptPages.keep({ ...page, readAt: citation.readAt });
}

/** Whether a page is kept; false too where the browser refuses storage. */
export const isKept = async ({ url }: Pick<CitationPart, 'url'>): Promise<boolean> =>
  (await keptPages.list().catch(() => [])).some((page) => page.url === url);
