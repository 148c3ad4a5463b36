// One trial each: something is killed at a random place, and the answer is compared with one that nothing disturbed.
import type { Browser, BrowserContext } from 'playwright';
import { isEngine, kill, type Victim } from './killers';
import { answerGreedily, Stage } from './stage';

/** What came of a kill. */
export interface Trial {
  victim: Victim;
  /** Where it struck: a share of the answer, or the load phase on screen. */
  where: string;
  survived: boolean;
  /** Words of the undisturbed answer that the final one lacks, or that differ. */
  wordsLost: number;
  /** Clicks that it took to get the answer. */
  clicks: number;
  /** From the kill until the answer went on, or the model was ready; 0 for what did not survive. */
  seconds: number;
  note: string;
}

export interface Trials {
  browser: Browser;
  url: string;
  /** The undisturbed answer. */
  whole: string;
  /** 0 to 1. */
  random: () => number;
}

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** Words of `whole` from the first one that `text` has otherwise. */
export function lostWords(whole: string, text: string): number {
  const [expected, found] = [words(whole), words(text)];
  const same = expected.findIndex((word, i) => found[i] !== word);
  return same < 0 ? Math.max(0, found.length - expected.length) : expected.length - same;
}

/** A browser profile of its own, with greedy answers. */
export async function openContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-US' });
  await answerGreedily(context);
  return context;
}

/** Where the answer is awaited after a kill: a page whose renderer crashed is opened again, as a reader would do. */
async function goesOnIn(trials: Trials, stage: Stage, victim: Victim): Promise<Stage> {
  if (victim !== 'renderer') return stage;
  const context = stage.page.context();
  const again = new Stage(await context.newPage());
  await stage.page.close().catch(() => undefined);
  await again.open(trials.url);
  await again.answering();
  return again;
}

/** Judges the answer on screen; a card that asks for a click is clicked, and counted. */
async function judge(
  stage: Stage,
  { whole }: Trials,
): Promise<Pick<Trial, 'survived' | 'wordsLost' | 'clicks' | 'note'>> {
  let text = await stage.ended();
  let clicks = 0;
  while (text !== whole && clicks < 3) {
    const helper = stage.page
      .getByRole('button', { name: /^(Reload the model|Try again|Continue|Try .* again)/ })
      .first();
    if (!(await helper.isVisible().catch(() => false))) break;
    await helper.click();
    clicks++;
    text = await stage.ended();
  }
  const wordsLost = lostWords(whole, text ?? '');
  const survived = text === whole;
  return { survived, wordsLost, clicks, note: survived ? '' : await stage.describe() };
}

/** Kills the engine of an open page at a random token of an answer, in a new chat. */
export async function atToken(
  trials: Trials,
  before: Stage,
  victim: Victim,
): Promise<{ trial: Trial; stage: Stage }> {
  let stage = before;
  const { browser, whole, random } = trials;
  const share = 0.02 + 0.9 * random();
  await stage.newChat();
  await stage.ask();
  await stage.reaches(Math.ceil(share * whole.length));
  const reached = (await stage.text()).length;
  const began = Date.now();
  await kill(browser, stage.page, victim);
  stage = await goesOnIn(trials, stage, victim);
  await stage.reaches(Math.min(whole.length, reached + 12)).catch(() => undefined);
  const seconds = (Date.now() - began) / 1000;
  const where = `${Math.round(share * 100)} % of the answer`;
  return { trial: { victim, where, seconds, ...(await judge(stage, trials)) }, stage };
}

/** Kills it at a random moment of a first visit's load, while a question waits. */
export async function atLoad(trials: Trials, victim: Victim, loadMs: number): Promise<Trial> {
  const { browser, url, random } = trials;
  const context = await openContext(browser);
  let stage = new Stage(await context.newPage());
  await stage.open(url);
  await stage.ask();
  await stage.page.waitForTimeout(random() * loadMs);
  const where = (await stage.phase()) || 'before the load or after it';
  const began = Date.now();
  await kill(browser, stage.page, victim);
  stage = await goesOnIn(trials, stage, victim);
  await stage.reaches(1).catch(() => undefined);
  const seconds = (Date.now() - began) / 1000;
  const judged = await judge(stage, trials);
  await context.close();
  return { victim, where, seconds, ...judged };
}

/** Three tabs of one profile, of which the one that runs the engine is closed. */
export class ThreeTabs {
  private context: BrowserContext | undefined;
  private tabs: Stage[] = [];

  constructor(private readonly trials: Trials) {}

  /** Opens what is missing, and closes the owner at a random token of another tab's answer, while the third one waits. */
  async closeOwner(): Promise<Trial> {
    const { browser, url, whole, random } = this.trials;
    this.context ??= await openContext(browser);
    while (this.tabs.length < 3) {
      const tab = new Stage(await this.context.newPage());
      this.tabs.push(tab);
      await tab.open(url);
      await tab.ready();
    }
    const owner = this.tabs.find(({ page }) => page.workers().some(isEngine)) ?? this.tabs[0];
    this.tabs = this.tabs.filter((tab) => tab !== owner);
    const [writer, queued] = this.tabs;
    const share = 0.02 + 0.9 * random();
    for (const tab of this.tabs) {
      await tab.newChat();
      await tab.ask();
    }
    await writer.reaches(Math.ceil(share * whole.length));
    const reached = (await writer.text()).length;
    const began = Date.now();
    await kill(browser, owner.page, 'tab');
    await writer.reaches(Math.min(whole.length, reached + 12)).catch(() => undefined);
    const seconds = (Date.now() - began) / 1000;
    const first = await judge(writer, this.trials);
    const second = await judge(queued, this.trials);
    return {
      victim: 'tab',
      where: `${Math.round(share * 100)} % of the answer`,
      seconds,
      survived: first.survived && second.survived,
      wordsLost: first.wordsLost + second.wordsLost,
      clicks: first.clicks + second.clicks,
      note: [first.note, second.note].filter(Boolean).join(' / '),
    };
  }

  async close(): Promise<void> {
    await this.context?.close();
  }
}
