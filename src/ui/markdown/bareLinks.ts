// Where a bare address ends. GitHub's rule takes everything up to the next blank, and with it the rest of a Chinese
// sentence: 「见https://example.org，然后…」 has no blank.
import type { Link, PhrasingContent } from 'mdast';
import type {
  Code,
  Construct,
  ConstructRecord,
  Effects,
  Event,
  Extension,
  Previous,
  State,
  TokenizeContext,
} from 'micromark-util-types';

// Tokens of micromark-extension-gfm-autolink-literal, which mdast-util-gfm-autolink-literal turns into links.
declare module 'micromark-util-types' {
  interface TokenTypeMap {
    literalAutolink: 'literalAutolink';
    literalAutolinkHttp: 'literalAutolinkHttp';
    literalAutolinkWww: 'literalAutolinkWww';
  }
}

const CJK = '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}\\p{sc=Bopomofo}';
/** Letters of scripts written without blanks between words, or with particles joined to a word (Korean). */
const CJK_LETTER = new RegExp(`[${CJK}]`, 'u');
const LETTER = /[\p{L}\p{M}\p{N}]/u;
/** An address so far, behind which CJK letters belong to it: page titles of wikis, queries, headings, host names. */
const BEFORE_CJK = new RegExp(`(?:/(?:wiki|item)/[^/?#)]*|[=#][\\d_${CJK}-]*|://[.${CJK}-]*)$`, 'iu');
/** ASCII characters that belong to an address only if more of it follows. */
const TRAILING = /[?!.,:;*_~'"\]|]/;
const HOST_START = /[\p{L}\p{N}]/u;
/** In characters: 'https://' and the longest address. */
const MAX_PREFIX = 8;
const MAX_ADDRESS = 2000;
const MAX_TITLE = 300;

/** Reads an address character by character. */
class AddressReader {
  constructor(
    private text = '',
    private openBrackets = 0,
  ) {}

  /** Whether a character continues the address. */
  takes(code: Code): boolean {
    if (code === null || code <= 0x20 || this.text.length > MAX_ADDRESS) return false;
    const char = String.fromCharCode(code);
    if (code < 0x80) return !'<>`'.includes(char) && !(char === ')' && this.openBrackets === 0);
    return CJK_LETTER.test(char) ? BEFORE_CJK.test(this.text.slice(-MAX_TITLE)) : LETTER.test(char);
  }

  add(code: Code): void {
    const char = String.fromCharCode(code ?? 0);
    if (char === '(') this.openBrackets++;
    else if (char === ')') this.openBrackets--;
    this.text += char;
  }

  copy(): AddressReader {
    return new AddressReader(this.text, this.openBrackets);
  }
}

const isTrailing = (code: Code): boolean =>
  code !== null && code > 0 && TRAILING.test(String.fromCharCode(code));

/** Length of the address at the start of `text`. */
export function addressLength(text: string): number {
  const reader = new AddressReader();
  let length = 0;
  for (let i = 0; i < text.length && reader.takes(text.charCodeAt(i)); i++) {
    reader.add(text.charCodeAt(i));
    if (!isTrailing(text.charCodeAt(i))) length = i + 1;
  }
  return length;
}

/** Succeeds if the address has nothing but trailing punctuation left. */
const trail = (reader: AddressReader): Construct => ({
  partial: true,
  tokenize(effects: Effects, ok: State, nok: State) {
    const inside: State = (code) => {
      if (!reader.takes(code)) return ok(code);
      if (!isTrailing(code)) return nok(code);
      reader.add(code);
      effects.consume(code);
      return inside;
    };
    return inside;
  },
});

/** Whether an open bracket precedes: what follows may be the text of a link, and links hold no links. */
function inBrackets(events: Event[]): boolean {
  for (let i = events.length - 1; i >= 0; i--) {
    const { type, _balanced: balanced } = events[i][1];
    if ((type === 'labelLink' || type === 'labelImage') && !balanced) return true;
  }
  return false;
}

/** An address after `prefix`, as GitHub's construct of this name finds it, but with the end found by `AddressReader`. */
const bareLink = (
  prefix: RegExp,
  token: 'literalAutolinkHttp' | 'literalAutolinkWww',
  previous: Previous,
): Construct => ({
  name: 'bareLink',
  previous,
  tokenize(this: TokenizeContext, effects: Effects, ok: State, nok: State) {
    const reader = new AddressReader();
    let started = '';
    const start: State = (code) => {
      if (!previous.call(this, this.previous) || inBrackets(this.events)) return nok(code);
      effects.enter('literalAutolink');
      effects.enter(token);
      return inPrefix(code);
    };
    const inPrefix: State = (code) => {
      if (prefix.test(started))
        return code !== null && HOST_START.test(String.fromCharCode(code)) ? inside(code) : nok(code);
      if (code === null || started.length === MAX_PREFIX) return nok(code);
      started += String.fromCharCode(code);
      return take(code, inPrefix);
    };
    const take = (code: Code, next: State): State => {
      reader.add(code);
      effects.consume(code);
      return next;
    };
    const inside: State = (code) => {
      if (!reader.takes(code)) return end(code);
      if (!isTrailing(code)) return take(code, inside);
      return effects.check(trail(reader.copy()), end, inTrail)(code);
    };
    /** Punctuation that more of the address follows: one look ahead is enough for all of it. */
    const inTrail: State = (code) => (isTrailing(code) ? take(code, inTrail) : inside(code));
    const end: State = (code) => {
      effects.exit(token);
      effects.exit('literalAutolink');
      return ok(code);
    };
    return start;
  },
});

/** As in GitHub's autolinks: https:// stands behind anything but a letter, www. behind a blank or a marker. */
const afterNoLetter: Previous = (code) => code === null || !/[a-z]/i.test(String.fromCharCode(code));
const afterBlank: Previous = (code) =>
  code === null || code <= 0x20 || /[(*_[\]~]/.test(String.fromCharCode(code));

/** micromark extension, to be added after GitHub's own: a bare address ends where a Chinese sentence goes on. */
export function bareLinks(): Extension {
  const http = bareLink(/^https?:\/\/$/i, 'literalAutolinkHttp', afterNoLetter);
  const www = bareLink(/^www\.$/i, 'literalAutolinkWww', afterBlank);
  const constructs: ConstructRecord = {};
  for (const [letters, construct] of [
    ['hH', http],
    ['wW', www],
  ] as const) {
    for (const letter of letters) constructs[letter.charCodeAt(0)] = construct;
  }
  return { text: constructs };
}

/**
 * The link cut at the end of its address, and the text behind it: for addresses that mdast-util-gfm-autolink-literal
 * finds in parsed text, which have no position. It too takes everything up to the next blank.
 */
export function cutLink(node: Link): PhrasingContent[] {
  const [child] = node.children;
  if (node.position || child?.type !== 'text' || !node.url.endsWith(child.value)) return [node];
  const length = addressLength(child.value);
  const rest = child.value.slice(length);
  if (!rest) return [node];
  const address = node.url.slice(0, node.url.length - rest.length);
  const link: Link = {
    ...node,
    url: address,
    children: [{ type: 'text', value: child.value.slice(0, length) }],
  };
  return [link, { type: 'text', value: rest }];
}
