// Times of a large knowledge base, as JSON: npm run bench:knowledge -- [--chunks 20000]
// Half of the chunks are Chinese, half English, of some 400 tokens; words are as frequent as Zipf's law says.
import { Bm25Builder, searchBm25 } from '../../src/knowledge/index/bm25';
import { indexFromBytes, indexToBytes } from '../../src/knowledge/index/bytes';
import { estimateTokens } from '../../src/knowledge/chunks/tokens';
import { commandLine, runCommand } from '../commandLine';

const { values } = commandLine('npm run bench:knowledge -- [--chunks 20000]', { chunks: { type: 'string' } });
const QUESTIONS = 100;

let state = 1;
const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
const letters = (count: number, first: number, range: number) =>
  String.fromCodePoint(...Array.from({ length: count }, () => first + Math.floor(random() * range)));
const CHINESE = Array.from({ length: 30_000 }, () => letters(1 + Math.floor(random() * 2.3), 0x4e00, 3000));
const ENGLISH = Array.from({ length: 30_000 }, () => letters(2 + Math.floor(random() * 8), 97, 26));
const wordOf = (words: string[]) => words[Math.floor(words.length ** random()) - 1];
const textOf = (chinese: boolean, count: number) =>
  Array.from({ length: count }, () => wordOf(chinese ? CHINESE : ENGLISH)).join(chinese ? '' : ' ');

const timed = <T>(work: () => T): [T, number] => {
  const started = performance.now();
  const result = work();
  return [result, Math.round((performance.now() - started) * 10) / 10];
};

await runCommand(async () => {
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
