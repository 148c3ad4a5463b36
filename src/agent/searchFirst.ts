// Search and cite, as WebGLM does: the app searches before the model answers, so that every answer of this mode has sources.
// Queries are the model's, or the question itself; the calls are those that GLM-4 writes, so the model reads what it knows.
import type { CallPart, CitationPart, Part, ToolEvent, Turn } from '../protocol/chat';
import { isAbort } from '../shared/errors';
import { textOf, withPartEvent } from '../shared/parts';
import { GREEDY_SAMPLING } from '../shared/sampling';
import type { Answerer } from './answerer';
import { resultOf } from './calls';
import { promptTurns, type TurnRequest } from './turnRequest';

/** Who writes the queries: the model, or nobody where it is too small; the question is searched for then. */
export type QueriesBy = 'model' | 'question';

const BROWSER = 'simple_browser';
/** Pages that are read: at least three where there are. */
const MOST_PAGES = 5;
const MOST_PAGES_SMALL = 3;
const MOST_QUERIES = 3;
const QUERY_TOKENS = 120;
const MOST_CHARACTERS = 100;

const ASK = {
  zh: '请为上面的问题写 1 到 3 条搜索引擎的查询，其中一条用英文。只输出 JSON 字符串数组。',
  en: 'Write 1 to 3 search engine queries for the question above, in its language; if that is not English, one of them in English. Only a JSON list of strings.',
};
const CITE = {
  zh: '请根据搜索到的网页回答。每句话后面用【n†source】注明它来自哪个网页，n 是网页的编号。网页里没有的内容不要写；如果网页没有答案，就说没有找到。',
  en: 'Answer from the pages that were found. After each sentence, name the page that says it as 【n†source】, with the number of the page. Write nothing that the pages do not say; if they have no answer, say so.',
};
const QUERIES_SCHEMA = {
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: MOST_CHARACTERS },
  minItems: 1,
  maxItems: MOST_QUERIES,
};

const languageOf = (text: string): 'zh' | 'en' => (/\p{Script=Han}/u.test(text) ? 'zh' : 'en');

const questionOf = ({ history }: Pick<TurnRequest, 'history'>): string =>
  textOf(history.findLast(({ role }) => role === 'user')?.parts ?? []).trim();

/** The turn with the request to cite in its system text. A small model was taught to cite, and reads no orders. */
export function citing<T extends Pick<TurnRequest, 'history' | 'systemPrompt'>>(turn: T, by: QueriesBy): T {
  if (by === 'question') return turn;
  const cite = CITE[languageOf(questionOf(turn))];
  return { ...turn, systemPrompt: [turn.systemPrompt.trim(), cite].filter(Boolean).join('\n\n') };
}

/** Queries out of what a model wrote: a JSON list, or a query a line. */
export function queriesIn(text: string): string[] {
  let lines: unknown[] = text.split('\n').map((line) => line.replace(/^\s*(?:[-*•]|\d+[.)、])\s*/, ''));
  try {
    const value: unknown = JSON.parse(/\[[\s\S]*\]/.exec(text)?.[0] ?? '');
    if (Array.isArray(value)) lines = value;
  } catch {
    // a query a line
  }
  const queries = lines.flatMap((line) => {
    const query = typeof line === 'string' ? line.trim().replace(/^["'“「]+|["'”」,]+$/g, '') : '';
    return query.length >= 2 && query.length <= MOST_CHARACTERS && !/^[{}[\]`<]/.test(query) ? [query] : [];
  });
  return [...new Set(queries)].slice(0, MOST_QUERIES);
}

/** Words of questions that no page has to have: wikis look for all words of a query. */
const ASKING =
  /\b(?:who|whom|whose|what|when|where|which|why|how|many|much|long|is|are|was|were|do|does|did|has|have|had|can|could|the|a|an|of|in|on|at|to|for|by|please|tell|me|about|there|it|its|each|every|per)\b/gi;
const ASKING_ZH =
  /请问|请|告诉我|什么时候|是什么|什么|哪一年|哪年|哪里|哪个|哪些|哪|是谁|谁|有多少|多少|几个|几|怎么样|怎么|怎样|为什么|为何|如何|吗|呢|的|了/g;
/** Behind the topic of a Chinese question. */
const TOPIC_END = /(?:是|有|在|由|于|为|的|每|被|叫|和|与)/;

/**
 * Queries out of a question, without a model: its words that a page would have, and its topic alone, which is found where a
 * page uses other words.
 */
export function questionQueries(question: string): string[] {
  const line = question.split('\n', 1)[0].slice(0, MOST_CHARACTERS).trim();
  const isHan = /\p{Script=Han}/u.test(line);
  const bare = line.replace(/[?？。！!.,，、:：;；"“”]+/g, ' ');
  const words = bare
    .replace(isHan ? ASKING_ZH : ASKING, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  // The first word begins the sentence: alone it is no name.
  const names = bare.replace(/^\s*(?:\p{Lu}\p{L}*\s+)(?!\p{Lu})/u, '').match(/\p{Lu}[\p{L}\p{N}'’-]*(?:\s+\p{Lu}[\p{L}\p{N}'’-]*)*/gu) ?? []; // prettier-ignore
  const topic = isHan
    ? words.split(/\s/, 1)[0].split(TOPIC_END, 1)[0]
    : names.sort((a, b) => b.length - a.length)[0];
  const queries = [words, topic ?? ''].filter((query) => [...query].length >= 2);
  return queries.length > 0 ? [...new Set(queries)] : [line];
}

async function writeQueries(
  answerer: Pick<Answerer, 'can' | 'generate'>,
  turn: TurnRequest,
  signal: AbortSignal,
): Promise<string[]> {
  const question = questionOf(turn);
  const asked: Turn = { role: 'user', parts: [{ type: 'text', text: ASK[languageOf(question)] }] };
  let parts: readonly Part[] = [];
  try {
    await answerer.generate(
      {
        messages: [...promptTurns({ ...turn, systemPrompt: '' }, answerer.can.images), asked],
        sampling: { ...GREEDY_SAMPLING, seed: 0 },
        maxTokens: QUERY_TOKENS,
        ...(answerer.can.constrain && { format: { kind: 'schema', schema: QUERIES_SCHEMA } }),
      },
      { signal, onEvent: (event) => void ('index' in event && (parts = withPartEvent<Part>(parts, event))) },
    );
  } catch (error) {
    if (signal.aborted || isAbort(error)) throw error;
    return []; // the question is searched for; a failure that lasts shows itself in the answer
  }
  signal.throwIfAborted();
  return queriesIn(textOf(parts));
}

export interface SearchFirstOptions {
  answerer: Pick<Answerer, 'can' | 'generate'>;
  turn: TurnRequest;
  by: QueriesBy;
  signal: AbortSignal;
  /** Adds a call to the answer. */
  send: (event: ToolEvent) => void;
  /** Runs the calls that have no result. @returns the parts of the answer */
  run: () => Promise<readonly Part[]>;
}

/** Searches and opens the results. What was refused or found nothing leaves the answer to the model alone. */
export async function searchFirst({
  answerer,
  turn,
  by,
  signal,
  send,
  run,
}: SearchFirstOptions): Promise<void> {
  const question = questionOf(turn);
  if (!question) return;
  const own = by === 'model' ? await writeQueries(answerer, turn, signal) : [];
  const queries = own.length > 0 ? own : questionQueries(question);
  const name = queries.length > 1 ? 'msearch' : 'search';
  const call = (id: string, args: string): CallPart => ({
    ...{ type: 'call', id, tool: BROWSER, args, state: 'unknown' },
  });
  send({
    kind: 'tool',
    index: 0,
    part: call('search-first', `${name}(${JSON.stringify(queries.length > 1 ? queries : queries[0])})`),
  });
  const parts = await run();
  const hits = (resultOf(parts, 'search-first')?.parts ?? []).filter(
    (part): part is CitationPart => part.type === 'citation',
  );
  if (hits.length === 0) return;
  const most = by === 'model' ? MOST_PAGES : MOST_PAGES_SMALL;
  const ids = hits.slice(0, most).map(({ source }) => source);
  send({ kind: 'tool', index: parts.length, part: call('read-first', `mclick(${JSON.stringify(ids)})`) });
  await run();
}
