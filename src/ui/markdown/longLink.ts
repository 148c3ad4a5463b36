// Links that could carry words away. A document may contain instructions to the model, such as to put its text into the
// address of a link; the model of this tab reaches no network, but a click does.

/** Longer ones are rare in links of answers; shorter ones carry little. */
const MAX_QUERY = 60;
const MAX_SEGMENT = 120;
const MAX_HOST = 80;

/** The text that opening this link would send beside a plain address; '' for an ordinary link. */
export function carriedText(href: string): string {
  if (!URL.canParse(href)) return '';
  const { hostname, pathname, search, hash } = new URL(href);
  const query = search + hash;
  const segment = pathname.split('/').find((part) => part.length > MAX_SEGMENT);
  const carried =
    query.length > MAX_QUERY ? query : (segment ?? (hostname.length > MAX_HOST ? hostname : ''));
  try {
    return decodeURIComponent(carried);
  } catch {
    return carried; // not all of it is percent-encoded text
  }
}
