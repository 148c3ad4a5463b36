// Kills what the engine needs, at random tokens and in every phase of a load, and prints what came of it.
import { chromium } from 'playwright';
import { seeded } from '../../src/testing/random';
import { CHROMIUM_ARGS, findChromium } from '../browsers/browser.mjs';
import { commandLine, runCommand } from '../commandLine';
import type { Victim } from './killers';
import { serveApp, Stage } from './stage';
import { atLoad, atToken, openContext, ThreeTabs, type Trial, type Trials } from './trials';

const VICTIMS: Victim[] = ['worker', 'device', 'gpu-process', 'renderer', 'tab'];
/** How many of a victim's kills strike during a load. */
const LOAD_SHARE = 0.4;
/** Chromium stops giving WebGPU to a site whose GPU process crashes often; here it is killed on purpose. */
const SWITCHES = ['--disable-gpu-process-crash-limit', '--disable-domain-blocking-for-3d-apis'];

const { values } = commandLine(
  `npm run kills -- [--only worker,device,gpu-process,renderer,tab] [--count 20] [--seed 1] [--dist dist]
Needs a build: npm run build.`,
  {
    only: { type: 'string' },
    count: { type: 'string' },
    seed: { type: 'string', default: '1' },
    dist: { type: 'string', default: 'dist' },
  },
);

const countOf = (victim: Victim): number => Number(values.count ?? (victim === 'renderer' ? 10 : 20));

/** All kills of one victim. A page that has survived is used again: it has the model on the GPU. */
async function kills(trials: Trials, victim: Victim, loadMs: number): Promise<Trial[]> {
  const done: Trial[] = [];
  const note = (trial: Trial): void => {
    done.push(trial);
    const { where, survived, wordsLost, clicks, seconds, note: why } = trial;
    const outcome = survived ? 'survived' : `FAILED (${why})`;
    console.log(
      `${victim} ${done.length}: ${where}: ${outcome}, ${wordsLost} words lost, ${clicks} clicks, ${seconds.toFixed(1)} s`,
    );
  };
  const count = countOf(victim);
  if (victim === 'tab') {
    let tabs = new ThreeTabs(trials);
    while (done.length < count) {
      note(await tabs.closeOwner());
      if (done.at(-1)?.survived) continue;
      await tabs.close();
      tabs = new ThreeTabs(trials);
    }
    await tabs.close();
    return done;
  }
  const atLoads = Math.round(count * LOAD_SHARE);
  for (let i = 0; i < atLoads; i++) note(await atLoad(trials, victim, loadMs));
  let context = await openContext(trials.browser);
  let stage = new Stage(await context.newPage());
  await stage.open(trials.url);
  await stage.ready();
  while (done.length < count) {
    const outcome = await atToken(trials, stage, victim);
    note(outcome.trial);
    stage = outcome.stage;
    if (outcome.trial.survived) continue;
    await context.close();
    context = await openContext(trials.browser);
    stage = new Stage(await context.newPage());
    await stage.open(trials.url);
    await stage.ready();
  }
  await context.close();
  return done;
}

/** One row of the table. */
function row(victim: Victim, trials: Trial[]): string {
  const sum = (of: (trial: Trial) => number) => trials.reduce((total, trial) => total + of(trial), 0);
  const seconds = trials.map((trial) => trial.seconds).sort((a, b) => a - b);
  const at = (share: number) => (seconds[Math.floor(share * (seconds.length - 1))] ?? 0).toFixed(1);
  const survived = sum((trial) => Number(trial.survived));
  return `| ${victim} | ${survived} of ${trials.length} | ${sum((t) => t.wordsLost)} | ${sum((t) => t.clicks)} | ${at(0.5)} (${at(0)}–${at(1)}) |`;
}

await runCommand(async () => {
  const app = await serveApp(values.dist);
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [...CHROMIUM_ARGS, ...SWITCHES],
  });
  const random = seeded(Number(values.seed));
  const began = Date.now();
  const context = await openContext(browser);
  const stage = new Stage(await context.newPage());
  await stage.open(app.url);
  await stage.ready();
  const loadMs = Date.now() - began;
  await stage.ask();
  const whole = await stage.ended();
  await context.close();
  if (!whole) throw new Error('The undisturbed answer did not end.');
  console.log(
    `loaded in ${(loadMs / 1000).toFixed(1)} s; the undisturbed answer has ${whole.length} characters`,
  );
  const trials: Trials = { browser, url: app.url, whole, random: () => random.int(2 ** 30) / 2 ** 30 };
  const wanted = values.only?.split(',') ?? VICTIMS;
  const rows: string[] = [];
  for (const victim of VICTIMS.filter((name) => wanted.includes(name)))
    rows.push(row(victim, await kills(trials, victim, loadMs)));
  console.log('\n| killed | survived | words lost | clicks | seconds to recover: median (range) |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const line of rows) console.log(line);
  await browser.close();
  await app.close();
});
