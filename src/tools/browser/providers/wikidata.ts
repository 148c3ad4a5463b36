// Wikidata: things by name, and what is said of one as lines of `property: value`.
import { askJson, BrowseError, objectsIn, textIn, type Hit, type Page, type Provider } from './provider';

const API = 'https://www.wikidata.org/w/api.php';
const COMMON = { format: 'json', origin: '*' };
/** Statements of one thing, and values of one statement. */
const MOST = { statements: 45, values: 5 };

type Json = Record<string, unknown>;
const objectIn = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};
const call = (parameters: Record<string, string>, signal: AbortSignal) =>
  askJson({ url: `${API}?${new URLSearchParams({ ...COMMON, ...parameters })}` }, signal);

/** A value as text; a thing as its id, for `labels`. */
function valueOf({ mainsnak }: Json): string {
  const { value } = objectIn(objectIn(mainsnak).datavalue);
  if (typeof value === 'string') return value;
  const { id, text, time, amount, unit } = objectIn(value);
  if (typeof amount === 'string') {
    const thing = /Q\d+$/.exec(textIn(unit))?.[0];
    return amount.replace(/^\+/, '') + (thing ? ` ${thing}` : '');
  }
  // '+1997-00-00T00:00:00Z': a year alone has month and day 0
  if (typeof time === 'string')
    return time
      .replace(/^\+/, '')
      .replace(/T.*$/, '')
      .replace(/(?:-00)+$/, '');
  return textIn(id) || textIn(text);
}

/** @param language of names, the user's */
export function wikidata(language: string): Provider {
  const labelsOf = async (ids: string[], signal: AbortSignal): Promise<Map<string, string>> => {
    const labels = new Map<string, string>();
    for (let from = 0; from < ids.length; from += 50) {
      const some = ids.slice(from, from + 50).join('|');
      const asked = { action: 'wbgetentities', ids: some, props: 'labels', languages: `${language}|en` };
      const { entities } = await call(asked, signal);
      for (const [id, entity] of Object.entries(objectIn(entities)))
        labels.set(id, nameOf(objectIn(entity).labels, language) || id);
    }
    return labels;
  };
  return {
    hosts: ['www.wikidata.org'],
    async search({ query, most, signal }): Promise<Hit[]> {
      const asked = {
        action: 'wbsearchentities',
        search: query,
        language,
        uselang: language,
        limit: String(most),
      };
      const { search } = await call(asked, signal);
      return objectsIn(search).map(({ id, label, description }) => ({
        title: textIn(label) || textIn(id),
        url: `https://www.wikidata.org/wiki/${textIn(id)}`,
        snippet: textIn(description),
      }));
    },
    async read(url, signal): Promise<Page | undefined> {
      const id = /^https:\/\/www\.wikidata\.org\/wiki\/(Q\d+)$/.exec(url)?.[1];
      if (!id) return undefined;
      const asked = {
        action: 'wbgetentities',
        ids: id,
        props: 'labels|descriptions|claims',
        languages: `${language}|en`,
      };
      const { entities } = await call(asked, signal);
      const { labels, descriptions, claims } = objectIn(objectIn(entities)[id]);
      if (!claims) throw new BrowseError('noPage', { url });
      const statements = Object.entries(objectIn(claims))
        .slice(0, MOST.statements)
        .map(([property, all]) => ({
          property,
          values: objectsIn(all).slice(0, MOST.values).map(valueOf).filter(Boolean),
        }))
        .filter(({ values }) => values.length > 0);
      const ids = statements.flatMap(({ property, values }) => [
        property,
        ...values.flatMap((value) => value.match(/^Q\d+$|(?<= )Q\d+$/) ?? []),
      ]);
      const names = await labelsOf([...new Set(ids)], signal);
      const named = (text: string) => text.replace(/^[PQ]\d+$|(?<= )Q\d+$/, (one) => names.get(one) ?? one);
      const lines = statements.map(
        ({ property, values }) => `${named(property)}: ${values.map(named).join('; ')}`,
      );
      const title = nameOf(labels, language) || id;
      return {
        title,
        url,
        text: [title, nameOf(descriptions, language), ...lines].filter(Boolean).join('\n'),
      };
    },
  };
}

const nameOf = (names: unknown, language: string): string => {
  const all = objectIn(names);
  return textIn(objectIn(all[language] ?? all.en).value);
};
