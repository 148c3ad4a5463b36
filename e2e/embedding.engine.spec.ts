// The library in another page, with the real engine and Nano: examples/embedding, as shown in docs/embedding.md.
import { readFileSync } from 'node:fs';
import type { Glm } from '../src/sdk/glm';
import { openStaticHost, type StaticHost } from './pages/staticHost';
import { expect, test } from './pages/test';

type Example = {
  glm: Glm;
  MODEL: string;
  completions: (glm: Glm, show: (text: string) => void, signal?: AbortSignal) => Promise<{ text: string }>;
  conversation: (
    model: ReturnType<Glm['languageModel']>,
    show: (text: string) => void,
  ) => Promise<{ text: string; inputUsage: number; inputQuota: number }>;
};

let host: StaticHost;
test.beforeAll(async () => {
  host = await openStaticHost('.');
});
test.afterAll(() => host.close());

test('the guide contains exactly the code tested here', () => {
  const guide = readFileSync('docs/embedding.md', 'utf8');
  for (const name of ['completions.js', 'languageModel.js', 'main.js']) {
    expect(guide, name).toContain(readFileSync(`examples/embedding/${name}`, 'utf8').trim());
  }
});

test('another page uses chat.completions and LanguageModel', async ({ page, allowOrigin }) => {
  allowOrigin(host.url);
  await page.goto(`${host.url}examples/embedding/index.html`);
  await expect(page.locator('#status')).toHaveText('Done', { timeout: 240_000 });
  await expect(page.locator('#completion')).toContainText(/[a-z]{3,}/);
  await expect(page.locator('#session')).toContainText(/[a-z]{3,}/);

  // The library that constrains answers is fetched with the first such answer.
  host.missing = /\/lib-[\w-]+\.js$/;
  const lost = await page.evaluate(async () => {
    const { glm } = window as unknown as Example;
    const messages = [{ role: 'user' as const, content: 'How many?' }];
    const json = { type: 'json_schema' as const, json_schema: { schema: { enum: [1] } } };
    return glm.chat.completions
      .create({ messages, response_format: json })
      .catch(({ code, details }: { code: string; details: object }) => ({ code, details }));
  });
  expect(lost).toMatchObject({ code: 'part-missing', details: { file: expect.stringMatching(/lib-.*js/) } });
  host.missing = /^$/;

  const found = await page.evaluate(async () => {
    const { glm, MODEL, completions, conversation } = window as unknown as Example;
    const { completions: api } = glm.chat;
    const messages = [{ role: 'user' as const, content: 'What are you?' }];
    const asked = { messages, temperature: 0, max_tokens: 64 };
    const seen: string[] = [];
    const streamed = await completions(glm, (text) => void seen.push(text));
    const whole = await api.create(asked);
    const short = await api.create({ ...asked, max_tokens: 3, logprobs: true, top_logprobs: 2 });
    const word = whole.choices[0].message.content.trim().split(' ')[2];
    const stopped = await api.create({ ...asked, stop: word });
    const schema = { type: 'object', properties: { days: { enum: [3, 7] } }, required: ['days'] };
    const formed = await api.create({
      ...asked,
      response_format: { type: 'json_schema', json_schema: { schema } },
    });
    const chat = await glm.languageModel(MODEL).create();
    const matched = await chat.prompt('How many?', { responseConstraint: /\d{2} days/ });
    const controller = new AbortController();
    const aborted = await completions(
      glm,
      () => controller.abort(new DOMException('enough', 'AbortError')),
      controller.signal,
    ).catch((error: Error) => error.name);
    const long = { role: 'user' as const, content: 'word '.repeat(2000) };
    const full = await api
      .create({ messages: [long] })
      .catch(({ code, details }: { code: string; details: object }) => ({ code, details }));
    const session = await conversation(glm.languageModel(MODEL), () => {});
    const availability = await glm.languageModel(MODEL).availability();
    const models = await glm.listModels();
    return {
      streamed,
      seen,
      whole,
      short,
      word,
      stopped,
      formed,
      matched,
      aborted,
      full,
      session,
      availability,
      models,
    };
  });

  const { content } = found.whole.choices[0].message;
  expect(found.streamed).toMatchObject({ text: content, usage: { completion_tokens: expect.any(Number) } });
  expect(found.seen.length).toBeGreaterThan(3); // streamed in several pieces
  expect(found.whole.usage.total_tokens).toBe(
    found.whole.usage.prompt_tokens + found.whole.usage.completion_tokens,
  );
  expect(found.short).toMatchObject({
    usage: { completion_tokens: 3 },
    choices: [{ finish_reason: 'length' }],
  });
  const logprobs = found.short.choices[0].logprobs?.content ?? [];
  expect(
    logprobs
      .map(({ token }) => token)
      .join('')
      .trim(),
  ).toBe(found.short.choices[0].message.content.trim());
  for (const { token, logprob, top_logprobs } of logprobs) {
    expect(top_logprobs).toHaveLength(2);
    expect(top_logprobs[0]).toMatchObject({ token, logprob }); // greedy: the likeliest token was chosen
  }
  expect(found.stopped.choices[0]).toMatchObject({
    message: { content: content.slice(0, content.indexOf(found.word)) },
    finish_reason: 'stop',
  });
  expect([3, 7]).toContain((JSON.parse(found.formed.choices[0].message.content) as { days: number }).days);
  expect(found.matched).toMatch(/^\d{2} days$/);
  expect(found.aborted).toBe('AbortError');
  expect(found.full).toMatchObject({ code: 'context-full', details: { contextTokens: 512 } });
  expect(found.session.inputUsage).toBeGreaterThan(10);
  expect(found.session.inputQuota).toBe(512);
  expect(found.availability).toBe('available');
  expect(found.models).toHaveLength(1);
});
