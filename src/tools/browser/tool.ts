// The `simple_browser` tool: the calls of one message, in order, with observations in the words of GLM-4's demo
// (composite_demo/browser/src/browser.ts).
import type { CitationPart, FilePart, Observation, ResultPart, Turn } from '../../protocol/chat';
import { estimatedTokens } from '../estimate';
import type { CallReach, Tool, ToolContext, ToolOutcome, ToolReach } from '../tool';
import { readActions, type Action, type ActionFault } from './actions';
import { noteForModel, noteForPeople, type NoteName } from './notes';
import { excerpt } from './passages';
import { readingHosts, readPage, searchersFor } from './providers/choose';
import { BrowseError, type Hit, type Page } from './providers/provider';
import { wholePageId } from './providers/saved';
import type { BrowserSettings } from './settings';
import { latestHits, MOST_HITS, nextSource, sameAddress, typedAddresses } from './sources';
import { BROWSER_SPEC } from './spec';

const VISIBLE = 'Visible: 0% - 100%';
/** A result in the list of a search takes about so many tokens. */
const HIT_TOKENS = 70;
const SNIPPET_CHARS = 240;
/** Share of an observation that passages may fill; the rest is for headers and marks. */
const RESERVE = 0.9;

/** What one call came to. */
interface Step {
  parts: ResultPart['parts'];
  observations: Observation[];
  failed?: boolean;
}

/** A chat in which the calls of this message have come so far. */
interface Place extends Pick<ToolContext, 'signal' | 'maxObservationTokens'> {
  settings: BrowserSettings;
  chat: readonly Turn[];
  /** Tokens that this call's observation may have. */
  maxTokens: number;
}

const hostOf = (url: string): string => (url.startsWith('file:') ? 'file' : new URL(url).host);
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
/** Text from outside without what looks like the browser's own marks. */
const unmarked = (text: string): string => text.replaceAll('【', '[').replaceAll('】', ']');
const isAddress = (url: string): boolean =>
  /^(?:https?:\/\/[^/]|file:\/\/\/)/i.test(url) && URL.canParse(url);

/** Addresses that searches have returned since the page was opened: an imported chat brings none. */
const offered = new Set<string>();

function fault(name: NoteName, values: Record<string, string>, line: string): Step {
  const text = unmarked(`Error when executing command ${line}\n${noteForModel(name, values)}`);
  return {
    parts: [{ type: 'text', text: noteForPeople(name, values) }],
    observations: [{ header: 'system_error', text }],
    failed: true,
  };
}

/** The results of all providers in turns, each address once. */
function mixed(lists: Hit[][], most: number): Hit[] {
  const hits = new Map<string, Hit>();
  for (let at = 0; at < Math.max(0, ...lists.map(({ length }) => length)); at++)
    for (const list of lists) {
      const hit = list[at];
      if (hit && isAddress(hit.url) && hits.size < most) hits.set(sameAddress(hit.url), hit);
    }
  return [...hits.values()];
}

async function search(action: Extract<Action, { kind: 'search' }>, place: Place): Promise<Step> {
  const { settings, chat, signal, maxTokens } = place;
  const { queries, recencyDays } = action;
  const most = Math.max(3, Math.min(MOST_HITS, Math.floor(maxTokens / HIT_TOKENS)));
  const asked = queries.flatMap((query) => searchersFor(query, settings, chat).map((provider) => provider.search({ query, most, recencyDays, signal }))); // prettier-ignore
  const answers = await Promise.allSettled(asked);
  signal.throwIfAborted();
  const lists = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const failure = answers.find((answer) => answer.status === 'rejected');
  if (lists.length === 0 && failure) throw failure.reason;
  const hits = mixed(lists, most);
  const readAt = Date.now();
  for (const { url } of hits) offered.add(sameAddress(url));
  const parts = hits.map(({ title, url, snippet }, source): CitationPart => {
    return {
      type: 'citation',
      source,
      title: oneLine(title),
      url,
      quote: oneLine(snippet),
      readAt,
      hit: true,
    };
  });
  const lines = parts.map(({ source, title, url, quote }) => {
    return ` # 【${source}†${unmarked(title)}†${hostOf(url)}】\n${unmarked(quote.slice(0, SNIPPET_CHARS))}`;
  });
  const text = lines.length > 0 ? `${lines.join('\n')}\n${VISIBLE}` : noteForModel('nothing');
  const told = failure?.reason instanceof BrowseError ? failure.reason : undefined;
  const notes =
    hits.length === 0 ? noteForPeople('nothing') : told ? noteForPeople(told.note, told.values) : '';
  return {
    parts: notes ? [...parts, { type: 'text', text: notes }] : parts,
    observations: [{ header: 'browser_result', text }],
  };
}

/** A page as it stands in a result: what the model reads of it, and the whole where that is not all. */
function source(
  { title, url, text }: Page,
  n: number,
  kept: { text: string; cut: boolean },
): ResultPart['parts'] {
  const citation: CitationPart = {
    type: 'citation',
    source: n,
    title: oneLine(title),
    url,
    quote: kept.text,
    readAt: Date.now(),
  };
  if (!kept.cut) return [citation];
  const name = `${n}-${oneLine(title)
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 40)}.txt`;
  const blob = new Blob([`${title}\n${url}\n\n${text}`], { type: 'text/plain' });
  const file: FilePart = { type: 'file', id: wholePageId(n), name, mediaType: 'text/plain', blob };
  return [citation, file];
}

/** What the user asked and what was searched for: a page's excerpt is chosen by it. */
function askedFor(chat: readonly Turn[]): string {
  const question = chat.findLast(({ role }) => role === 'user')?.parts ?? [];
  const calls = chat
    .flatMap(({ parts }) => parts)
    .filter((part) => part.type === 'call' && part.tool === BROWSER_SPEC.name);
  const last = calls.findLast((call) => call.type === 'call' && /search/.test(call.args));
  const words = question.map((part) => (part.type === 'text' ? part.text : '')).join(' ');
  return `${words} ${last?.type === 'call' ? last.args.replace(/\bm?search\b/g, '') : ''}`;
}

async function mclick({ ids }: Extract<Action, { kind: 'mclick' }>, place: Place): Promise<Step> {
  const { chat, signal, maxTokens } = place;
  const hits = latestHits(chat);
  const first = nextSource(chat);
  const opened = await Promise.all(
    ids.map(async (id): Promise<Page | BrowseError> => {
      const hit = hits.find((one) => one.source === id);
      if (!hit) return new BrowseError('noHit', { id: String(id) });
      try {
        return await readPage(hit.url, place);
      } catch (error) {
        if (error instanceof BrowseError) return error;
        throw error;
      }
    }),
  );
  signal.throwIfAborted();
  const pages = opened.filter((one): one is Page => !(one instanceof BrowseError));
  const faults = opened.filter((one): one is BrowseError => one instanceof BrowseError);
  const query = askedFor(chat);
  let left = maxTokens;
  // Short pages leave their share to the others.
  const cheapest = pages
    .map((page) => ({ page, cost: estimatedTokens(page.text) }))
    .sort((a, b) => a.cost - b.cost);
  const kept = new Map<Page, { text: string; cut: boolean }>();
  cheapest.forEach(({ page }, index) => {
    const share = Math.floor(left / (cheapest.length - index));
    const part = excerpt(unmarked(page.text), query, Math.max(40, share));
    kept.set(page, part);
    left -= estimatedTokens(part.text);
  });
  const parts = pages.flatMap((page, index) => source(page, first + index, kept.get(page)!));
  const observations = pages.map((page, index) => ({
    header: `quote_result [${first + index}†source]`,
    text: kept.get(page)!.text,
  }));
  const told = faults.map(({ note, values }) => fault(note, values, 'mclick'));
  return {
    parts: [...parts, ...told.flatMap((step) => step.parts)],
    observations: [...observations, ...told.flatMap((step) => step.observations)],
    failed: pages.length === 0,
  };
}

async function openUrl({ url }: Extract<Action, { kind: 'open_url' }>, place: Place): Promise<Step> {
  const page = await readPage(url, place);
  const n = nextSource(place.chat);
  const kept = excerpt(unmarked(page.text), askedFor(place.chat), place.maxTokens);
  offered.add(sameAddress(url));
  const text = `TITLE: ${unmarked(oneLine(page.title))}\n\n\nURL: ${unmarked(page.url)}\n${kept.text}\n${VISIBLE}\nCite as 【${n}†source】`;
  return { parts: source(page, n, kept), observations: [{ header: 'browser_result', text }] };
}

async function step(action: Action | ActionFault, place: Place): Promise<Step> {
  const line = action.kind === 'fault' ? action.line : action.kind;
  try {
    switch (action.kind) {
      case 'fault':
        return fault('unreadable', { why: action.why }, line);
      case 'search':
        return await search(action, place);
      case 'mclick':
        return await mclick(action, place);
      case 'open_url':
        return await openUrl(action, place);
    }
  } catch (error) {
    if (!(error instanceof BrowseError) || place.signal.aborted) throw error;
    return fault(error.note, error.values, line);
  }
}

/** Pages each with their header, where the format has one observation a call. */
const joined = (all: readonly Observation[]): string =>
  all
    .map(({ header, text }) =>
      header.startsWith('quote_result') || all.length > 1 ? `${header}\n${text}` : text,
    )
    .join('\n\n');

const ORDER: ToolReach[] = ['caged', 'follows', 'sends', 'elsewhere'];

/** What one call of the model would reach. */
export function reachOf(args: string, chat: readonly Turn[], settings: BrowserSettings): CallReach {
  const hosts = new Set<string>();
  let reach: ToolReach = 'follows';
  const note = (next: ToolReach, more: string[]) => {
    if (ORDER.indexOf(next) > ORDER.indexOf(reach)) reach = next;
    for (const host of more) hosts.add(host);
  };
  for (const action of readActions(args)) {
    try {
      if (action.kind === 'search')
        for (const provider of action.queries.flatMap((query) => searchersFor(query, settings, chat)))
          note(provider.hosts.length > 0 ? 'sends' : 'follows', provider.hosts);
      if (action.kind === 'mclick')
        for (const { url } of latestHits(chat).filter(({ source: id }) => action.ids.includes(id)))
          note(offered.has(sameAddress(url)) ? 'follows' : 'sends', readingHosts(url, settings));
      if (action.kind === 'open_url') {
        const address = sameAddress(action.url);
        const isTyped = typedAddresses(chat).has(address);
        const hosts = readingHosts(action.url, settings);
        // Without a host nothing is sent: the call says what the settings lack.
        const isFree = hosts.length === 0 || offered.has(address);
        note(isFree ? 'follows' : isTyped ? 'sends' : 'elsewhere', hosts);
      }
    } catch (error) {
      if (!(error instanceof BrowseError)) throw error; // it cannot be run, and says so then
    }
  }
  return { reach, hosts: [...hosts] };
}

/** The tool. @param settings as they are at the time of a call */
export function browserTool(settings: () => BrowserSettings): Tool {
  return {
    spec: BROWSER_SPEC,
    reach: 'sends',
    async run(args, { chat, signal, maxObservationTokens }): Promise<ToolOutcome> {
      signal.throwIfAborted();
      const actions = readActions(args);
      const maxTokens = Math.floor((maxObservationTokens * RESERVE) / actions.length);
      const steps: Step[] = [];
      for (const action of actions) {
        // A click follows a search of the same message.
        const now: Turn[] = [...chat, { role: 'assistant', parts: [{ type: 'result', callId: '', parts: steps.flatMap(({ parts }) => parts) }] }]; // prettier-ignore
        steps.push(
          await step(action, { settings: settings(), chat: now, signal, maxObservationTokens, maxTokens }),
        );
      }
      const observations = steps.flatMap((one) => one.observations);
      const isPlain = observations.length === 1 && !observations[0].header.startsWith('quote_result');
      return {
        parts: steps.flatMap(({ parts }) => parts),
        observation: joined(observations),
        ...(!isPlain && { observations }),
        failed: steps.every(({ failed }) => failed),
      };
    },
  };
}
