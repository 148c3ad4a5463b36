import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { focusWalk } from './pages/focusWalk';
import { PHONE_LIST, SCREENS, TEXTS } from './pages/screens';
import { expect, test } from './pages/test';
import { MCP_HOST } from './pages/toolScreens';

type Theme = 'light' | 'dark';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Screens on which the test does not press Tab: Tab closes a menu, and the next screen needs it open. */
const NOT_WALKED = ['row-menu'];

/** axe's findings on the current page, one short line each. The themes differ only in colours. */
async function findings(page: Page, screen: string, themes: readonly Theme[]): Promise<string[]> {
  const found: string[] = [];
  for (const [index, colorScheme] of themes.entries()) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    // Any transition, however short, starts with the old colour.
    await page.evaluate(() => {
      for (const animation of document.getAnimations())
        if (animation instanceof CSSTransition) animation.finish();
    });
    // Without frames to collect from, the page's own run is the result; otherwise each analysis opens a second page.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    const { violations } = await (
      index === 0 ? axe.withTags(TAGS) : axe.withRules(['color-contrast'])
    ).analyze();
    for (const { id, nodes } of violations) {
      for (const { html, any, all } of nodes) {
        const why = [...any, ...all].map(({ message }) => message).join(' ');
        found.push(`${screen}, ${colorScheme}: ${id} ${html.slice(0, 160)} ${why}`);
      }
    }
  }
  return found;
}

for (const [language, locale, themes] of [
  ['en', 'en-US', ['light', 'dark']],
  ['zh', 'zh-CN', ['dark', 'light']],
] as const) {
  test.describe(`axe finds nothing on any screen, and focus is always visible, in ${locale}`, () => {
    test.use({ locale });

    test('in both themes', async ({ chat, allowOrigin }) => {
      allowOrigin(MCP_HOST);
      test.setTimeout(600_000);
      const found: string[] = [];
      for (const { name, show } of SCREENS) {
        await test.step(name, async () => {
          await show(chat, TEXTS[language]);
          found.push(...(await findings(chat.page, name, themes)));
          if (language !== 'en' || NOT_WALKED.includes(name)) return;
          const { stops, faults } = await focusWalk(chat.page);
          expect(stops).toBeGreaterThan(1);
          found.push(...faults.map((fault) => `${name}, by keyboard: ${fault}`));
        });
      }
      await chat.page.setViewportSize({ width: 360, height: 740 });
      await PHONE_LIST.show(chat, TEXTS[language]);
      found.push(...(await findings(chat.page, PHONE_LIST.name, themes)));
      expect(found).toEqual([]);
    });
  });
}
