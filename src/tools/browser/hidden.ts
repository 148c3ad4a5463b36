// Takes out of a page what its readers do not see: that is where a page speaks to models alone. The document is inert, so
// no style is computed: attributes, inline styles and simple rules of the page's own style sheets are looked at.

const NEVER_SEEN =
  'script, style, noscript, template, iframe, object, embed, canvas, svg, head, dialog:not([open]), datalist, ' +
  'input, textarea, select, button, [hidden], [aria-hidden="true" i]';

/** Declarations that hide an element; blanks are removed before. */
const HIDING = [
  /display:none/,
  /visibility:(?:hidden|collapse)/,
  /opacity:0*\.?0*(?:%|;|!|$)/,
  /font-size:0*\.?0*(?:px|pt|em|rem|%)?(?:;|!|$)/,
  /(?:^|;)(?:max-)?(?:width|height):[01](?:px)?(?:;|!|$)/,
  /text-indent:-\d{3,}/,
  /(?:^|;)(?:left|right|top|bottom|margin-left|margin-top):-\d{3,}/,
  /clip:rect\(0|clip-path:(?:inset\((?:50|100)%|circle\(0)/,
  /transform:scale(?:[xy])?\(0\)/,
  /content-visibility:hidden/,
];
const COLOUR = /(?:^|;)color:([^;!]+)/;
const BACKGROUND = /(?:^|;)background(?:-color)?:([^;!]+)/;
const WHITE = ['white', '#fff', '#ffffff', 'rgb(255,255,255)', 'transparent', 'rgba(0,0,0,0)'];
/** Rules read of one style sheet: more would be slow, and pages that hide text do so briefly. */
const MAX_RULES = 2000;

/** Whether a style hides what it applies to: also text in the colour of its ground. */
export function hides(style: string): boolean {
  const plain = style
    .toLowerCase()
    .replace(/\s+/g, '')
    .replace(/\/\*.*?\*\//g, '');
  if (HIDING.some((pattern) => pattern.test(plain))) return true;
  const colour = COLOUR.exec(plain)?.[1];
  if (!colour) return false;
  const ground = BACKGROUND.exec(plain)?.[1];
  return ground ? ground === colour : WHITE.includes(colour);
}

/**
 * The markup with its styles under other names. The app's policy forbids inline styles also in a document that is never
 * shown, and the browser would report each. What this misses is still looked at under its own name.
 */
export const withoutStyles = (html: string): string =>
  html.replace(/<[a-z][^<>]*>/gi, (tag) =>
    tag.replace(/(\s)style(?=\s*=)/gi, '$1data-style').replace(/^<style\b/i, '<style type="text/plain"'),
  );

/** Selectors of the page's own style sheets that hide something. */
function hidingSelectors(page: Document): string[] {
  const sheets = [...page.querySelectorAll('style')].map(({ textContent }) => textContent);
  return sheets.flatMap((text) =>
    [...text.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/([^{}@;]{1,300})\{([^{}]{1,2000})\}/g)]
      .slice(0, MAX_RULES)
      .flatMap(([, selector, style]) => (hides(style) ? [selector.trim()] : [])),
  );
}

/** Removes comments and everything that readers do not see. */
export function removeHidden(page: Document): void {
  const { body } = page;
  const away = new Set<Element>();
  for (const selector of [...hidingSelectors(page), NEVER_SEEN]) {
    try {
      for (const element of body.querySelectorAll(selector)) away.add(element);
    } catch {
      // a selector that this browser does not know
    }
  }
  for (const element of body.querySelectorAll('[style], [data-style]'))
    if (hides(`${element.getAttribute('style') ?? ''};${element.getAttribute('data-style') ?? ''}`))
      away.add(element);
  for (const element of away) element.remove();
  const comments = page.createTreeWalker(page, NodeFilter.SHOW_COMMENT);
  const found: Node[] = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  for (const comment of found) comment.parentNode?.removeChild(comment);
}
