// Emphasis, strike-through and bare links beside Chinese, Japanese and Korean text, where CommonMark expects blanks.
import { cjkFriendlyExtension } from 'micromark-extension-cjk-friendly';
import { gfmStrikethroughCjkFriendly } from 'micromark-extension-cjk-friendly-gfm-strikethrough';
import type { Code, Construct, Effects, Extension, State, TokenizeContext } from 'micromark-util-types';
import { bareLinks } from './bareLinks';

const UNDERSCORE = '_'.charCodeAt(0);
const matches = (code: Code, pattern: RegExp) => code !== null && pattern.test(String.fromCharCode(code));
/** CJK punctuation and full-width forms. */
const isCjkPunctuation = (code: Code) =>
  matches(code, /[\u3001-\u303F\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65]/);
const isCjkLetter = (code: Code) => matches(code, /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u);

/** Underscores too open and close emphasis between CJK punctuation and a letter; between two letters they stay. */
function withUnderscores(extension: Extension): Extension {
  const attention = [extension.text?.[UNDERSCORE]].flat()[0];
  if (!attention) return extension;
  const underscore: Construct = {
    ...attention,
    tokenize(this: TokenizeContext, effects: Effects, ok: State, nok: State) {
      const before = this.previous;
      const after: State = (code) => {
        const token = this.events[this.events.length - 1][1];
        if (isCjkPunctuation(before) && isCjkLetter(code)) token._close = true;
        if (isCjkLetter(before) && isCjkPunctuation(code)) token._open = true;
        return ok(code);
      };
      return attention.tokenize.call(this, effects, after, nok);
    },
  };
  return { ...extension, text: { ...extension.text, [UNDERSCORE]: underscore } };
}

/** remark plugin, to be used after remark-gfm with `singleTilde: false`. */
export function cjkMarkdown(this: { data(): object }): void {
  const data = this.data() as { micromarkExtensions?: Extension[] };
  const extensions = (data.micromarkExtensions ??= []);
  extensions.push(
    withUnderscores(cjkFriendlyExtension()),
    gfmStrikethroughCjkFriendly({ singleTilde: false }),
    bareLinks(),
  );
}
