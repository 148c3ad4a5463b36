// What a chat has found and read so far. It is kept with the results of the calls, so that it survives a reload, and
// numbers never begin again within a chat.
import type { CitationPart, Part, Turn } from '../../protocol/chat';

/** GLM-4's numbers of pages begin here; those of search results are smaller. */
export const FIRST_SOURCE = 7;
/** Results of one search: their numbers stay below those of pages. */
export const MOST_HITS = FIRST_SOURCE;

type Chat = readonly Turn[];

const partsOf = (chat: Chat): Part[] => chat.flatMap(({ parts }) => parts);

/** Sources in the results of tools and beside texts, in order. */
export const citationsIn = (parts: readonly Part[]): CitationPart[] =>
  parts.flatMap((part) => {
    const inner = part.type === 'result' ? part.parts : [part];
    return inner.filter((one): one is CitationPart => one.type === 'citation');
  });

/** The results of the latest search. */
export function latestHits(chat: Chat): CitationPart[] {
  const holder = partsOf(chat).findLast(
    (part) => part.type === 'result' && part.parts.some((one) => one.type === 'citation' && one.hit),
  );
  return holder ? citationsIn([holder]).filter(({ hit }) => hit) : [];
}

/** Pages that were read. */
export const pagesOf = (chat: Chat): CitationPart[] => citationsIn(partsOf(chat)).filter(({ hit }) => !hit);

/** The number of the next page. */
export const nextSource = (chat: Chat): number =>
  Math.max(FIRST_SOURCE - 1, ...pagesOf(chat).map(({ source }) => source)) + 1;

/** Addresses that a search returned or an allowed call opened. */
export const foundAddresses = (chat: Chat): Set<string> =>
  new Set(citationsIn(partsOf(chat)).map(({ url }) => sameAddress(url)));

/** Addresses that the user typed. */
export function typedAddresses(chat: Chat): Set<string> {
  const parts = partsOf(chat.filter(({ role }) => role === 'user'));
  const typed = parts.flatMap((part) => (part.type === 'text' ? (part.text.match(ADDRESS) ?? []) : []));
  return new Set(typed.map(sameAddress));
}
const ADDRESS = /https?:\/\/[^\s<>"'“”‘’，。！？；：、（）()【】]+/gi;

/** An address in the form in which equal ones are equal texts. */
export function sameAddress(url: string): string {
  try {
    const { origin, pathname, search } = new URL(url);
    return origin + pathname + search;
  } catch {
    return url;
  }
}
