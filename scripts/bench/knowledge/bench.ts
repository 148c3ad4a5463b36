// Times of a large knowledge base, as JSON: npm run bench:knowledge -- [--chunks 20000]
// Half of the chunks are Chinese, half English, of some 400 tokens. With --files 100 --pages 50: PDF files in a page, and
// its longest task meanwhile. With --questions: the development set, with --embedder FILE.gguf also by vectors.
import { Bm25Builder, searchBm25 } from '../../../src/knowledge/index/bm25';
import { indexFromBytes, indexToBytes } from '../../../src/knowledge/index/bytes';
import { estimateTokens } from '../../../src/knowledge/chunks/tokens';
import { openInBrowser } from '../../cli/cliBrowser';
import { commandLine, runCommand } from '../../commandLine';
import { openEmbedder } from '../../cli/knowledge/embedder';
import { answerQuestions } from './questions';
import type { PageRun } from './page';
import { randomTexts } from './randomTexts';
import { searchBoth } from '../../../src/knowledge/index/fuse';
import { seeded } from '../../../src/testing/random';

const { values } = commandLine(
  'npm run bench:knowledge -- [--chunks 20000 | --files 100 --pages 50 | --questions [--embedder FILE.gguf]]',
  {
    chunks: { type: 'string' },
    files: { type: 'string' },
    pages: { type: 'string' },
    questions: { type: 'boolean' },
    embedder: { type: 'string' },
  },
);
const QUESTIONS = 100;

const textOf = randomTexts();
const { uniform: random } = seeded(1);

const timed = <T>(work: () => T): [T, number] => {
  const started = performance.now();
  const result = work();
  return [result, Math.round((performance.now() - started) * 10) / 10];
};

async function inPage(files: number, pages: number): Promise<PageRun> {
  const engine = await openInBrowser({});
  try {
    const page = await engine.context.newPage();
    await page.goto(`${engine.origin}/scripts/bench/knowledge/page.html`);
    await page.waitForFunction(() => 'indexPdfs' in window);
    return await page.evaluate(([files, pages]) => window.indexPdfs(files, pages), [files, pages]);
  } finally {
    await engine.close();
  }
}

async function questions(file: string | undefined): Promise<object> {
  if (file === undefined) return answerQuestions();
  const engine = await openInBrowser({});
  try {
    return await answerQuestions(await openEmbedder(engine, file));
  } finally {
    await engine.close();
  }
}

await runCommand(async () => {
  if (values.questions)
    return void process.stdout.write(`${JSON.stringify(await questions(values.embedder))}\n`);
  if (values.files) {
    const run = await inPage(Number(values.files), Number(values.pages ?? 50));
    return void process.stdout.write(`${JSON.stringify(run)}\n`);
  }
  const count = Number(values.chunks ?? 20_000);
  const builder = new Bm25Builder();
  let [indexMs, tokens, chars, longestMs] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const text = textOf(i % 2 === 0, i % 2 === 0 ? 400 : 230);
    [tokens, chars] = [tokens + estimateTokens(text), chars + text.length];
    const [, ms] = timed(() => builder.add(text));
    [indexMs, longestMs] = [indexMs + ms, Math.max(longestMs, ms)];
  }
  const [index, sortMs] = timed(() => builder.finish());
  const [bytes, writeMs] = timed(() => indexToBytes(index));
  const [read, readMs] = timed(() => indexFromBytes(bytes, count));
  const first = timed(() => searchBm25(read ?? index, '第一个问题', 8))[1]; // loads the segmenter's dictionary
  const searches = Array.from({ length: QUESTIONS }, (_, i) => {
    const question = textOf(i % 2 === 0, 8);
    return timed(() => searchBm25(read ?? index, question, 8))[1];
  }).sort((a, b) => a - b);
  const vectors = {
    model: 'random',
    dimension: 384,
    values: new Int8Array(count * 384).map(() => 254 * random() - 127),
  };
  const question = Float32Array.from({ length: 384 }, () => random() - 0.5);
  const both = Array.from({ length: 21 }, (_, i) => {
    const asked = { question: textOf(i % 2 === 0, 8), vector: question };
    return timed(() => searchBoth(read ?? index, vectors, asked, 8))[1];
  }).sort((a, b) => a - b);
  const result = {
    chunks: count, tokensPerChunk: Math.round(tokens / count), chars, terms: index.terms.length,
    postings: index.postings.length, indexMs: Math.round(indexMs), longestChunkMs: longestMs, sortMs,
    indexBytes: bytes.length, writeMs, readMs,
    searchMs: { first, median: searches[QUESTIONS / 2], p95: searches[QUESTIONS * 0.95], longest: searches[QUESTIONS - 1] },
    bothMs: { median: both[10], longest: both[20] },
  }; // prettier-ignore
  process.stdout.write(`${JSON.stringify(result)}\n`);
});
