import { isEngine, kill } from '../scripts/kills/killers';
import { answerGreedily, Stage } from '../scripts/kills/stage';
import { seeded } from '../src/testing/random';
import { expect, test } from './pages/test';

// A few kills with a fixed seed; `npm run kills` has twenty of each kind, at random and in every phase of a load.

test('worker and device are killed at a random token: the greedy text ends the same, without a click', async ({
  chat: { page },
  context,
  browser,
  baseURL,
}) => {
  const random = seeded(3);
  await answerGreedily(context);
  const stage = new Stage(page);
  await stage.open(baseURL!);
  await stage.ready();
  await stage.ask();
  const whole = await stage.ended();
  expect(whole).toMatch(/[a-z]{3,}/);
  for (const victim of ['worker', 'device'] as const) {
    await stage.newChat();
    await stage.ask();
    await stage.reaches(1 + random.int(whole!.length - 20));
    await kill(browser, page, victim);
    await expect(page.locator('[data-healing]')).toBeVisible();
    expect(await stage.ended(480_000)).toBe(whole);
    await expect(page.locator('[data-healing]')).toHaveCount(0);
  }
});

test('three tabs share one engine; its owner is closed during an answer: both answers come, without a click', async ({
  chat: { page },
  context,
  baseURL,
}) => {
  await answerGreedily(context);
  const tabs = [page, await context.newPage(), await context.newPage()].map((one) => new Stage(one));
  for (const tab of tabs) {
    await tab.open(baseURL!);
    await tab.ready();
  }
  expect(tabs.map((tab) => tab.page.workers().filter(isEngine).length)).toEqual([1, 0, 0]);
  const [owner, writer, queued] = tabs;
  await writer.ask();
  await queued.ask();
  await expect(queued.page.getByText('Queued: 1 request of other tabs first')).toBeVisible();
  await writer.reaches(30);
  await owner.page.close();
  const whole = await writer.ended(480_000);
  expect(whole).toMatch(/[a-z]{3,}.*\.$/);
  expect(await queued.ended(480_000)).toBe(whole);
  const workers = [writer, queued].map((tab) => tab.page.workers().filter(isEngine).length);
  expect(workers.sort()).toEqual([0, 1]);
});
