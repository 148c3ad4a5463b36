import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { focusWalk } from './pages/focusWalk';
import { PHONE_LIST, SCREENS, TEXTS } from './pages/screens';
import { expect, test } from './pages/test';
import { MCP_HOST } from './pages/toolScreens';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Screens on which the test does not press Tab: Tab closes a menu, and the next screen needs it open. */
const NOT_WALKED = ['row-menu'];

/** axe's findings on the current page, one short line each. */
async function findings(page: Page, screen: string): Promise<string[]> {
  // Any transition, however short, starts with the old colour.
  await page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation instanceof CSSTransition) animation.finish();
  });
  // Without frames to collect from, the page's own run is the result; otherwise each analysis opens a second page.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] }); // no lists of what is right
  const { violations } = await axe.withTags(TAGS).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any, all }) => {
      const why = [...any, ...all].map(({ message }) => message).join(' ');
      return `${screen}: ${id} ${html.slice(0, 160)} ${why}`;
    }),
  );
}

// Each language in one theme: the languages have the same colours, and the themes the same words.
for (const [language, locale, theme] of [
  ['en', 'en-US', 'light'],
  ['zh', 'zh-CN', 'dark'],
] as const) {
  test.describe(`axe finds nothing on any screen, and focus is always visible, in ${locale}`, () => {
    test.use({ locale, colorScheme: theme });

    test(`in the ${theme} theme`, async ({ chat, allowOrigin }) => {
      allowOrigin(MCP_HOST);
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
      await expect(chat.page.locator('html')).toHaveAttribute('data-theme', theme);
      await chat.page.setViewportSize({ width: 360, height: 740 });
      await PHONE_LIST.show(chat, TEXTS[language]);
      found.push(...(await findings(chat.page, PHONE_LIST.name)));
      expect(found).toEqual([]);
    });
  });
}
