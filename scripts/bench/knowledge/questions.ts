// The 100 questions of src/knowledge/devSet: how often the answer is in the first passages, by words, by vectors and by both.
import { readFileSync } from 'node:fs';
import { chunkText, makeBase, type KnowledgeBase } from '../../../src/knowledge/base';
import { best, searchBm25 } from '../../../src/knowledge/index/bm25';
import { searchBoth } from '../../../src/knowledge/index/fuse';
import { BATCH, cosines, withVectors, type Embedder } from '../../../src/knowledge/index/vectors';

const FOLDER = 'src/knowledge/devSet';
const FILES = ['zh.md', 'en.md', 'zhWork.md', 'enHouse.md'];
const RANKED = 50;
const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);

interface Question {
  question: string;
  /** Words of the passage that answers. */
  answer: string;
  vector?: Float32Array;
}

/** Hits among the first passage and the first five, of so many questions. */
interface Score {
  of: number;
  first: number;
  five: number;
  missed: string[];
}

async function embedded(
  base: KnowledgeBase,
  questions: Question[],
  embedder: Embedder,
): Promise<KnowledgeBase> {
  let { vectors } = base;
  for (let done = 0; done < base.chunks.length; done += BATCH) {
    const texts = base.chunks.slice(done, done + BATCH).map(chunkText);
    vectors = withVectors(vectors, embedder.model, await embedder.embed(texts, 'passage'));
  }
  const texts = questions.map(({ question }) => question);
  const { dimension, vectors: rows } = await embedder.embed(texts, 'query');
  questions.forEach((one, i) => (one.vector = rows.slice(i * dimension, (i + 1) * dimension)));
  return { ...base, ...(vectors && { vectors }) };
}

/** @param embedder without it, by words alone */
export async function answerQuestions(embedder?: Embedder): Promise<object> {
  const documents = FILES.map((name) => {
    const text = readFileSync(`${FOLDER}/${name}`, 'utf8');
    return { name, document: { kind: 'markdown' as const, text } };
  });
  const pairs = JSON.parse(readFileSync(`${FOLDER}/questions100.json`, 'utf8')) as [string, string][];
  const questions = pairs.map(([question, answer]): Question => ({ question, answer }));
  let base = makeBase(documents);
  const started = performance.now();
  if (embedder) base = await embedded(base, questions, embedder);
  const embedMs = Math.round(performance.now() - started);

  const rankings: Record<string, (question: Question) => { id: number }[]> = {
    words: ({ question }) => searchBm25(base.index, question, RANKED),
    ...(embedder && {
      vectors: ({ vector }) => (base.vectors && vector ? best(cosines(base.vectors, vector), RANKED) : []),
      both: ({ question, vector }) =>
        base.vectors && vector ? searchBoth(base.index, base.vectors, { question, vector }, RANKED) : [],
    }),
  };
  const groups: Record<string, (question: Question) => boolean> = {
    all: () => true,
    chinese: ({ question, answer }) => isChinese(question) && isChinese(answer),
    english: ({ question, answer }) => !isChinese(question) && !isChinese(answer),
    across: ({ question, answer }) => isChinese(question) !== isChinese(answer),
  };
  const score = (
    rank: (question: Question) => { id: number }[],
    isAsked: (question: Question) => boolean,
  ) => {
    const result: Score = { of: 0, first: 0, five: 0, missed: [] };
    for (const one of questions.filter(isAsked)) {
      const at = rank(one).findIndex(({ id }) => base.chunks[id].text.includes(one.answer));
      result.of++;
      if (at === 0) result.first++;
      if (at >= 0 && at < 5) result.five++;
      else result.missed.push(one.question);
    }
    return result;
  };
  const scores = Object.entries(rankings).map(([name, rank]) => {
    const byGroup = Object.entries(groups).map(([group, isAsked]) => {
      const { missed, ...counts } = score(rank, isAsked);
      return [group, group === 'all' ? { ...counts, missed } : counts];
    });
    return [name, Object.fromEntries(byGroup)];
  });
  return { chunks: base.chunks.length, ...(embedder && { embedMs }), ...Object.fromEntries(scores) };
}
