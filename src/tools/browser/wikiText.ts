// The text of a wiki's page from its parsed markup, without what is not read: boxes of links, marks of notes.
import { seenPage, textBelow } from './html';

const NOT_READ =
  '.navbox, .mw-editsection, .noprint, .metadata, .ambox, .toc, #toc, sup.reference, .mw-references-wrap, ol.references, .reflist, ' +
  '.mw-empty-elt, .hatnote, .sistersitebox, .authority-control, .portalbox, .infobox .mw-file-element, figure';

/** @param html as `action=parse` returns it */
export function wikiText(html: string): string {
  const page = seenPage(html);
  for (const element of page.body.querySelectorAll(NOT_READ)) element.remove();
  return textBelow(page.body);
}
