// A tokenizer in the layout of a GLM-4 GGUF, generated: bytes, merged tokens, 14 special tokens, padding rows.
// As in the real tokenizer, a token's rank is its id and every split of a token into two tokens is listed as a merge.
import type { GgufMetadata } from './gguf';

/** In the order of the real files; the first has id 151329 there. */
export const SPECIAL_TOKENS = [
  '<|endoftext|>',
  '[MASK]',
  '[gMASK]',
  '[sMASK]',
  '<sop>',
  '<eop>',
  '<|system|>',
  '<|user|>',
  '<|assistant|>',
  '<|observation|>',
  '<|begin_of_image|>',
  '<|end_of_image|>',
  '<|begin_of_video|>',
  '<|end_of_video|>',
] as const;

/** Values of `tokenizer.ggml.token_type`. */
const TOKEN_TYPE = { normal: 1, control: 3, unused: 5 } as const;

const CHAT_TEMPLATE =
  "[gMASK]<sop>{% for message in messages %}<|{{ message['role'] }}|>\n{{ message['content'] }}{% endfor %}" +
  '{% if add_generation_prompt %}<|assistant|>{% endif %}';

export interface SyntheticTokenizer {
  /** In byte-alphabet form; the index is the id. */
  tokens: string[];
  tokenTypes: number[];
  /** "left right", ordered by the rank of the result. */
  merges: string[];
  /** Ids below this are ordinary text. */
  numOrdinary: number;
}

/** The tokenizer of a vocabulary with `vocabSize` rows, the last `numPadding` of them unused. */
export function syntheticTokenizer(vocabSize: number, numPadding = 5): SyntheticTokenizer {
  const numOrdinary = vocabSize - SPECIAL_TOKENS.length - numPadding;
  if (numOrdinary < 256) throw new Error(`a vocabulary of ${vocabSize} has no room for the 256 bytes`);
  const ids = new Map<string, number>();
  for (const char of byteAlphabet()) ids.set(char, ids.size);
  for (const token of mergedTokens()) {
    if (ids.size === numOrdinary) break;
    if (ids.has(token)) continue;
    if (splitsOf(token, ids).length === 0) throw new Error(`no split of ${token} is made of tokens`);
    ids.set(token, ids.size);
  }
  const merges = [...ids.keys()].flatMap((token) => splitsOf(token, ids)); // as in the real one, also of later tokens
  if (ids.size < numOrdinary) throw new Error(`the rule makes ${ids.size} tokens, want ${numOrdinary}`);
  const padding = Array.from({ length: numPadding }, (_, i) => `[PAD${vocabSize - numPadding + i}]`);
  return {
    tokens: [...ids.keys(), ...SPECIAL_TOKENS, ...padding],
    tokenTypes: [
      ...new Array<number>(numOrdinary).fill(TOKEN_TYPE.normal),
      ...new Array<number>(SPECIAL_TOKENS.length).fill(TOKEN_TYPE.control),
      ...new Array<number>(numPadding).fill(TOKEN_TYPE.unused),
    ],
    merges,
    numOrdinary,
  };
}

/** Its `tokenizer.*` keys. */
export function tokenizerMetadata(
  { tokens, tokenTypes, merges, numOrdinary }: SyntheticTokenizer,
  pre: 'chatglm-bpe' | 'glm4',
): GgufMetadata {
  const endOfText = numOrdinary;
  return {
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': pre,
    'tokenizer.ggml.tokens': { type: 'string', value: tokens },
    'tokenizer.ggml.token_type': { type: 'i32', value: tokenTypes },
    'tokenizer.ggml.merges': { type: 'string', value: merges },
    'tokenizer.ggml.eos_token_id': endOfText,
    'tokenizer.ggml.padding_token_id': endOfText,
    'tokenizer.ggml.eot_token_id': endOfText + SPECIAL_TOKENS.indexOf('<|user|>'),
    'tokenizer.ggml.unknown_token_id': endOfText,
    'tokenizer.ggml.bos_token_id': endOfText,
    'tokenizer.ggml.add_bos_token': false,
    'tokenizer.chat_template': CHAT_TEMPLATE,
  };
}

/** The 256 single-byte tokens in GPT-2's order: printable bytes map to themselves, the others to 256, 257, … */
function byteAlphabet(): string[] {
  const printable = [...range(33, 127), ...range(161, 173), ...range(174, 256)];
  const others = range(0, 256).filter((byte) => !printable.includes(byte));
  return [...printable, ...others.map((_, i) => 256 + i)].map((code) => String.fromCharCode(code));
}

/** Every split of `token` into two tokens, ordered by the left part's rank. */
function splitsOf(token: string, ids: Map<string, number>): string[] {
  const splits: [leftId: number, text: string][] = [];
  for (let cut = 1; cut < token.length; cut++) {
    const [left, right] = [token.slice(0, cut), token.slice(cut)];
    const leftId = ids.get(left);
    if (leftId !== undefined && ids.has(right)) splits.push([leftId, `${left} ${right}`]);
  }
  return splits.sort(([a], [b]) => a - b).map(([, text]) => text);
}

/** Merged tokens, each after its parts, some twice. Enough for 480,000. */
function* mergedTokens(): Generator<string> {
  const toAlphabet = alphabetEncoder();
  const letters = [...'etaoinshrdlcumwfgypbvkjxqz'];
  for (const letter of letters) yield toAlphabet(` ${letter}`);
  for (const a of letters) for (const b of letters) yield a + b;
  for (const char of '你好世界') yield* characterTokens(char, toAlphabet);
  for (const word of [' the', 'ing', ' of', 'ion', ' and', '\n\n', '  ']) yield toAlphabet(word);
  for (const code of range(0x4e00, 0xa000)) yield* characterTokens(String.fromCharCode(code), toAlphabet);
  for (const a of letters) for (const b of letters) for (const c of letters) yield a + b + c;
  for (const a of letters) {
    for (const b of letters) for (const c of letters) for (const d of letters) yield a + b + c + d;
  }
}

/** A character of three bytes: its first two bytes, then all three. */
function* characterTokens(char: string, toAlphabet: (text: string) => string): Generator<string> {
  const bytes = toAlphabet(char);
  yield bytes.slice(0, 2);
  yield bytes;
}

/** Text → its UTF-8 bytes in the byte alphabet. */
function alphabetEncoder(): (text: string) => string {
  const charOf = new Map(byteAlphabet().map((char, id) => [byteOfId(id), char]));
  const encoder = new TextEncoder();
  return (text) => Array.from(encoder.encode(text), (byte) => charOf.get(byte)).join('');
}

/** The byte of a single-byte token: the inverse of the order of {@link byteAlphabet}. */
function byteOfId(id: number): number {
  const printable = [...range(33, 127), ...range(161, 173), ...range(174, 256)];
  if (id < printable.length) return printable[id];
  return range(0, 256).filter((byte) => !printable.includes(byte))[id - printable.length];
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}
