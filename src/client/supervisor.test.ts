// The engine is ended at every token and in every phase of a load; its callers notice nothing.
import { afterEach, describe, expect, test } from 'vitest';
import type { GenerateRequest } from '../protocol/chat';
import { AppError } from '../shared/errors';
import { seeded } from '../testing/random';
import { ScriptedWorker, textCollector, wholeAnswer, type Script } from '../testing/scriptedWorker';
import { TabLocks } from '../testing/tabLocks';
import type { EngineClient, Healing } from './engineClient';
import { Restarts } from './restarts';
import { superviseEngine } from './supervisor';
import { tabSource } from './tabConnection';

const NO_PAUSES = [0, 0, 0, 0, 0];
const MODEL = { source: { kind: 'cached' as const, id: 'glm' } };

const ask = (text: string): GenerateRequest => ({
  messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
  sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 0 },
});

interface Tab {
  client: EngineClient;
  /** Workers that this tab has started, newest last. */
  workers: ScriptedWorker[];
  healings: (Healing | null)[];
  losses: AppError[];
  /** The tab's process ends: page, worker and locks. */
  close(): void;
}

/** Tabs of one browser. */
function openBrowser(script: Partial<Script> = {}) {
  const whole: Script = { loads: [], tokens: 0, ...script };
  const locks = new TabLocks();
  const tabs: Tab[] = [];
  function openTab(): Tab {
    const page = `page ${tabs.length}`;
    const workers: ScriptedWorker[] = [];
    const channels: BroadcastChannel[] = [];
    const source = tabSource({
      startWorker: () => {
        workers.push(new ScriptedWorker(whole, locks));
        return workers.at(-1) as unknown as Worker;
      },
      locks: locks.of(page),
      openChannel: (name) => {
        channels.push(new BroadcastChannel(name));
        return channels.at(-1)!;
      },
    });
    const client = superviseEngine({ source, restarts: new Restarts(NO_PAUSES) });
    const tab: Tab = {
      ...{ client, workers, healings: [], losses: [] },
      close() {
        locks.end(page); // first: a closed page starts no new worker
        for (const channel of channels) channel.close();
        for (const worker of workers) worker.end();
      },
    };
    client.onHealing((healing) => tab.healings.push(healing));
    client.onDeviceLost((error) => tab.losses.push(error));
    tabs.push(tab);
    return tab;
  }
  return { script: whole, openTab, closeAll: () => tabs.forEach((tab) => tab.close()) };
}

let browser: ReturnType<typeof openBrowser>;
afterEach(() => browser.closeAll());

async function answer({ client }: Tab, question: string, signal?: AbortSignal) {
  const collected = textCollector();
  const summary = await client.call('generate', ask(question), { onEvent: collected.onEvent, signal });
  return { text: collected.text, summary };
}

/** Does something at this step, once. */
const once = (at: string, act: (worker: ScriptedWorker) => void) => {
  let isDone = false;
  return (worker: ScriptedWorker, step: string) => {
    if (isDone || step !== at) return;
    isDone = true;
    act(worker);
  };
};

const KILLS = {
  worker: (worker: ScriptedWorker) => worker.end(),
  device: (worker: ScriptedWorker) => worker.loseDevice(),
};

describe.each(Object.keys(KILLS) as (keyof typeof KILLS)[])('the %s is lost', (victim) => {
  const random = seeded(4);
  test.for([0, 39, ...Array.from({ length: 8 }, () => random.int(40))])(
    'at token %i: the answer goes on after its last token',
    async (token) => {
      browser = openBrowser({ onStep: once(`token ${token}`, KILLS[victim]) });
      const tab = browser.openTab();
      await tab.client.call('load', MODEL);
      const { text, summary } = await answer(tab, 'a');
      expect(text).toBe(wholeAnswer('a'));
      expect(summary).toMatchObject({ reason: 'stop', newTokens: 40 });
      expect(browser.script.tokens).toBeLessThanOrEqual(42); // at most the tokens on their way were lost
      expect(browser.script.loads).toEqual(['glm', 'glm']);
      expect(tab.healings.at(0)).toMatchObject({ cause: victim, attempt: 1, name: 'glm' });
      expect(tab.healings.at(-1)).toBeNull();
      expect(tab.losses).toEqual([]);
    },
  );

  test.for(['header', 'upload', 'compile'])(
    'in the phase %s of a load: the load begins again',
    async (phase) => {
      browser = openBrowser({ onStep: once(phase, KILLS[victim]) });
      const tab = browser.openTab();
      expect(await tab.client.call('load', MODEL)).toMatchObject({ id: 'glm' });
      expect((await answer(tab, 'a')).text).toBe(wholeAnswer('a'));
    },
  );

  test('while the engine rests: its model is loaded again before it is asked for', async () => {
    browser = openBrowser();
    const tab = browser.openTab();
    await tab.client.call('load', MODEL);
    try {
      KILLS[victim](tab.workers[0]);
    } catch {
      // a lost device also fails the call that uses it
    }
    await expect.poll(() => browser.script.loads).toEqual(['glm', 'glm']);
    await expect.poll(() => tab.healings.at(-1)).toBeNull();
  });

  test('at every load of a model: two more attempts, then an error with a next step', async () => {
    const always = (worker: ScriptedWorker, step: string) => step === 'upload' && KILLS[victim](worker);
    browser = openBrowser({ onStep: always });
    const tab = browser.openTab();
    await expect(tab.client.call('load', MODEL)).rejects.toMatchObject({
      code: 'engine-failed',
      details: { tries: 3 },
    });
    browser.script.onStep = undefined;
    expect(await tab.client.call('load', MODEL)).toMatchObject({ id: 'glm' }); // a person tries again
  });

  test('again and again: the engine is given up after five attempts, and told once', async () => {
    browser = openBrowser();
    const tab = browser.openTab();
    await tab.client.call('load', MODEL);
    browser.script.onStep = (worker, step) => step.startsWith('token') && KILLS[victim](worker);
    await expect(answer(tab, 'a')).rejects.toMatchObject({ code: 'engine-failed', details: { tries: 5 } });
    expect(tab.losses.map(({ code }) => code)).toEqual(['engine-failed']);
    expect(tab.healings.at(-1)).toBeNull();
  });
});

test('a stop while there is no engine keeps what was written', async () => {
  const stop = new AbortController();
  browser = openBrowser();
  const tab = browser.openTab();
  await tab.client.call('load', MODEL);
  browser.script.onStep = once('token 5', (worker) => {
    worker.end();
    browser.script.onStep = once('header', () => stop.abort());
  });
  const { text, summary } = await answer(tab, 'a', stop.signal);
  expect(summary).toMatchObject({ reason: 'aborted' });
  expect(wholeAnswer('a').startsWith(text)).toBe(true);
});

test('a missing script is tried again, and told with a next step', async () => {
  browser = openBrowser({ isMissing: true });
  const tab = browser.openTab();
  await expect(tab.client.call('listModels', {})).rejects.toMatchObject({ code: 'engine-missing' });
  expect(tab.workers.length).toBe(6);
  expect(tab.healings[0]).toMatchObject({ cause: 'missing', attempt: 1 });
  browser.script.isMissing = false;
  expect(await tab.client.call('listModels', {})).toEqual([]);
});

describe('three tabs', () => {
  async function openThree(script: Partial<Script> = {}) {
    browser = openBrowser(script);
    const tabs = [browser.openTab(), browser.openTab(), browser.openTab()];
    await tabs[0].client.call('load', MODEL);
    for (const { client } of tabs)
      await expect.poll(async () => (await client.resident())?.info.id).toBe('glm');
    return tabs;
  }

  test('share one engine: one worker, one model, and answers one after the other, shown as queued', async () => {
    const tabs = await openThree();
    const queued: number[] = [];
    const asked = tabs.map((tab, i) => {
      const collected = textCollector();
      const call = tab.client.call('generate', ask('abc'[i]), {
        onEvent: (event) => {
          collected.onEvent(event);
          if (event.kind === 'queued') queued.push(event.ahead);
        },
      });
      return call.then(() => collected.text);
    });
    expect(await Promise.all(asked)).toEqual([...'abc'].map(wholeAnswer));
    expect(queued).toEqual(expect.arrayContaining([1, 2]));
    expect(tabs.map(({ workers }) => workers.length)).toEqual([1, 0, 0]);
    expect(browser.script.loads).toEqual(['glm']);
  });

  const random = seeded(5);
  test.for(Array.from({ length: 6 }, () => random.int(40)))(
    'the owner is closed at token %i of another tab’s answer: the next tab takes over, every answer goes on',
    async (token) => {
      const [owner, ...rest] = await openThree();
      browser.script.onStep = once(`token ${token}`, () => owner.close());
      const answers = await Promise.all([answer(rest[0], 'b'), answer(rest[1], 'c')]);
      expect(answers.map(({ text }) => text)).toEqual([wholeAnswer('b'), wholeAnswer('c')]);
      expect(rest.map(({ workers }) => workers.length).sort()).toEqual([0, 1]);
      expect(browser.script.loads).toEqual(['glm', 'glm']);
      expect(rest.flatMap(({ losses }) => losses)).toEqual([]);
    },
  );

  test('the worker of the owner ends: guests go on with the next one', async () => {
    const [owner, guest] = await openThree();
    browser.script.onStep = once('token 9', (worker) => worker.end());
    expect((await answer(guest, 'b')).text).toBe(wholeAnswer('b'));
    expect(owner.workers.length).toBe(2);
  });

  test('a closed guest’s answer stops, and the next one begins', async () => {
    const [owner, guest] = await openThree();
    browser.script.onStep = once('token 9', () => guest.close());
    void answer(guest, 'b');
    await expect.poll(() => browser.script.tokens).toBeGreaterThanOrEqual(9);
    expect((await answer(owner, 'a')).text).toBe(wholeAnswer('a'));
    expect(browser.script.tokens).toBeLessThan(60);
  });

  test('a guest that counts tokens while another tab changes the model waits, and does not bring the old one back', async () => {
    const [owner, guest, third] = await openThree();
    await answer(guest, 'b'); // has used the model before; the third tab has not
    const counts: Promise<unknown>[] = [];
    browser.script.onStep = once('upload', () => {
      for (const { client } of [guest, third]) counts.push(client.call('countTokens', { messages: [] }));
    });
    await owner.client.call('load', { source: { kind: 'cached', id: 'nano' } });
    expect(await Promise.all(counts)).toEqual([{ tokens: 7 }, { tokens: 7 }]);
    expect(browser.script.loads).toEqual(['glm', 'nano']);
    expect([...guest.healings, ...third.healings]).toEqual([]);
    expect((await third.client.resident())?.info.id).toBe('nano');

    let counted: Promise<unknown> = Promise.resolve();
    browser.script.onStep = once('upload', () => {
      counted = guest.client.call('countTokens', { messages: [] }).catch(({ code }) => code);
      throw new AppError('bad-values', 'not a number', {});
    });
    await expect(owner.client.call('load', MODEL)).rejects.toMatchObject({ code: 'bad-values' });
    expect(await counted).toBe('no-model');
  });

  test('another model in one tab is told to the others', async () => {
    const [owner, guest] = await openThree();
    const seen: (string | undefined)[] = [];
    owner.client.onResident((resident) => seen.push(resident?.info.id));
    await guest.client.call('load', { source: { kind: 'cached', id: 'nano' } });
    await expect.poll(() => seen).toEqual(['nano']);
  });
});
