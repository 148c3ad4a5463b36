// Draws the app's icons from public/icon.svg: node scripts/build/icons.mjs. `maskable` has the margin that launchers crop.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright';
import { findChromium } from '../browsers/browser.mjs';

const svg = readFileSync('public/icon.svg', 'utf8');
const ICONS = [
  { name: 'icon-192.png', size: 192, share: 1, background: 'transparent' },
  { name: 'icon-512.png', size: 512, share: 1, background: 'transparent' },
  { name: 'icon-maskable-512.png', size: 512, share: 0.62, background: '#fbfaf7' },
  { name: 'apple-touch-icon.png', size: 180, share: 0.72, background: '#fbfaf7' },
];

const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
for (const { name, size, share, background } of ICONS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const side = Math.round(size * share);
  await page.setContent(
    `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${background}">` +
      svg.replace('<svg ', `<svg width="${side}" height="${side}" `),
  );
  await page.screenshot({ path: `public/${name}`, omitBackground: background === 'transparent' });
  await page.close();
}
await browser.close();
