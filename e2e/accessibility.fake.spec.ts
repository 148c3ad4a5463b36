import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { focusWalk } from './pages/focusWalk';
import { PHONE_LIST, SCREENS, TEXTS } from './pages/screens';
import { expect, test } from './pages/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Where Tab must not go, for the next screen to follow from this one: it leaves a menu. */
const NOT_WALKED = ['row-menu'];

/** What axe finds on the page as it is, as short lines. */
async function findings(page: Page, screen: string): Promise<string[]> {
  // A transition, however short, begins with the old colour.
  await page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation instanceof CSSTransition) animation.finish();
  });
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any, all }) => {
      const why = [...any, ...all].map(({ message }) => message).join(' ');
      return `${screen}: ${id} ${html.slice(0, 160)} ${why}`;
    }),
  );
}

// Between the languages only words differ, between the themes only colours: each is seen on every screen.
for (const [language, locale, colorScheme] of [
  ['en', 'en-US', 'light'],
  ['zh', 'zh-CN', 'dark'],
] as const) {
  test.describe(`axe finds nothing on any screen, and Tab shows where it is, in ${locale}`, () => {
    test.use({ locale, colorScheme });

    test(`${colorScheme}`, async ({ chat }) => {
      test.setTimeout(600_000);
      await chat.page.emulateMedia({ reducedMotion: 'reduce' });
      const found: string[] = [];
      for (const { name, show } of SCREENS) {
        await test.step(name, async () => {
          await show(chat, TEXTS[language]);
          found.push(...(await findings(chat.page, name)));
          if (language !== 'en' || NOT_WALKED.includes(name)) return;
          const { stops, faults } = await focusWalk(chat.page);
          expect(stops).toBeGreaterThan(1);
          found.push(...faults.map((fault) => `${name}, by keyboard: ${fault}`));
        });
      }
      await chat.page.setViewportSize({ width: 360, height: 740 });
      await PHONE_LIST.show(chat, TEXTS[language]);
      found.push(...(await findings(chat.page, PHONE_LIST.name)));
      expect(found).toEqual([]);
    });
  });
}
