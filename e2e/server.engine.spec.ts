// A chat answered by an independent real server: llama.cpp's with Nano, started by scripts/openai/openaiServer.ts.
import { serverAnswerer } from '../src/agent/answerer';
import { runTurn } from '../src/agent/turn';
import type { ReadyTool } from '../src/tools/registry';
import { startOpenAiServer, type OpenAiServer } from '../scripts/openai/openaiServer';
import type { ChatPage } from './pages/chatPage';
import { ServerSettings } from './pages/serverSettings';
import { slowLine, type SlowLine } from './pages/slowLine';
import { serverWithoutCors } from './pages/serverWithoutCors';
import { expect, test } from './pages/test';

let server: OpenAiServer | null = null;
let line: SlowLine;

test.beforeAll(async () => {
  try {
    server = await startOpenAiServer();
  } catch (error) {
    // Without Python or network these tests are skipped, except in CI, where this is a failure.
    if (process.env.CI) throw error;
    console.warn(`Not run: no OpenAI server here. ${(error as Error).message.split('\n')[0]}`);
    return;
  }
  line = await slowLine(server.baseUrl);
});
test.afterAll(() => {
  line?.close();
  server?.stop();
});
test.beforeEach(({ allowOrigin }) => {
  test.skip(!server, 'no OpenAI server could be installed');
  allowOrigin(line.baseUrl);
  Object.assign(line, { delayMs: 0, breakAfter: Infinity, abandoned: 0 });
});

/** Selects the server for the current chat, with greedy answers. */
async function giveToServer(chat: ChatPage): Promise<void> {
  const servers = new ServerSettings(chat.page);
  await chat.openSettings();
  await servers.fill({ address: line.baseUrl, key: server?.key, name: 'Workstation' });
  await servers.test();
  await expect(servers.section.getByRole('status')).toHaveText('Connected. Models: glm-nano');
  await servers.saveAndChoose();
  await chat.settings.number('Temperature').fill('0');
  await chat.settings.close();
}

/** The server's answer to a direct request. */
async function directly(content: string): Promise<string> {
  const response = await fetch(`${server?.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server?.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content }], temperature: 0 }),
  });
  const body = (await response.json()) as { choices: { message: { content: string } }[] };
  return body.choices[0].message.content;
}

const textOf = async (chat: ChatPage) => chat.answers.last().locator('[data-part=text]').innerText();
const words = (text: string) => text.replace(/\s+/g, ' ').trim();

test('a chat answered by a server is marked everywhere; other chats stay local', async ({ chat }) => {
  await chat.openReady();
  await giveToServer(chat);
  const { host } = new URL(line.baseUrl);
  const mark = chat.page.getByRole('button', {
    name: `Answered by glm-nano on ${host}, outside this tab`,
  });
  const note = chat.page // the start page shows it too
    .getByText(`This chat leaves this tab: what you send goes to ${host} on this device.`)
    .last();
  await expect(mark).toBeVisible();
  await expect(note).toBeVisible();
  const answer = await chat.ask('What are you?');
  expect(words(await textOf(chat))).toBe(words(await directly('What are you?')));
  await expect(answer.getByRole('group', { name: 'Statistics' })).toHaveText(/tokens\/s.*\d+ tokens.*context \d+ \/ 1,024/); // prettier-ignore
  await expect(answer.getByRole('note', { name: `Written by glm-nano on the server ${host}` })).toBeVisible();

  await answer.getByRole('button', { name: 'About this answer' }).click();
  const about = chat.page.getByRole('dialog', { name: 'About this answer' });
  await expect(about).toContainText(/Name\s*glm-nano.*Server\s*127\.0\.0\.1:\d+.*Version\s*\S+/s);
  await expect(about).toContainText(/Temperature\s*0.*Everything else is the server’s own choice/s);
  await expect(about).toContainText(/Prompt\s*\d+.*Ended\s*by itself.*To the first word\s*[\d.]+ s/s);
  await about.getByRole('button', { name: 'Inspect the tokens' }).click();
  await expect(about.getByRole('status')).toHaveText('The same answer, token by token.');
  const tokens = about.getByRole('option');
  expect(words((await tokens.allInnerTexts()).join(''))).toBe(words(await textOf(chat)));
  await tokens.first().focus();
  await expect(tokens.first()).toHaveAccessibleDescription(/^The model (also thought of|thought of nothing)/);
  await chat.page.keyboard.press('Escape');

  await chat.regenerateButton.last().click(); // versions work as in every chat
  await chat.answerEnds();
  await expect(chat.page.getByText('2/2')).toBeVisible();

  let asked = 0;
  chat.page.on('request', (request) => (asked += Number(request.url().startsWith(line.baseUrl))));
  await chat.page.reload();
  await chat.newChat(); // a new chat is local
  await chat.modelReady();
  await expect(note).toBeHidden();
  await chat.ask('Is this private?');
  await expect(chat.answers.last()).not.toContainText('from ');
  await chat.chat('What are you?').click(); // the other chat still uses the server
  await expect(mark).toBeVisible();
  expect(asked).toBe(0);
});

test('stop reaches the server, and the answer can be continued', async ({ chat }) => {
  await chat.openReady();
  await giveToServer(chat);
  const whole = words(await directly('How do I load GLM-4-9B?'));
  line.delayMs = 150;
  await chat.stopAtFirstWords(() => chat.send('How do I load GLM-4-9B?'));
  await chat.answerEnds();
  const stopped = words(await textOf(chat));
  expect(whole.startsWith(stopped)).toBe(true);
  expect(stopped.length).toBeLessThan(whole.length);
  await expect(chat.answers.last()).toContainText('Stopped');
  await expect.poll(() => line.abandoned).toBe(1); // the server saw the connection close

  line.delayMs = 0;
  await chat.page.getByRole('button', { name: 'Continue' }).click();
  await chat.answerEnds();
  const continued = words(await textOf(chat));
  expect(continued.startsWith(stopped)).toBe(true);
  expect(continued.length).toBeGreaterThan(stopped.length);
});

test.describe('server failures', () => {
  test.use({ allowedErrors: /Failed to load resource|ERR_|CORS|Failed to fetch/ });

  test('a broken connection keeps the partial answer; a removed server is reported', async ({ chat }) => {
    await chat.openReady();
    await giveToServer(chat);
    Object.assign(line, { delayMs: 60, breakAfter: 6 });
    await chat.send('What are you?');
    await chat.answerEnds();
    await expect(chat.alert).toContainText('The connection to the server broke after');
    await expect(chat.answers.last()).toContainText('Cut off by an error');
    expect(words(await directly('What are you?')).startsWith(words(await textOf(chat)))).toBe(true);
    await chat.page.reload();
    await expect(chat.answers.last()).toContainText('Cut off by an error');

    await chat.openSettings();
    await new ServerSettings(chat.page).section.getByRole('button', { name: 'Remove Workstation' }).click();
    await chat.settings.close();
    await chat.send('And now?');
    await expect(chat.alert).toContainText('“Workstation”, is no longer in the settings');
  });

  test('connection errors are distinguished before anything is saved', async ({
    chat,
    allowOrigin,
    baseURL,
  }) => {
    const closed = await serverWithoutCors();
    allowOrigin('http://127.0.0.1:9');
    allowOrigin(closed.url);
    await chat.open();
    await chat.openSettings();
    const servers = new ServerSettings(chat.page);
    const cases: [address: string, key: string, text: RegExp][] = [
      [line.baseUrl, 'wrong', /refused the key \(401\)/],
      [line.baseUrl, '', /does not answer without a key \(401\)/],
      ['http://127.0.0.1:9/v1', '', /Nothing answers at .*Check that the server runs/],
      [
        closed.url,
        'secret',
        new RegExp(
          `does not allow this page .*Access-Control-Allow-Origin: ${new URL(baseURL ?? '').origin}`,
        ),
      ],
      ['http://192.168.1.5:8000/v1', '', /without encryption/],
      [`${baseURL}`, '', /does not speak the OpenAI chat API/],
      ['no address', '', /is no address of a server/],
    ];
    for (const [address, key, text] of cases) {
      await servers.fill({ address, key });
      await servers.test();
      await expect(servers.alert, address).toContainText(text);
    }
    expect(closed.withKey).toBe(0);
    closed.close();
    await servers.section.getByRole('button', { name: 'Save' }).click();
    await expect(servers.section.getByRole('list', { name: 'Your servers' })).toBeHidden();
  });
});

test('llama.cpp streams a call that has to be made, with arguments of the schema', async () => {
  const small = await startOpenAiServer();
  const answerer = serverAnswerer({
    ...{ baseUrl: small.baseUrl, key: small.key, kind: 'llamacpp', model: 'glm-nano', contextTokens: 0 },
    sampling: { temperature: 0 },
  });
  const n = { type: 'integer', minimum: 1, maximum: 9 };
  const parameters = { type: 'object', properties: { n }, required: ['n'] };
  const called: string[] = [];
  const tool: ReadyTool = {
    spec: { type: 'function', name: 'square', description: 'Squares a number.', parameters },
    ...{ key: 'square', reach: 'caged', usual: 'always' },
    run: async (args) => (called.push(args), { parts: [], observation: '49' }),
  };
  const { parts } = await runTurn(
    answerer,
    {
      ...{ systemPrompt: '', toolChoice: 'required', maxTokens: 60 },
      history: [{ role: 'user', parts: [{ type: 'text', text: 'What is the square of 7?' }] }],
      sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 1 },
      tools: {
        ...{ tools: [tool], chatId: 'c', contextTokens: () => 1024 },
        ...{ decide: () => 'run', ask: async () => false },
      },
    },
    {},
  );
  small.stop();
  expect(parts.slice(0, 2)).toMatchObject([
    { type: 'call', tool: 'square', state: 'done' },
    { type: 'result', observation: '49' },
  ]);
  const { n: given } = JSON.parse(called[0]) as { n: number };
  expect(given).toBeGreaterThan(0);
  expect(given).toBeLessThan(10);
});
