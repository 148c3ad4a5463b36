// GLM-4's pre-tokenizer: splits text into pieces that no token crosses. Every GLM-4 release and GLM-Edge use the same
// regex; llama.cpp calls it `chatglm-bpe` and `glm4`.
//
//   (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//
// Adapted to JavaScript, whose \s includes U+FEFF and lacks U+0085: \p{White_Space} is the set of the reference
// tokenizers. The contractions are spelt out, as in llama.cpp; the i flag would also match ſ (U+017F) as an s.

const PIECE = new RegExp(
  [
    /'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])/,
    /[^\r\n\p{L}\p{N}]?\p{L}+/u,
    /\p{N}{1,3}/u,
    / ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*/u,
    /\p{White_Space}*[\r\n]+/u,
    /\p{White_Space}+(?!\P{White_Space})/u, // leaves the last space of a run to the following word
    /\p{White_Space}+/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);

/** The pieces of a text, in order; concatenated they equal the text. */
export function pretokenize(text: string): string[] {
  return text.match(PIECE) ?? [];
}
