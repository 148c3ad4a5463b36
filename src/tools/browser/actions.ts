// The calls that a model writes for `simple_browser`: one a line, with strings in either quote, whole numbers, lists, and
// keywords. The official demo takes them apart with a regular expression, which breaks at a comma in a query.

export type Action =
  | { kind: 'search'; queries: string[]; recencyDays?: number }
  | { kind: 'mclick'; ids: number[] }
  | { kind: 'open_url'; url: string };

/** What cannot be understood, for the model to read. */
export interface ActionFault {
  kind: 'fault';
  line: string;
  why: string;
}

const KINDS = ['search', 'msearch', 'mclick', 'open_url'];
const HELP = 'Write search("query"), msearch(["query", "query"]), mclick([0, 2]) or open_url("https://…").';
/** Calls of one message, queries of one search, pages of one click. */
export const MOST = { actions: 4, queries: 3, ids: 10 };

type Value = string | number | Value[];

/** Reads values from one line. */
class Reader {
  at = 0;
  constructor(private readonly text: string) {}

  get rest(): string {
    return this.text.slice(this.at);
  }

  /** Skips blanks; whether this follows, which is then passed. */
  take(what: string): boolean {
    this.at += /^\s*/.exec(this.rest)?.[0].length ?? 0;
    if (!this.rest.startsWith(what)) return false;
    this.at += what.length;
    return true;
  }

  match(pattern: RegExp): string | undefined {
    this.take('');
    const found = pattern.exec(this.rest)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** @throws Error with what was expected */
  value(): Value {
    if (this.take('[') || this.take('(')) {
      const close = this.text[this.at - 1] === '[' ? ']' : ')';
      const list: Value[] = [];
      while (!this.take(close)) {
        if (this.rest === '') throw new Error(`${close} is missing.`);
        list.push(this.value());
        this.take(',');
      }
      return list;
    }
    const number = this.match(/^-?\d+(?![\d.])/);
    if (number !== undefined) return Number(number);
    return this.string();
  }

  private string(): string {
    this.take('');
    const open = this.text[this.at];
    const close = { '"': '"', "'": "'", '“': '”', '‘': '’' }[open];
    if (!close) throw new Error(`A text in quotes was expected at ${this.rest.slice(0, 20) || 'the end'}.`);
    let value = '';
    for (let i = this.at + 1; i < this.text.length; i++) {
      const character = this.text[i];
      if (character === '\\' && i + 1 < this.text.length) {
        const next = this.text[++i];
        value += { n: '\n', t: '\t' }[next] ?? next;
      } else if (character === close) {
        this.at = i + 1;
        return value;
      } else value += character;
    }
    throw new Error(`The closing ${close} is missing.`);
  }
}

function readAction(line: string): Action {
  const reader = new Reader(line);
  const name = reader.match(/^\w+/) ?? '';
  if (!KINDS.includes(name)) throw new Error(`There is no ${name || 'call'}.`);
  if (!reader.take('(')) throw new Error('( is missing.');
  const plain: Value[] = [];
  const named = new Map<string, Value>();
  while (!reader.take(')')) {
    if (reader.rest === '') throw new Error(') is missing.');
    const key = reader.match(/^\w+(?=\s*=)/);
    if (key !== undefined && reader.take('=')) named.set(key, reader.value());
    else plain.push(reader.value());
    reader.take(',');
  }
  if (reader.rest.trim()) throw new Error(`${reader.rest.trim()} follows the call.`);
  return actionOf(name, plain, named);
}

function actionOf(name: string, plain: Value[], named: Map<string, Value>): Action {
  const [first] = plain;
  if (name === 'mclick') {
    const ids = [named.get('ids') ?? first ?? []]
      .flat(2)
      .filter((id): id is number => typeof id === 'number');
    if (ids.length === 0) throw new Error('mclick takes a list of numbers.');
    return { kind: 'mclick', ids: [...new Set(ids)].slice(0, MOST.ids) };
  }
  if (name === 'open_url') {
    const url = named.get('url') ?? first;
    if (typeof url !== 'string' || !/^https?:\/\//i.test(url.trim()) || !URL.canParse(url.trim()))
      throw new Error('open_url takes an address with http or https.');
    return { kind: 'open_url', url: url.trim() };
  }
  const asked = named.get('query') ?? named.get('queries') ?? first ?? [];
  const queries = [asked]
    .flat(2)
    .flatMap((query) => (typeof query === 'string' && query.trim() ? [query.trim()] : []));
  if (queries.length === 0) throw new Error(`${name} takes a query in quotes.`);
  const days = named.get('recency_days') ?? plain.find((value) => typeof value === 'number');
  return {
    kind: 'search',
    queries: queries.slice(0, MOST.queries),
    ...(typeof days === 'number' && days > 0 && { recencyDays: days }),
  };
}

/** The calls of a message, in order; lines that are none are faults. */
export function readActions(args: string): (Action | ActionFault)[] {
  // Where the browser is described as a function, a model may write its only argument as JSON.
  const lines = args
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('```'));
  if (lines.length === 0) return [{ kind: 'fault', line: '', why: HELP }];
  return lines.slice(0, MOST.actions).map((line) => {
    try {
      return readAction(line);
    } catch (error) {
      return { kind: 'fault', line, why: `${error instanceof Error ? error.message : ''} ${HELP}`.trim() };
    }
  });
}
