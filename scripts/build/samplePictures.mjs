// Draws the sample pictures of the start page: node scripts/build/samplePictures.mjs. They are the project's own, under its licence.
/* global document, Image */ // of the page that draws
import { writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import { findChromium } from '../browsers/browser.mjs';

const FOLDER = 'src/ui/pages/chat/pictures/samples';
/** A whole number of the 28 × 28 pixels that make a token. */
const [WIDTH, HEIGHT] = [616, 448];
const FONT = "'Noto Sans CJK SC', 'Noto Sans SC', 'WenQuanYi Zen Hei', 'DejaVu Sans', sans-serif";

const text = (x, y, content, { size = 18, anchor = 'start', weight = 400, fill = '#1f2421' } = {}) =>
  `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" font-weight="${weight}" fill="${fill}">${content}</text>`;

/** Bars of a museum's visitors, January to June. */
function chart({ title, unit, months }) {
  const [left, bottom, top] = [70, 385, 90];
  const scale = (bottom - top) / 500;
  const lines = [0, 100, 200, 300, 400, 500].map((value) => {
    const y = bottom - value * scale;
    return `<path d="M${left} ${y}H590" stroke="#dedfda"/>${text(left - 10, y + 6, value, { size: 15, anchor: 'end', fill: '#555' })}`;
  });
  const bars = [180, 240, 310, 460, 390, 270].map((value, index) => {
    const x = left + 18 + index * 86;
    return `<rect x="${x}" y="${bottom - value * scale}" width="54" height="${value * scale}" fill="#1f77b4"/>
      ${text(x + 27, bottom - value * scale - 8, value, { size: 16, anchor: 'middle' })}
      ${text(x + 27, bottom + 26, months[index], { size: 16, anchor: 'middle' })}`;
  });
  return `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>${text(WIDTH / 2, 40, title, { size: 22, anchor: 'middle', weight: 600 })}
    ${text(left - 50, 70, unit, { size: 15, fill: '#555' })}${lines.join('')}${bars.join('')}`;
}

/** A café's receipt on a table. */
function receipt({ shop, address, items, total }) {
  const rows = items.map(([name, price], index) => {
    const y = 176 + index * 34;
    return text(170, y, name, { size: 19 }) + text(446, y, price, { size: 19, anchor: 'end' });
  });
  const rule = (y) => `<path d="M170 ${y}H446" stroke="#777" stroke-dasharray="4 4"/>`;
  return `<rect width="${WIDTH}" height="${HEIGHT}" fill="#b08d68"/>
    <rect x="146" y="20" width="330" height="410" fill="#00000033"/><rect x="140" y="14" width="336" height="410" fill="#fdfcf8"/>
    ${text(308, 66, shop, { size: 26, anchor: 'middle', weight: 600 })}${text(308, 98, address, { size: 15, anchor: 'middle', fill: '#444' })}
    ${rule(130)}${rows.join('')}${rule(338)}
    ${text(170, 380, total[0], { size: 22, weight: 600 })}${text(446, 380, total[1], { size: 22, weight: 600, anchor: 'end' })}`;
}

/** A red house at a lake: one boat, two trees, three birds. */
const tree = (x, y) => `<rect x="${x - 7}" y="${y - 34}" width="14" height="34" fill="#6b4a32"/>
  <circle cx="${x}" cy="${y - 64}" r="40" fill="#3f7d4a"/><circle cx="${x - 13}" cy="${y - 76}" r="20" fill="#569a5d"/>`;
const bird = (x, y) =>
  `<path d="M${x - 18} ${y - 8}Q${x - 8} ${y - 14} ${x} ${y}Q${x + 8} ${y - 14} ${x + 18} ${y - 8}" fill="none" stroke="#2b2f33" stroke-width="4" stroke-linecap="round"/>`;
const scene = () => `<defs>
    <linearGradient id="sky" x2="0" y2="1"><stop stop-color="#8fc4ea"/><stop offset="1" stop-color="#fbe3c0"/></linearGradient>
    <linearGradient id="lake" x2="0" y2="1"><stop stop-color="#7fb2c9"/><stop offset="1" stop-color="#2f6f92"/></linearGradient>
  </defs>
  <rect width="${WIDTH}" height="270" fill="url(#sky)"/><circle cx="500" cy="90" r="38" fill="#ffd76b"/>
  <path d="M0 250L110 130L210 225L330 100L480 240L560 190L616 235V290H0Z" fill="#8a93b4"/>
  <path d="M0 262Q150 228 330 262T616 254V330H0Z" fill="#8fb573"/>
  <rect y="312" width="${WIDTH}" height="136" fill="url(#lake)"/><path d="M0 308H616V316H0Z" fill="#b9a878"/>
  ${tree(80, 292)}${tree(318, 286)}
  <rect x="146" y="212" width="118" height="82" fill="#c33d2f"/><path d="M134 214L205 158L276 214Z" fill="#5b3a30"/>
  <rect x="192" y="246" width="28" height="48" fill="#f3e6cf"/><rect x="158" y="228" width="24" height="22" fill="#ffeeb0"/><rect x="230" y="228" width="24" height="22" fill="#ffeeb0"/>
  <path d="M396 366H522L500 394H418Z" fill="#7a4a2b"/><path d="M452 366V282L512 356Z" fill="#fdfaf0"/><path d="M446 366V296L408 358Z" fill="#efe7d2"/>
  ${bird(330, 62)}${bird(378, 88)}${bird(288, 98)}
  <path d="M40 360h60M180 404h80M300 350h44M540 418h50M60 430h40" stroke="#cfe4ec" stroke-width="3" stroke-linecap="round"/>`;

const PICTURES = {
  'chart-en': chart({
    ...{ title: 'Visitors to the museum, 2026', unit: 'People a day' },
    months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'],
  }),
  'chart-zh': chart({
    ...{ title: '2026 年博物馆参观人数', unit: '人／天' },
    months: ['一月', '二月', '三月', '四月', '五月', '六月'],
  }),
  'receipt-en': receipt({
    ...{ shop: 'Café Linden', address: '12 Mill Lane · 14 May 2026, 10:42' },
    items: [
      ['2 × Coffee', '7.00'],
      ['1 × Green tea', '2.80'],
      ['3 × Croissant', '8.70'],
      ['1 × Apple cake', '4.50'],
    ],
    total: ['Total', '23.00 €'],
  }),
  'receipt-zh': receipt({
    ...{ shop: '椿树咖啡馆', address: '磨坊路 12 号 · 2026-05-14 10:42' },
    items: [
      ['咖啡 × 2', '56.00'],
      ['绿茶 × 1', '22.00'],
      ['羊角面包 × 3', '45.00'],
      ['苹果蛋糕 × 1', '32.00'],
    ],
    total: ['合计', '¥155.00'],
  }),
  scene: scene(),
};

const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const [name, shapes] of Object.entries(PICTURES)) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="${FONT}">${shapes}</svg>`;
  const base64 = await page.evaluate(
    async ([source, width, height]) => {
      const image = new Image();
      image.src = `data:image/svg+xml,${encodeURIComponent(source)}`;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      canvas.getContext('2d').drawImage(image, 0, 0);
      return canvas.toDataURL('image/webp', 0.86).split(',')[1];
    },
    [svg, WIDTH, HEIGHT],
  );
  const bytes = Buffer.from(base64, 'base64');
  writeFileSync(`${FOLDER}/${name}.webp`, bytes);
  console.log(`${name}: ${bytes.length} bytes`);
}
await browser.close();
