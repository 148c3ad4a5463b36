// Decides which addresses in an answer become links and images. The page fetches none of them by itself.
const LEAVING = /^(?:https?:\/\/|mailto:)/i;
const IMAGE_DATA = /^data:image\/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]/i;

/** An address that leaves the page, or '' for all others: scripts, files, the page's own addresses. */
export function linkAddress(address: string): string {
  const clean = address.trim();
  return LEAVING.test(clean) ? clean : '';
}

/** An image that is in the conversation itself, or ''. An SVG in an <img> runs no script and loads nothing. */
export function imageAddress(address: string): string {
  const clean = address.trim();
  return IMAGE_DATA.test(clean) || clean.startsWith(`blob:${globalThis.location?.origin}/`) ? clean : '';
}

/** Host of an address when the link's text names another one: readers believe the text. */
export function hiddenHost(address: string, text: string): string {
  const named = /^(?:https?:\/\/)?((?:[\w-]+\.)+[a-z]{2,})(?:[/:?#]|$)/i.exec(text.trim())?.[1];
  if (!named || !URL.canParse(address)) return '';
  const { hostname } = new URL(address);
  return hostname.replace(/^www\./, '') === named.toLowerCase().replace(/^www\./, '') ? '' : hostname;
}
