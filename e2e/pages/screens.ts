import { expect } from '@playwright/test';
import { SAYS_KEY } from '../fakeAnswers';
import type { ChatPage } from './chatPage';
import { ServerSettings } from './serverSettings';
import { AGENT_SCREENS, PICTURE_SCREENS } from './knowledgeScreens';
import type { Screen, ScreenTexts } from './screen';
import { TOOL_SCREENS } from './toolScreens';

const CODE = `\`\`\`python
def newton(x: float, steps: int = 6) -> float:
    """Square root of x, by Newton's method."""
    guess = x / 2
    for _ in range(steps):
        guess = (guess + x / guess) / 2
    return guess
\`\`\``;
const FORMULA = '$$\nx_{n+1} = \\frac{1}{2}\\left(x_n + \\frac{a}{x_n}\\right)\n$$';

export const TEXTS: Record<'en' | 'zh', ScreenTexts> = {
  en: {
    question: 'How does a computer take a square root?',
    earlier: [
      'Plan a weekend in Hangzhou',
      'What is a monad, without the jargon?',
      'Rewrite this email, kindly',
    ],
    answer: `<think>
They want the idea, not the history. Newton's method: guess, divide, average. A short table of guesses shows how fast it is.
</think>

It guesses, and mends the guess. **Newton's method** averages a guess with $a / x_n$; one of the two is too large and the other too small【1†source】:

${FORMULA}

For $a = 2$ the digits that are right double with every step:

| step | guess | right digits |
| --: | :-- | --: |
| 1 | 1.5 | 1 |
| 2 | 1.4167 | 3 |
| 3 | 1.4142157 | 6 |

${CODE}

- It needs only additions and divisions.
- Processors start from a small *table* instead of \`x / 2\`, see [the survey](https://example.org/sqrt)[^1].

[^1]: *Elementary Functions*, chapter 6.`,
    calls: [
      [
        'What is 37 × 49 + 12? And 3, 1, 4, 1, 5 as bars, please',
        '⚙sum⚙37 × 49 + 12 = **1825**.\n\n⚙plot⚙Here they are.',
      ],
      ['Try the mean of nothing', '⚙wrong⚙⚙others⚙⚙table⚙'],
      ['Send the sum to mum', '☎send_note:{"to":"mum@example.org","text":"The sum is 1825."}☎'],
    ],
    next: 'And in which of these is that explained best?',
    search: 'square',
  },
  zh: {
    question: '计算机是怎么开平方的？',
    earlier: ['周末去杭州怎么安排？', '不用术语，讲讲什么是单子', '帮我把这封邮件改得客气一些'],
    answer: `<think>
他想知道的是思路。牛顿法：先猜一个数，再取平均。用一张小表说明收敛有多快。
</think>

先猜一个数，再把它改好。**牛顿法**把猜测值和 $a / x_n$ 取平均，两者一个偏大、一个偏小【1†source】：

${FORMULA}

以 $a = 2$ 为例，每走一步，正确的位数大约翻一倍：

| 步数 | 猜测值 | 正确位数 |
| --: | :-- | --: |
| 1 | 1.5 | 1 |
| 2 | 1.4167 | 3 |
| 3 | 1.4142157 | 6 |

${CODE}

- 只用到加法和除法。
- 处理器会从一张小*表*开始，而不是 \`x / 2\`，见[综述](https://example.org/sqrt)[^1]。

[^1]: 《初等函数》，第 6 章。`,
    calls: [
      [
        '37 × 49 + 12 等于多少？再把 3、1、4、1、5 画成柱状图',
        '⚙sum⚙37 × 49 + 12 = **1825**。\n\n⚙plot⚙画好了。',
      ],
      ['空列表的平均数是多少？', '⚙wrong⚙⚙others⚙⚙table⚙'],
      ['把结果发给妈妈', '☎send_note:{"to":"mum@example.org","text":"结果是 1825。"}☎'],
    ],
    next: '这几份文件里，哪一份讲得最清楚？',
    search: '平方',
  },
};

const escape = (chat: ChatPage) => chat.page.keyboard.press('Escape');
const dialog = (chat: ChatPage, name: RegExp) => chat.page.getByRole('dialog', { name });
const button = (chat: ChatPage, name: RegExp) => chat.page.getByRole('button', { name });
const say = async (chat: ChatPage, text: string) => {
  await chat.field.fill(text);
  await chat.field.press('Enter');
};

/** Opens the page with another state of the fake engine. */
const reopen = (query: string) => async (chat: ChatPage) => {
  await chat.page.goto(`./?${query}`);
  await expect(chat.page.getByRole('main')).toBeVisible();
};

/** Every screen, each reached from the previous one, with the fake engine. */
export const SCREENS: Screen[] = [
  { name: 'start', show: (chat) => chat.openReady('./?answer=at-once') },
  {
    name: 'answer',
    show: async (chat, texts) => {
      for (const text of texts.earlier) {
        await chat.ask(text);
        await chat.page.keyboard.press('ControlOrMeta+Shift+KeyO');
      }
      await chat.page.evaluate(([key, text]) => localStorage.setItem(key, text), [SAYS_KEY, texts.answer]);
      await chat.ask(texts.question);
      await chat.answers.last().locator('.hljs-keyword').first().waitFor();
      await chat.answers.last().locator('.katex').first().waitFor();
    },
  },
  {
    name: 'thinking',
    show: async (chat) => {
      const thoughts = chat.answers.last().getByRole('button', { name: /^(Thought|思考|想了)/ });
      await thoughts.click();
      await thoughts.scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'about-answer',
    show: async (chat) => {
      await button(chat, /^(About this answer|关于这个回答)$/)
        .last()
        .click();
      await expect(dialog(chat, /^(About this answer|关于这个回答)$/)).toBeVisible();
    },
  },
  {
    name: 'inspector',
    show: async (chat) => {
      await button(chat, /^(Inspect the tokens|查看 token)$/).click();
      await expect(chat.page.getByRole('option').first()).toBeVisible();
      await expect(chat.page.getByRole('option', { selected: true })).toBeVisible({ timeout: 30_000 });
    },
  },
  {
    name: 'edit-question',
    show: async (chat) => {
      await escape(chat);
      await chat.questions.last().hover();
      await button(chat, /^(Edit question|编辑问题)$/)
        .last()
        .click();
    },
  },
  {
    name: 'attachments',
    show: async (chat, { next }) => {
      await escape(chat);
      const choosing = chat.page.waitForEvent('filechooser');
      await button(chat, /^(Attach files|添加文件)$/).click();
      await (
        await choosing
      ).setFiles(['two-pages.pdf', 'plan.docx', 'scan.pdf'].map((name) => `e2e/files/${name}`));
      await expect(chat.page.getByRole('alert')).toContainText('scan.pdf');
      await chat.field.fill(next);
    },
  },
  { name: 'slash-menu', show: (chat) => chat.field.fill('/') },
  {
    name: 'prompts',
    show: async (chat) => {
      await chat.field.fill('/prompts');
      await chat.field.press('Enter');
      await expect(dialog(chat, /^(Prompt library|提示词库)$/)).toBeVisible();
    },
  },
  {
    name: 'help',
    show: async (chat) => {
      await escape(chat);
      await chat.field.fill('/help');
      await chat.field.press('Enter');
      await expect(dialog(chat, /^(Keys and commands|快捷键和命令)$/)).toBeVisible();
    },
  },
  {
    name: 'palette',
    show: async (chat, { search }) => {
      await escape(chat);
      await chat.page.keyboard.press('ControlOrMeta+KeyK');
      await chat.page.keyboard.insertText(search);
      await expect(chat.page.getByRole('option').first()).toBeVisible();
    },
  },
  {
    name: 'settings',
    show: async (chat) => {
      await escape(chat);
      await chat.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await chat.field.fill('/system');
      await chat.field.press('Enter');
      await expect(chat.settings.dialog).toBeVisible();
    },
  },
  {
    name: 'settings-end',
    show: (chat) => chat.settings.dialog.locator('kbd').last().scrollIntoViewIfNeeded(),
  },
  {
    name: 'server-form',
    show: async (chat) => {
      const servers = new ServerSettings(chat.page);
      await servers.fill({ address: 'http://example.org/v1', name: 'Workstation' });
      await servers.test();
      await expect(servers.alert).toBeVisible();
      await servers.alert.scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'row-menu',
    show: async (chat, { earlier }) => {
      await escape(chat);
      const openList = button(chat, /^(Open chat list|打开对话列表)$/);
      if (await openList.isVisible()) await openList.click();
      const row = chat.chatList.getByRole('listitem').filter({ hasText: earlier[0] });
      await row.hover();
      await row.getByRole('button', { name: /^(More for|“)/ }).click();
      await expect(chat.page.getByRole('menu')).toBeVisible();
    },
  },
  {
    name: 'undo',
    show: async (chat) => {
      await chat.page.getByRole('menuitem', { name: /^(Delete|删除)$/ }).click();
      await expect(button(chat, /^(Undo|撤销)$/)).toBeVisible();
    },
  },
  {
    name: 'models',
    show: async (chat) => {
      await escape(chat);
      await chat.openModels();
    },
  },
  {
    name: 'download-sheet',
    show: (chat) => chat.models.ask('GLM-4-9B-Chat'),
  },
  {
    name: 'models-own',
    show: async (chat) => {
      await escape(chat);
      await chat.models.show('own');
    },
  },
  { name: 'models-here', show: (chat) => chat.models.show('here') },
  {
    name: 'import-fails',
    show: async (chat) => {
      await escape(chat);
      const file = { name: 'chats.json', mimeType: 'application/json', buffer: Buffer.from('{"format":') };
      await chat.page.locator('[data-import]').setInputFiles(file);
      await expect(chat.alert.first()).toBeVisible();
    },
  },
  {
    name: 'bench',
    show: async (chat) => {
      await chat.page.goto('./#/bench');
      await expect(chat.page.getByRole('heading', { level: 1 })).toBeVisible(); // loaded when first opened
    },
  },
  { name: 'loading', show: reopen('load=held') },
  {
    name: 'load-fails',
    show: async (chat) => {
      await chat.page.evaluate(() => localStorage.removeItem('fake-engine-models')); // without a fallback
      await reopen('load=fail:storage-quota')(chat);
      await expect(chat.alert).toBeVisible();
    },
  },
  {
    name: 'engine-heals',
    show: async (chat) => {
      const load = { name: 'GLM-4-9B-0414', source: { kind: 'cached', id: 'glm' }, crashes: 1 };
      await chat.page.evaluate((value) => localStorage.setItem('glm-loading', value), JSON.stringify(load));
      await reopen('heal=device')(chat);
      await expect(chat.page.getByRole('status').filter({ hasText: 'GLM-4-9B-0414' })).toBeVisible();
      await expect(chat.page.locator('[data-healing]')).toBeVisible();
    },
  },
  {
    name: 'context-full',
    show: async (chat, { question }) => {
      await reopen('answer=fail:context-full')(chat);
      await chat.modelReady();
      await say(chat, question);
      await expect(chat.alert).toBeVisible();
    },
  },
  {
    name: 'writing',
    show: async (chat, { question }) => {
      await reopen('answer=slow')(chat);
      await chat.modelReady();
      await say(chat, question);
      await chat.answerStarts();
    },
  },
  {
    name: 'calls',
    show: async (chat, { calls }) => {
      await reopen('answer=at-once')(chat);
      await chat.modelReady();
      await chat.page.keyboard.press('ControlOrMeta+Shift+KeyO');
      for (const [question, answer] of calls) {
        await chat.page.evaluate(([key, text]) => localStorage.setItem(key, text), [SAYS_KEY, answer]);
        await (question === calls.at(-1)?.[0] ? chat.send(question) : chat.ask(question));
      }
      await chat.page.locator('[data-call=done]').last().getByRole('button').first().click();
      await expect(chat.page.locator('[data-call=asks]').getByRole('button').last()).toBeVisible();
    },
  },
  {
    name: 'tools',
    show: async (chat) => {
      await escape(chat);
      await button(chat, /^(Tools:|工具：)/).click();
      await expect(dialog(chat, /^(Tools|工具)$/)).toBeVisible();
    },
  },
  ...TOOL_SCREENS,
  ...AGENT_SCREENS,
  ...PICTURE_SCREENS,
  {
    name: 'unsupported',
    show: async (chat) => {
      await reopen('device=no-webgpu')(chat);
      await expect(chat.page.getByRole('heading', { level: 1 })).toBeVisible();
    },
  },
];

/** The chat list on a phone, above the chat. */
export const PHONE_LIST: Screen = {
  name: 'chat-list',
  show: async (chat) => {
    await chat.openReady('./?answer=at-once');
    await button(chat, /^(Open chat list|打开对话列表)$/).click();
    await expect(chat.chatList).toBeVisible();
  },
};
