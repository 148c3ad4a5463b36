// Seeded strings that stress tokenizers; the oracle script and the test generate the same ones.

/** Random source for the strings; `seeded` in src/testing/random.ts implements it. */
export interface Dice {
  int(n: number): number;
}

const WORDS = [
  'the', 'Hello', 'world', 'GLM', 'tokenizer', 'function', 'return', 'naïve', 'Ærøskøbing', 'straße', 'ПРИВЕТ', 'мир',
  'привет', 'γλώσσα', 'Việt', 'İstanbul', 'ſ', 'K', '你好', '世界', '人工智能', '什么', '可以帮助你', '晚上睡不着', '很高兴见到你',
  '請問', 'こんにちは', 'モデル', '漢字かな', '안녕하세요', '모델', 'שלום', 'مرحبا', 'नमस्ते', 'สวัสดี', 'ญี่ปุ่น', 'ქართული', '𝒜𝓫𝕔',
  '𠀀𪚥', 'ﬁn', 'ａｂｃ', 'camelCaseName', 'snake_case_name', 'HTTPServer', 'x', 'Ⅻ', '龘靐齉', '魑魅魍魉', 'Zyzzyva', 'ǅɮɸ',
]; // prettier-ignore
const CONTRACTIONS = [
  "'s",
  "'S",
  "'t",
  "'T",
  "'re",
  "'RE",
  "'rE",
  "'ve",
  "'Ve",
  "'m",
  "'M",
  "'ll",
  "'lL",
  "'LL",
  "'d",
  "'D",
];
const NOT_CONTRACTIONS = ["'x", "'r", "'l", "'v", "''s", '’s', "'ſ", "'e", '‘ll', "'1", "' s"];
const NUMBERS = [
  '0',
  '7',
  '42',
  '333',
  '3333',
  '1234567',
  '3.14',
  '1,000,000',
  '٣٤',
  '४२',
  '½',
  '²',
  'Ⅳ',
  '１２３４',
  '①②③④',
  '〇一二',
  '𝟘𝟙𝟚𝟛',
  '2024-06-05',
];
const SPACES = [
  ' ',
  ' ',
  '  ',
  '   ',
  '\t',
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  '\u000b',
  '\u000c',
  '\u0085',
  '\u00a0',
  '\u1680',
  '\u2003',
  '\u200b',
  '\u2028',
  '\u2029',
  '\u202f',
  '\u205f',
  '\u3000',
  '\ufeff',
  '\u180e',
  '    ',
  ' \n',
  '\n ',
  '\u3000\u3000',
  '\u00a0 ',
];
const EMOJI = ['👋', '😊', '👍🏽', '👩‍👩‍👧‍👦', '🏳️‍🌈', '🇨🇳', '🇩🇪🇫🇷', '1️⃣', '❤️', '☺', '🧑🏿‍🚀', '🫠', '🪿'];
const MARKS = [
  '\u0301',
  '\u0308',
  '\u20d7',
  '\u3099',
  '\u0e31',
  '\u064b',
  '\u094d',
  '\ufe0f',
  '\u200d',
  '\u0489',
];
const SIGNS = [
  '.',
  ',',
  '!',
  '?',
  '...',
  '，',
  '。',
  '！？',
  '…',
  '——',
  '「',
  '」',
  '(',
  ')',
  '{',
  '}',
  '();',
  '->',
  '=>',
  '!=',
  '::',
  '//',
  '/*',
  '#',
  '@',
  '$',
  '€',
  '%',
  '^',
  '&',
  '|',
  '~',
  '`',
  '```',
  '"',
  "'",
  '\\',
  '<',
  '>',
  '_',
  '-',
  '--',
  '+',
  '=',
  '¬',
  '°',
  '\u0000',
  '\u007f',
  '\u0001',
  '\ufffd',
  '\u00ad',
  '\ue000',
  '\ud7ff',
  '\u{10ffff}',
  '\u0378',
];
const CODE = [
  'def main():\n    print("hello")\n',
  'for (let i = 0; i < n; i++) {\n\t',
  "if __name__ == '__main__':",
  '#include <iostream>\n\n',
  '<div class="a">',
  'x = {"k": [1, 2]}',
  'https://example.org/a?b=1&c=%20',
  'SELECT * FROM t;',
  '\n\n\n    ',
  '```python\n',
];
const SPECIALS = ['<|user|>', '<|assistant|>', '<|endoftext|>', '[gMASK]', '<sop>', '[PAD3]', '<think>'];

/** Mostly words and spaces, sometimes any code point, sometimes a long run. */
export function fuzzStrings(dice: Dice, count: number): string[] {
  return Array.from({ length: count }, () => fuzzString(dice));
}

function fuzzString(dice: Dice): string {
  const pick = (list: readonly string[]): string => list[dice.int(list.length)];
  let text = '';
  for (let left = 1 + dice.int(dice.int(10) === 0 ? 60 : 12); left > 0; left--) {
    const kind = dice.int(100);
    if (kind < 26) text += pick(WORDS);
    else if (kind < 46) text += pick(SPACES);
    else if (kind < 51) text += pick(WORDS) + pick(CONTRACTIONS);
    else if (kind < 54) text += pick(NOT_CONTRACTIONS);
    else if (kind < 61) text += pick(NUMBERS);
    else if (kind < 67) text += pick(EMOJI);
    else if (kind < 71) text += pick(MARKS);
    else if (kind < 83) text += pick(SIGNS);
    else if (kind < 87) text += pick(CODE);
    else if (kind < 89) text += pick(SPECIALS);
    else if (kind < 91) text += pick([...SPACES, ...SIGNS, 'a', '哈', '1']).repeat(1 + dice.int(40));
    else text += anyCodePoint(dice);
  }
  return text;
}

/**
 * First and last code points of long-established blocks. llama.cpp and a browser may implement different Unicode
 * versions, so recently added letters would be classified differently.
 */
// prettier-ignore
const BLOCKS = [
  [0x20, 0x7e], [0x80, 0x24f], [0x250, 0x36f], [0x391, 0x52f], [0x5d0, 0x5ea], [0x621, 0x6d3], [0x904, 0x939],
  [0xe01, 0xe3a], [0x1e00, 0x1eff], [0x2000, 0x2064], [0x20a0, 0x20b5], [0x2190, 0x23ff], [0x2460, 0x27bf],
  [0x3000, 0x303f], [0x3041, 0x3096], [0x30a0, 0x30ff], [0x4e00, 0x9fa5], [0xac00, 0xd7a3], [0xf900, 0xfa2d],
  [0xff01, 0xff9d], [0x10000, 0x1000b], [0x1d400, 0x1d454], [0x1f300, 0x1f64f], [0x20000, 0x2a6d6], [0xe0020, 0xe007f],
];

function anyCodePoint(dice: Dice): string {
  const [first, last] = BLOCKS[dice.int(BLOCKS.length)];
  return String.fromCodePoint(first + dice.int(last - first + 1));
}
