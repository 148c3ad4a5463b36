// `npm run citations`: how well the check of citations tells right from wrong, and citation recall and precision of answers
// that quote, against the local wiki. `--check` leaves the wiki out; `--log FILE` scores what `glm agent --cite` printed.
import { readFileSync } from 'node:fs';
import { questionQueries } from '../../src/agent/searchFirst';
import { checkAnswer, judge, LEAST_OVERLAP } from '../../src/tools/browser/check';
import { browserTool } from '../../src/tools/browser';
import { DEFAULT_BROWSER } from '../../src/tools/browser/settings';
import { piecesOf, scores } from '../../src/tools/browser/passages';
import { giveDom } from '../../src/testing/web';
import type { Part, Turn } from '../../src/protocol/chat';
import { HOSTILE } from '../wiki/hostile';
import { startWiki, whyNoWiki } from '../wiki/wiki';
import { checksOf } from './agentLog';
import { allSubjects, citations, plainPage, questions, type Citation } from './devSet';

const percent = (part: number, all: number): string =>
  all === 0 ? '–' : `${((100 * part) / all).toFixed(1)} %`;
const say = (line = ''): void => void process.stdout.write(`${line}\n`);

interface Counts {
  /** Marked and wrong, marked and right, not marked and wrong, not marked and right. */
  caught: number;
  falseAlarm: number;
  missed: number;
  passed: number;
}

function countsOf(all: readonly Citation[], leastOverlap: number): Counts {
  const counts: Counts = { caught: 0, falseAlarm: 0, missed: 0, passed: 0 };
  for (const { sentence, page, isRight } of all) {
    const isMarked = judge(sentence, plainPage(page), leastOverlap).kind === 'unsupported';
    counts[isMarked ? (isRight ? 'falseAlarm' : 'caught') : isRight ? 'passed' : 'missed']++;
  }
  return counts;
}

const f1 = ({ caught, falseAlarm, missed }: Counts): number =>
  (2 * caught) / (2 * caught + falseAlarm + missed);

/** The check on citations known to be right or wrong; the threshold is set on every other subject, the figures are of the rest. */
function checkTheCheck(): void {
  const all = citations();
  const titles = allSubjects().map(({ title }) => title);
  const isDev = ({ page }: Citation) => titles.indexOf(page.title) % 2 === 0;
  const [dev, held] = [all.filter(isDev), all.filter((one) => !isDev(one))];
  say(
    `## The check, on ${all.length} citations (${dev.length} to set the threshold, ${held.length} held out)`,
  );
  say('| least overlap | F1 of marking, development half |\n| --- | --- |');
  for (const least of [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    say(`| ${least} | ${f1(countsOf(dev, least)).toFixed(3)} |`);
  const whole = countsOf(held, LEAST_OVERLAP);
  say();
  say(`Held out, at ${LEAST_OVERLAP}: marks are right in ${percent(whole.caught, whole.caught + whole.falseAlarm)} (precision), wrong citations are marked in ${percent(whole.caught, whole.caught + whole.missed)} (recall).`); // prettier-ignore
  say('\n| citation | is | en: marked | zh: marked |\n| --- | --- | --- | --- |');
  for (const kind of new Set(held.map((one) => one.kind))) {
    const cells = (['en', 'zh'] as const).map((lang) => {
      const some = held.filter((one) => one.kind === kind && one.lang === lang);
      const { caught, falseAlarm } = countsOf(some, LEAST_OVERLAP);
      return `${caught + falseAlarm} of ${some.length}`;
    });
    say(
      `| ${kind} | ${held.find((one) => one.kind === kind)?.isRight ? 'right' : 'wrong'} | ${cells.join(' | ')} |`,
    );
  }
}

/** Searches, reads, and answers with the sentence nearest to the question: a model that only quotes. */
async function quoting(url: string): Promise<void> {
  const tool = browserTool(() => ({ ...DEFAULT_BROWSER, search: 'wiki', wiki: url }));
  const all = questions();
  const sums = { found: 0, read: 0, right: 0, sentences: 0, supported: 0, citations: 0, needed: 0 };
  const answerOne = async ({ question, title, sentence, value }: (typeof all)[number]): Promise<void> => {
    const parts: Part[] = [];
    const chat: Turn[] = [
      { role: 'user', parts: [{ type: 'text', text: question }] },
      { role: 'assistant', parts },
    ];
    const call = async (args: string) => {
      const context = {
        chatId: 'c',
        files: [],
        chat,
        maxObservationTokens: 1200,
        onProgress: () => undefined,
      };
      const outcome = await tool.run(args, { ...context, signal: new AbortController().signal });
      const callId = String(parts.length);
      parts.push(
        { type: 'call', id: callId, tool: 'simple_browser', args, state: 'done' },
        { type: 'result', callId, parts: outcome.parts },
      );
      return outcome;
    };
    const hits = (await call(`msearch(${JSON.stringify(questionQueries(question))})`)).parts.filter(
      (part) => part.type === 'citation',
    );
    sums.found += Number(hits.some((hit) => hit.title === title));
    const ids = hits.slice(0, 3).map((hit) => hit.source);
    if (ids.length === 0) return;
    const pages = (await call(`mclick(${JSON.stringify(ids)})`)).parts.filter(
      (part) => part.type === 'citation',
    );
    sums.read += Number(pages.some(({ quote }) => quote.includes(sentence)));
    const sentences = pages.flatMap((page) =>
      piecesOf(page.quote)
        .flatMap((piece) => piece.match(/[^。.]+[。.]\s*/g) ?? [piece])
        .map((text) => ({ page, text: text.trim() })),
    );
    const score = scores(
      sentences.map(({ page, text }) => `${page.title} ${text}`),
      question,
    );
    const best = sentences[score.indexOf(Math.max(...score))];
    if (!best) return;
    sums.right += Number(best.page.title === title && best.text.includes(value));
    const passages = new Map(pages.map((page) => [page.source, `${page.title}\n${page.quote}`]));
    const check = checkAnswer(`${best.text}【${best.page.source}†source】`, passages);
    for (const key of ['sentences', 'supported', 'citations', 'needed'] as const) sums[key] += check[key];
  };
  const started = performance.now();
  for (let from = 0; from < all.length; from += 4)
    await Promise.all(all.slice(from, from + 4).map(answerOne));
  say(
    `\n## Answers that quote, on ${all.length} questions (${((performance.now() - started) / 1000).toFixed(0)} s)`,
  );
  say(`page among the results ${percent(sums.found, all.length)}; its sentence read ${percent(sums.read, all.length)}; value in the answer ${percent(sums.right, all.length)}`); // prettier-ignore
  say(
    `citation recall ${percent(sums.supported, sums.sentences)}; citation precision ${percent(sums.needed, sums.citations)}`,
  );
}

const logAt = process.argv.indexOf('--log');
if (logAt > 0) {
  const checks = checksOf(readFileSync(process.argv[logAt + 1], 'utf8'));
  const sum = (key: keyof (typeof checks)[number]) => checks.reduce((total, check) => total + check[key], 0);
  say(
    `${checks.length} answers, ${sum('sentences')} sentences, ${sum('citations')} citations, ${sum('wrong')} marked`,
  );
  say(`citation recall ${percent(sum('supported'), sum('sentences'))}; citation precision ${percent(sum('needed'), sum('citations'))}`); // prettier-ignore
} else checkTheCheck();
if (logAt < 0 && !process.argv.includes('--check')) {
  const why = whyNoWiki();
  if (why) say(`\nThe questions need the wiki. ${why}`);
  else {
    await giveDom();
    const wiki = await startWiki([...allSubjects(), ...HOSTILE]);
    try {
      await quoting(wiki.url);
    } finally {
      await wiki.close();
    }
  }
}
