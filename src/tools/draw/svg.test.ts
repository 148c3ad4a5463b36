// Drawings: what is kept of a model's SVG, and that nothing in it can act or reach anything.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isSvg, readDrawing, titleOf } from './svg';

const svgOf = (inner: string) => readDrawing(`<svg viewBox="0 0 100 50">${inner}</svg>`)?.svg;

test('shapes, paths, text and gradients are kept, in the proportions of the drawing', () => {
  const drawing = readDrawing(
    'Here:\n```svg\n<svg viewBox="0 0 100 50" onload="x()"><title>猫 &amp; dog</title><g transform="rotate(5)">' +
      '<circle cx="5" cy="5" r="4" style="fill: #ff0; stroke: red"/><path d="M1 2 Q3 4 5 6 Z"/></g><text x="1" y="9">a &lt; b</text></svg>\n```',
  );
  expect(drawing).toEqual({
    svg:
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="1024" height="512"><title>猫 &amp; dog</title>' +
      '<g transform="rotate(5)"><circle cx="5" cy="5" r="4" fill="#ff0" stroke="red"/><path d="M1 2 Q3 4 5 6 Z"/></g>' +
      '<text x="1" y="9">a &lt; b</text></svg>',
    ...{ width: 1024, height: 512 },
  });
  expect(titleOf(drawing!)).toBe('猫 & dog');
});

test('what was cut off is closed; what is none is none', () => {
  expect(
    readDrawing('<svg viewBox="0 0 10 10"><g><rect x="1" y="1" width="3" height="3"/><circle cx="4')?.svg,
  ).toMatch(/<rect [^>]*\/><\/g><\/svg>$/);
  for (const text of ['a cat', '<svg></svg>', '<svg viewBox="0 0 1 1"><script>1</script></svg>'])
    expect(readDrawing(text)).toBeUndefined();
  expect([isSvg('<svg viewBox'), isSvg('```svg\n<svg>'), isSvg('a cat <svg>')]).toEqual([true, true, false]);
});

const ATTACKS = [
  '<script>fetch("https://evil.example")</script>',
  '<script href="https://evil.example/x.js"/>',
  '<circle r="1" onload="evil()" onclick="evil()"/>',
  '<image href="https://evil.example/x.png"/>',
  '<image xlink:href="https://evil.example/x.png" width="9" height="9"/>',
  '<use href="https://evil.example/x.svg#a"/>',
  '<foreignObject><iframe src="https://evil.example"></iframe></foreignObject>',
  '<style>@import url(https://evil.example/x.css); circle { fill: url(https://evil.example/#a) }</style>',
  '<rect width="9" height="9" fill="url(https://evil.example/#a)"/>',
  '<rect width="9" height="9" style="fill: url(https://evil.example/#a); background: url(//evil.example)"/>',
  '<rect width="9" height="9" fill="red" filter="url(https://evil.example/#a)" mask="url(//evil.example)"/>',
  '<a href="javascript:evil()"><text x="1" y="1">evil</text></a>',
  '<set attributeName="href" to="javascript:evil()"/><animate attributeName="href" values="javascript:evil()"/>',
  '<!-- --><script>evil()</script><!-- -->',
  '<![CDATA[<script>evil()</script>]]>',
  '<g><svg onload="evil()"><script>evil()</script></svg></g>',
  '<ScRiPt>evil()</ScRiPt><SCRIPT>evil()</SCRIPT>',
  '<text x="1" y="2"><script>evil()</script>&lt;script&gt;</text>',
  '<rect width="9" height="9" fill="&#x75;rl(https://evil.example)"/>',
  '<rect width="9" height="9" font-family="x;}</style><script>evil()</script>"/>',
];
test.each(ATTACKS)('nothing of %s is left', (attack) => {
  const svg = svgOf(`<circle cx="5" cy="5" r="4"/>${attack}`)!;
  expect(svg).not.toMatch(/evil|script(?!&gt;)|href|onload|foreignObject|style|import|javascript|url\(/i);
  expect(svg).not.toContain('<!');
});

test('a document type and entities are not read; a bomb is cut', () => {
  const bomb = '<!DOCTYPE svg [<!ENTITY a "ha">]><svg viewBox="0 0 9 9"><text x="1" y="1">&a;</text></svg>';
  expect(readDrawing(bomb)?.svg).toContain('<text x="1" y="1"></text>');
  const many = readDrawing(`<svg viewBox="0 0 9 9">${'<g>'.repeat(9000)}${'<rect/>'.repeat(9000)}</svg>`);
  expect(many?.svg.length ?? 0).toBeLessThan(200_000);
});

test('drawings as Nano is taught them are kept whole', () => {
  const python = readFileSync('training/skills/drawing.py', 'utf8');
  expect(python).toContain('<svg viewBox="0 0 100 100">');
  const taught =
    '<svg viewBox="0 0 100 100"><polygon points="25,45 30,15 50,30" fill="gray"/><circle cx="50" cy="55" r="30" fill="gray"/>' +
    '<path d="M42 65 Q50 72 58 65" stroke="black" fill="none"/><line x1="50" y1="5" x2="50" y2="20" stroke="black"/>' +
    '<ellipse cx="25" cy="45" rx="9" ry="20" fill="brown"/><rect x="10" y="50" width="80" height="22" fill="red"/></svg>';
  expect(readDrawing(taught)?.svg.replace(/ xmlns="[^"]*"| width="1024" height="1024"/g, '')).toBe(taught);
});
