// Finding and replacing elements in the text of an XML part. The parts are changed before the reader sees them, so they
// stay text: a tree of a long document takes a hundred times its size.

/** The prefix that a document gives to a namespace; several URIs name the same one (ECMA-376 transitional and strict). */
export function prefixOf(xml: string, uris: readonly string[], otherwise: string): string {
  for (const [, prefix, uri] of xml.slice(0, 20_000).matchAll(/xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']/g)) {
    if (uris.includes(uri)) return prefix;
  }
  return otherwise;
}

/** Replaces every outermost element `name` by `change(its text with both tags)`. An unclosed one is left as it is. */
export function replaceElements(xml: string, name: string, change: (element: string) => string): string {
  const tag = new RegExp(`<(/?)${name.replace(/[.]/g, '\\.')}(?=[\\s/>])[^>]*?(/?)>`, 'g');
  let out = '';
  let done = 0;
  let depth = 0;
  let start = 0;
  for (const match of xml.matchAll(tag)) {
    const [text, closes, isEmpty] = match;
    const isOuter = depth === 0;
    if (closes && isOuter) continue; // closed without being opened
    if (!closes && isOuter) start = match.index;
    if (!isEmpty) depth += closes ? -1 : 1;
    if (depth > 0) continue;
    const end = match.index + text.length;
    out += xml.slice(done, start) + change(xml.slice(start, end));
    done = end;
  }
  return out + xml.slice(done);
}

/** The outermost elements `name`, as text. */
export function elementsOf(xml: string, name: string): string[] {
  const found: string[] = [];
  replaceElements(xml, name, (element) => {
    found.push(element);
    return '';
  });
  return found;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export const unescapeXml = (text: string): string =>
  text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) => {
    if (name) return Object.hasOwn(ENTITIES, name as string) ? ENTITIES[name as string] : (all as string);
    const code = hex ? parseInt(hex as string, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });

export const escapeXml = (text: string): string =>
  text.replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;' })[char] ?? '&gt;');
