// Drawings as SVG. What a model wrote is never used as it is: its known elements and attributes are read, checked value by
// value, and written anew. No script, style sheet, foreign object, reference or address survives, because none is known.

/** A drawing that is safe to show and to keep. */
export interface Drawing {
  svg: string;
  /** Pixels, in the proportions of the drawing. */
  width: number;
  height: number;
}

const MOST_CHARACTERS = 200_000;
const MOST_ELEMENTS = 5000;
const MOST_DEPTH = 32;
/** The longer side, where the picture is shown or drawn in pixels. */
const LONGER_SIDE = 1024;

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?:px|%)?$/i;
const NUMBERS = /^[-+\d.,eE\s%]*$/;
const PATH = /^[-+\d.,eE\sMmLlHhVvCcSsQqTtAaZz]*$/;
const PAINT = /^(?:#[0-9a-f]{3,8}|[a-z]{3,24}|(?:rgb|hsl)a?\([\d\s.,%/deg-]*\)|url\(#[\w-]+\))$/i;
const TRANSFORM = /^(?:(?:translate|scale|rotate|skewX|skewY|matrix)\([-+\d.,eE\s]*\)[\s,]*)*$/;
const WORD = /^[\w-]+$/;
const FAMILY = /^[\p{L}\p{N}\s,'-]+$/u;

/** Attributes and what their values may be. */
const ATTRIBUTES: Record<string, RegExp> = Object.fromEntries(
  (
    [
      ['x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy width height offset', NUMBER],
      ['opacity fill-opacity stroke-opacity stop-opacity stroke-width font-size stroke-miterlimit', NUMBER],
      ['stroke-dashoffset letter-spacing', NUMBER],
      ['points stroke-dasharray viewBox', NUMBERS],
      ['d', PATH],
      ['fill stroke stop-color color', PAINT],
      ['transform gradientTransform', TRANSFORM],
      ['id fill-rule stroke-linecap stroke-linejoin text-anchor dominant-baseline font-weight', WORD],
      ['font-style gradientUnits spreadMethod', WORD],
      ['font-family', FAMILY],
    ] as const
  ).flatMap(([names, pattern]) => names.split(' ').map((name) => [name, pattern] as const)),
);

const ELEMENTS = new Set(
  'svg g circle ellipse rect line polyline polygon path text tspan title desc defs linearGradient radialGradient stop'.split(
    ' ',
  ),
);
/** Elements whose text is kept. */
const HOLD_TEXT = new Set(['text', 'tspan', 'title', 'desc']);

const TAG = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"<]*"|'[^'<]*'))?)*)\s*(\/?)>/y;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const decoded = (text: string): string =>
  text.replace(/&(#x?[\da-f]+|\w+);/gi, (_, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? '';
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 31 && code < 0x110000 ? String.fromCodePoint(code) : '';
  });
/** XML has no control characters but tab and line feed, and no halves of surrogate pairs. */
function isWritable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < 32) return code === 9 || code === 10;
  return code < 0xd800 || (code > 0xdfff && code !== 0xfffe && code !== 0xffff);
}
const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string =>
  [...text]
    .filter(isWritable)
    .join('')
    .replace(/[&<>"]/g, (one) => ESCAPES[one]);

/** Whether a call holds a drawing and not a description of one. */
export const isSvg = (text: string): boolean => /^\s*(?:```\w*\s*)?<svg[\s>]/i.test(text);

/** The checked attributes of a tag, those of its `style` among them. */
function attributesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const take = (name: string, value: string) => {
    const clean = decoded(value).trim();
    if (Object.hasOwn(ATTRIBUTES, name) && ATTRIBUTES[name].test(clean)) found.set(name, clean);
  };
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    const value = double ?? single ?? '';
    if (name !== 'style') take(name, value);
    else
      for (const rule of decoded(value).split(';')) {
        const at = rule.indexOf(':');
        if (at > 0) take(rule.slice(0, at).trim(), rule.slice(at + 1));
      }
  }
  return found;
}

const written = (attributes: Map<string, string>): string =>
  [...attributes].map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');

/** viewBox and size in pixels of the outermost element. */
function frameOf(attributes: Map<string, string>): { box: string; width: number; height: number } {
  const numbers = (attributes.get('viewBox') ?? '').split(/[\s,]+/).map(Number);
  const isBox = numbers.length === 4 && numbers.every(Number.isFinite) && numbers[2] > 0 && numbers[3] > 0;
  const size = (name: string) => {
    const value = parseFloat(attributes.get(name) ?? '');
    return value > 0 && value < 1e5 && !attributes.get(name)?.endsWith('%') ? value : 100;
  };
  const [x, y, w, h] = isBox ? numbers : [0, 0, size('width'), size('height')];
  const scale = LONGER_SIDE / Math.max(w, h);
  const pixels = (side: number) => Math.max(1, Math.round(side * scale));
  return { box: [x, y, w, h].join(' '), width: pixels(w), height: pixels(h) };
}

/**
 * Reads a drawing out of a model's text. What was cut off at its end is left out; what is not known is too.
 * @returns undefined where there is none, or nothing to see in it
 */
export function readDrawing(text: string): Drawing | undefined {
  const from = text.search(/<svg[\s>]/i);
  if (from < 0) return undefined;
  const source = text.slice(from, from + MOST_CHARACTERS);
  const open: { name: string; known: boolean }[] = [];
  let out = '';
  let frame: ReturnType<typeof frameOf> | undefined;
  let elements = 0;
  let at = 0;
  while (at < source.length && elements < MOST_ELEMENTS) {
    const next = source.indexOf('<', at);
    const between = source.slice(at, next < 0 ? source.length : next);
    const inside = open.at(-1);
    if (inside?.known && HOLD_TEXT.has(inside.name) && open.every(({ known }) => known))
      out += escaped(decoded(between));
    if (next < 0) break;
    const skipped = /^<(?:!--[\s\S]*?-->|!\[CDATA\[[\s\S]*?\]\]>|[!?][^>]*>)/.exec(
      source.slice(next, next + 20_000),
    );
    if (skipped) {
      at = next + skipped[0].length;
      continue;
    }
    TAG.lastIndex = next;
    const tag = TAG.exec(source);
    if (!tag) {
      at = next + 1;
      continue;
    }
    at = TAG.lastIndex;
    const [, closing, name, attributes, empty] = tag;
    const known = ELEMENTS.has(name) && open.every((one) => one.known) && (name !== 'svg' || !frame);
    if (closing) {
      const index = open.findLastIndex((one) => one.name === name);
      if (index < 0) continue;
      for (const one of open.splice(index).reverse()) if (one.known) out += `</${one.name}>`;
      if (open.length === 0) break;
      continue;
    }
    elements++;
    if (known) {
      const checked = attributesOf(attributes);
      if (name === 'svg') {
        frame = frameOf(checked);
        for (const one of ['viewBox', 'width', 'height', 'x', 'y']) checked.delete(one);
        const size = `viewBox="${frame.box}" width="${frame.width}" height="${frame.height}"`;
        out += `<svg xmlns="http://www.w3.org/2000/svg" ${size}${written(checked)}>`;
      } else out += `<${name}${written(checked)}${empty ? '/' : ''}>`;
    }
    if (!empty && open.length < MOST_DEPTH) open.push({ name, known });
    else if (!empty && known) out += `</${name}>`;
  }
  for (const one of open.reverse()) if (one.known) out += `</${one.name}>`;
  const isVisible = /<(?:circle|ellipse|rect|line|polyline|polygon|path|text)[\s/>]/.test(out);
  return frame && isVisible ? { svg: out, width: frame.width, height: frame.height } : undefined;
}

/** The drawing's own words for what it shows. */
export const titleOf = ({ svg }: Drawing): string | undefined => {
  const [, title] = /<title>([^<]{1,300})<\/title>/.exec(svg) ?? [];
  return title && decoded(title).trim();
};
