// Takes pictures of every screen: desktop and phone, light and dark, English and Chinese, and one contact sheet per
// device, theme and language.
import { mkdirSync, readFileSync } from 'node:fs';
import { chromium, type Browser } from 'playwright';
import { ChatPage } from '../e2e/pages/chatPage';
import type { Screen } from '../e2e/pages/screen';
import { PHONE_LIST, SCREENS, TEXTS } from '../e2e/pages/screens';
import { CHROMIUM_ARGS, findChromium } from './browsers/browser.mjs';
import { commandLine } from './commandLine';

const DEVICES = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};
const LOCALES = { en: 'en-US', zh: 'zh-CN' } as const;
const THEMES = ['light', 'dark'] as const;

const { values, positionals } = commandLine(
  `npm run screens -- http://localhost:4174 [--out FOLDER] [--only name,name] [--device desktop|phone] [--language en|zh]
The address serves a build of mode test-fake.`,
  {
    out: { type: 'string', default: 'node_modules/.cache/screens' },
    only: { type: 'string' },
    device: { type: 'string' },
    language: { type: 'string' },
  },
);
const address = positionals[0] ?? 'http://localhost:4174';
mkdirSync(values.out, { recursive: true });

/** Pictures of one walk through the app, by theme. */
async function walk(browser: Browser, device: keyof typeof DEVICES, language: keyof typeof LOCALES) {
  const context = await browser.newContext({
    ...DEVICES[device],
    locale: LOCALES[language],
    baseURL: `${address}/`,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const chat = new ChatPage(page);
  const screens: Screen[] = device === 'phone' ? [...SCREENS, PHONE_LIST] : SCREENS;
  const pictures: Record<(typeof THEMES)[number], [string, string][]> = { light: [], dark: [] };
  for (const { name, show } of screens) {
    try {
      await show(chat, TEXTS[language]);
    } catch (error) {
      console.error(`${device} ${language}: no picture of ${name}: ${String(error).split('\n')[0]}`);
      continue;
    }
    if (values.only && !values.only.split(',').includes(name)) continue;
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
      await page.waitForTimeout(250);
      const path = `${values.out}/${name}-${device}-${colorScheme}-${language}.png`;
      await page.screenshot({ path });
      pictures[colorScheme].push([name, path]);
    }
  }
  await context.close();
  return pictures;
}

/** Puts all pictures of a walk on one sheet. */
async function sheet(browser: Browser, path: string, pictures: [string, string][], width: number) {
  const page = await browser.newPage({ viewport: { width: 1800, height: 1000 } });
  const figures = pictures.map(([name, file]) => {
    const data = readFileSync(file).toString('base64');
    return `<figure><img width="${width}" src="data:image/png;base64,${data}"><figcaption>${name}</figcaption></figure>`;
  });
  await page.setContent(
    `<style>body{display:flex;flex-wrap:wrap;gap:16px;margin:16px;font:14px sans-serif;background:#888}figure{margin:0}</style>${figures.join('')}`,
  );
  await page.screenshot({ path, fullPage: true });
  await page.close();
}

const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
for (const device of ['desktop', 'phone'] as const) {
  if (values.device && values.device !== device) continue;
  for (const language of ['en', 'zh'] as const) {
    if (values.language && values.language !== language) continue;
    const pictures = await walk(browser, device, language);
    for (const theme of THEMES) {
      const path = `${values.out}/sheet-${device}-${theme}-${language}.png`;
      await sheet(browser, path, pictures[theme], device === 'desktop' ? 570 : 272);
      console.log(`${path}: ${pictures[theme].length} screens`);
    }
  }
}
await browser.close();
