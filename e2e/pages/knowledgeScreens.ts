// Screens of agents with their knowledge, and of messages with pictures.
import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { SAYS_KEY } from '../fakeAnswers';
import type { ChatPage } from './chatPage';
import type { Screen } from './screen';

const DRAFTS = /^(Pictures of this message|本消息的图片)$/;
const NOTES =
  '# Opening hours\nThe library is closed on Mondays.\n\n# 借书\n每张借书证最多可借 12 本书，为期四周。';
const button = (chat: ChatPage, name: RegExp) => chat.page.getByRole('button', { name });

/** Each is reached from the previous one; the first, from any page. */
export const AGENT_SCREENS: Screen[] = [
  {
    name: 'agents',
    show: async (chat) => {
      await chat.page.goto('./?agents&answer=at-once#/agents');
      await expect(button(chat, /^(New agent|新建智能体)$/)).toBeVisible();
    },
  },
  {
    name: 'agent-knowledge',
    show: async (chat) => {
      await button(chat, /^(New agent|新建智能体)$/).click();
      const buffer = Buffer.from(NOTES);
      await chat.page
        .locator('[data-knowledge]')
        .setInputFiles([{ name: 'Library 图书馆.md', mimeType: 'text/markdown', buffer }]);
      await chat.page
        .locator('summary')
        .filter({ hasText: /^(1 passage|1 段)/ })
        .click();
      const meaning = chat.page.getByRole('region', { name: /^(Search by meaning|按含义检索)$/ });
      await meaning.scrollIntoViewIfNeeded();
    },
  },
];

const samples = (chat: ChatPage) =>
  chat.page.getByRole('region', { name: /^(Or ask about a sample picture|或者就一张示例图片提问)$/ });

/** Sample pictures, a picture in a message that is being written, and one in the question above it. */
export const PICTURE_SCREENS: Screen[] = [
  {
    name: 'samples',
    show: async (chat) => {
      await chat.page.evaluate(([key, text]) => localStorage.setItem(key, text), [SAYS_KEY, '**460**']);
      await chat.openReady('./?eyes&answer=at-once');
      await chat.page.keyboard.press('ControlOrMeta+Shift+KeyO');
      await samples(chat)
        .locator('img')
        .last()
        .evaluate((image: HTMLImageElement) => image.decode());
    },
  },
  {
    name: 'pictures',
    show: async (chat) => {
      const chart = samples(chat).getByRole('button', { name: /^(Bar chart|柱状图)/ });
      await chart.click();
      await chat.page.getByRole('list', { name: DRAFTS }).getByRole('listitem').waitFor();
      await chat.field.press('Enter');
      await chat.answerEnds();
      const bytes = readFileSync('src/ui/pages/chat/pictures/samples/scene.webp');
      await chat.drop([{ name: 'lake.webp', bytes }]);
      await button(chat, /^(Chart to table|图表转表格)$/).click();
    },
  },
  {
    name: 'picture-part',
    show: async (chat) => {
      await chat.page
        .getByRole('list', { name: DRAFTS })
        .getByRole('button', { name: /^(Enlarge|放大)/ })
        .click();
      await button(chat, /^(Ask about a part|就局部提问)$/).click();
      await expect(button(chat, /^(Part:|选区：)/)).toBeFocused();
    },
  },
];
