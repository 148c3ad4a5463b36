// Times of a large knowledge base, as JSON: npm run bench:knowledge -- [--chunks 20000]
// Half of the chunks are Chinese, half English, of some 400 tokens. With --files 100 --pages 50: PDF files in a page, and
// its longest task meanwhile.
import { Bm25Builder, searchBm25 } from '../../src/knowledge/index/bm25';
import { indexFromBytes, indexToBytes } from '../../src/knowledge/index/bytes';
import { estimateTokens } from '../../src/knowledge/chunks/tokens';
import { openInBrowser } from '../cli/cliBrowser';
import { commandLine, runCommand } from '../commandLine';
import type { PageRun } from './knowledgePage';
import { randomTexts } from './randomTexts';

const { values } = commandLine('npm run bench:knowledge -- [--chunks 20000 | --files 100 --pages 50]', {
  chunks: { type: 'string' },
  files: { type: 'string' },
  pages: { type: 'string' },
});
const QUESTIONS = 100;

const textOf = randomTexts();

const timed = <T>(work: () => T): [T, number] => {
  const started = performance.now();
  const result = work();
  return [result, Math.round((performance.now() - started) * 10) / 10];
};

async function inPage(files: number, pages: number): Promise<PageRun> {
  const engine = await openInBrowser({});
  try {
    const page = await engine.context.newPage();
    await page.goto(`${engine.origin}/scripts/bench/knowledgePage.html`);
    await page.waitForFunction(() => 'indexPdfs' in window);
    return await page.evaluate(([files, pages]) => window.indexPdfs(files, pages), [files, pages]);
  } finally {
    await engine.close();
  }
}

await runCommand(async () => {
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
  const result = {
    chunks: count, tokensPerChunk: Math.round(tokens / count), chars, terms: index.terms.length,
    postings: index.postings.length, indexMs: Math.round(indexMs), longestChunkMs: longestMs, sortMs,
    indexBytes: bytes.length, writeMs, readMs,
    searchMs: { first, median: searches[QUESTIONS / 2], p95: searches[QUESTIONS * 0.95], longest: searches[QUESTIONS - 1] },
  }; // prettier-ignore
  process.stdout.write(`${JSON.stringify(result)}\n`);
});
