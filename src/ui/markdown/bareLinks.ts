// Where a bare address ends. GitHub's rule takes everything up to the next blank, and with it the rest of a Chinese
// sentence: 「见https://example.org，然后…」 has no blank.
import type { Link, PhrasingContent } from 'mdast';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import type { Code, Construct, ConstructRecord, Effects, Extension, State } from 'micromark-util-types';

const CJK = '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}\\p{sc=Bopomofo}';
/** Letters of scripts written without blanks between words, or with particles joined to a word (Korean). */
const CJK_LETTER = new RegExp(`[${CJK}]`, 'u');
const LETTER = /[\p{L}\p{M}\p{N}]/u;
/** An address so far, behind which CJK letters belong to it: page titles of wikis, queries, headings, host names. */
const BEFORE_CJK = new RegExp(`(?:/(?:wiki|item)/[^/?#)]*|[=#][\\d_${CJK}-]*|://[.${CJK}-]*)$`, 'iu');
/** ASCII characters that belong to an address only if more of it follows. */
const TRAILING = /[?!.,:;*_~'"\]|]/;
/** In characters. */
const MAX_ADDRESS = 2000;

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
    return CJK_LETTER.test(char) ? BEFORE_CJK.test(this.text) : LETTER.test(char);
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

/** One of GitHub's constructs for bare addresses, with the end found by `AddressReader`. */
const shortened = (github: Construct, token: 'literalAutolinkHttp' | 'literalAutolinkWww'): Construct => ({
  previous: github.previous,
  name: 'bareLink',
  tokenize(effects: Effects, ok: State, nok: State) {
    const reader = new AddressReader();
    const start: State = (code) => {
      effects.enter('literalAutolink');
      effects.enter(token);
      return take(code);
    };
    const take: State = (code) => {
      reader.add(code);
      effects.consume(code);
      return inside;
    };
    const inside: State = (code) => {
      if (!reader.takes(code)) return end(code);
      return isTrailing(code) ? effects.check(trail(reader.copy()), end, take)(code) : take(code);
    };
    const end: State = (code) => {
      effects.exit(token);
      effects.exit('literalAutolink');
      return ok(code);
    };
    return effects.check(github, start, nok);
  },
});

/** micromark extension, to be added after GitHub's own: a bare address ends where a Chinese sentence goes on. */
export function bareLinks(): Extension {
  const { text = {} } = gfmAutolinkLiteral();
  const constructs: ConstructRecord = {};
  for (const [letter, name, token] of [
    ['h', 'protocolAutolink', 'literalAutolinkHttp'],
    ['w', 'wwwAutolink', 'literalAutolinkWww'],
  ] as const) {
    const github = [text[letter.charCodeAt(0)]].flat().find((one) => one?.name === name);
    if (!github) continue;
    const construct = shortened(github, token);
    for (const char of [letter, letter.toUpperCase()]) constructs[char.charCodeAt(0)] = construct;
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
