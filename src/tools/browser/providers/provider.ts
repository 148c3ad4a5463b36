// What a search service or a wiki offers the browser.
import { fetchOutside } from '../../../network/network';
import type { OutsideAnswer, OutsideRequest } from '../../../network/calls';

export interface Hit {
  title: string;
  url: string;
  /** Plain text. */
  snippet: string;
}

export interface Page {
  title: string;
  url: string;
  /** Markdown, without hidden text. */
  text: string;
}

export interface SearchRequest {
  query: string;
  /** At most so many. */
  most: number;
  /** Newer than so many days, where the service can. */
  recencyDays?: number;
  signal: AbortSignal;
}

export interface Provider {
  /** Hosts that hear of a search. */
  hosts: string[];
  search(request: SearchRequest): Promise<Hit[]>;
  /** @returns undefined for an address of another host */
  read?(url: string, signal: AbortSignal): Promise<Page | undefined>;
}

/** A failure that the model reads, and that a sentence for people explains. */
export class BrowseError extends Error {
  constructor(
    /** Name of the sentence in notes.ts. */
    readonly note: BrowseFault,
    readonly values: Record<string, string>,
    cause?: unknown,
  ) {
    super(note, { cause });
    this.name = 'BrowseError';
  }
}

export type BrowseFault =
  | 'refused' // it answers, but not to pages (CORS); values: host
  | 'down' // no answer; values: host
  | 'blocked' // the browser keeps pages from this computer; values: host
  | 'status' // values: host, status
  | 'notJson' // values: host
  | 'searxngJson' // JSON is off; values: host
  | 'searxngCors' // values: host
  | 'noReader' // a page that only a reader or the relay can read; values: host
  | 'noAddress' // the settings lack an address; values: what
  | 'noText' // values: url
  | 'noPage' // values: url
  | 'notKept' // without network, a page that is not on this device; values: url
  | 'noHit' // values: id
  | 'relay'; // the relay says why; values: why

const FAULTS: Record<string, BrowseFault> = {
  'server-refused': 'refused',
  'server-unreachable': 'down',
  'server-blocked': 'blocked',
};

/** Sends a request. @throws BrowseError refused, down or blocked: a page that may not be read is told from one that is down */
export async function ask(request: OutsideRequest, signal: AbortSignal): Promise<OutsideAnswer> {
  try {
    return await fetchOutside(request, signal);
  } catch (error) {
    const fault = FAULTS[(error as { code?: string }).code ?? ''];
    if (!fault || signal.aborted) throw error;
    throw new BrowseError(fault, { host: new URL(request.url).host }, error);
  }
}

/** A JSON answer. @throws BrowseError also status, notJson */
export async function askJson(
  request: OutsideRequest,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { status, text } = await ask(request, signal);
  const { host } = new URL(request.url);
  if (status < 200 || status > 299) throw new BrowseError('status', { host, status: String(status) });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new BrowseError('notJson', { host });
}

/** Objects in a list that a service sent. */
export const objectsIn = (value: unknown): Record<string, unknown>[] =>
  (Array.isArray(value) ? value : []).filter(
    (one): one is Record<string, unknown> => typeof one === 'object' && one !== null,
  );

export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');
