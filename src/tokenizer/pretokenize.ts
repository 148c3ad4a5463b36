// GLM-4's pre-tokenizer: cuts text into pieces, and no token crosses a cut. The same regex for every GLM-4
// release and for GLM-Edge; llama.cpp knows it as `chatglm-bpe` and `glm4`.
//
//   (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//
// Written out for JavaScript, whose \s has U+FEFF and lacks U+0085: \p{White_Space} is the set that the reference
// tokenizers mean. The contractions are spelt, as in llama.cpp; the i flag would also take ſ (U+017F) for an s.

const PIECE = new RegExp(
  [
    /'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])/,
    /[^\r\n\p{L}\p{N}]?\p{L}+/u,
    /\p{N}{1,3}/u,
    / ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*/u,
    /\p{White_Space}*[\r\n]+/u,
    /\p{White_Space}+(?!\P{White_Space})/u, // leaves the last space of a run to the word behind it
    /\p{White_Space}+/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);

/** The pieces of a text, in order; together they are the text. */
export function pretokenize(text: string): string[] {
  return text.match(PIECE) ?? [];
}
