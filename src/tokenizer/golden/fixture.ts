// A small vocabulary in GLM-4's layout: 256 bytes, merges in rank order, 14 control tokens, padding rows. The text
// tokens are in vocabulary.json, which scripts/oracle/tokenizer_train.py made.
import vocabulary from './vocabulary.json';

const CONTROL_TOKENS = [
  '<|endoftext|>', '[MASK]', '[gMASK]', '[sMASK]', '<sop>', '<eop>', '<|system|>', '<|user|>', '<|assistant|>',
  '<|observation|>', '<|begin_of_image|>', '<|end_of_image|>', '<|begin_of_video|>', '<|end_of_video|>',
]; // prettier-ignore
const ROW_MULTIPLE = 64;

/**
 * all: every split of every token, as a GLM-4 file has them. trained: the one split by which training found a token.
 * shuffled: those in another order, so that rank and list disagree.
 */
export type MergeStyle = 'all' | 'trained' | 'shuffled';

export interface FixtureMetadata {
  [key: string]: string | number | boolean | string[] | number[];
  'tokenizer.ggml.tokens': string[];
  'tokenizer.ggml.token_type': number[];
}

/** GGUF metadata of the fixture; without a style it has no merges. */
export function fixtureMetadata(style?: MergeStyle): FixtureMetadata {
  const text = vocabulary.tokens;
  const numReal = text.length + CONTROL_TOKENS.length;
  const numRows = Math.ceil((numReal + 1) / ROW_MULTIPLE) * ROW_MULTIPLE;
  const padding = Array.from({ length: numRows - numReal }, (_, i) => `[PAD${numReal + i}]`);
  const idOf = (name: string): number => text.length + CONTROL_TOKENS.indexOf(name);
  return {
    'general.architecture': 'chatglm',
    'general.name': 'tokenizer fixture',
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'chatglm-bpe',
    'tokenizer.ggml.tokens': [...text, ...CONTROL_TOKENS, ...padding],
    'tokenizer.ggml.token_type': [
      ...text.map(() => 1),
      ...CONTROL_TOKENS.map(() => 3),
      ...padding.map(() => 5),
    ],
    'tokenizer.ggml.eos_token_id': idOf('<|endoftext|>'),
    'tokenizer.ggml.eot_token_id': idOf('<|user|>'),
    'tokenizer.ggml.padding_token_id': idOf('<|endoftext|>'),
    'tokenizer.ggml.add_bos_token': false,
    ...(style && { 'tokenizer.ggml.merges': merges(style) }),
  };
}

function merges(style: MergeStyle): string[] {
  const { tokens, leftLengths } = vocabulary;
  if (style === 'all') return tokens.flatMap(allSplits);
  const trained = tokens.flatMap((token, id) => {
    const left = leftLengths[id];
    return left > 0 ? [`${token.slice(0, left)} ${token.slice(left)}`] : []; // 0: a byte, or a token no merge reaches
  });
  const STRIDE = 1201; // a prime that does not divide the length: visits every entry
  return style === 'trained' ? trained : trained.map((_, i) => trained[(i * STRIDE) % trained.length]);
}

const idOfToken = new Map(vocabulary.tokens.map((token, id) => [token, id]));

function allSplits(token: string): string[] {
  return Array.from({ length: token.length - 1 }, (_, i) => [token.slice(0, i + 1), token.slice(i + 1)])
    .filter((pair) => pair.every((part) => idOfToken.has(part)))
    .sort(([a], [b]) => idOfToken.get(a)! - idOfToken.get(b)!)
    .map((pair) => pair.join(' '));
}

/** Hash of a token sequence: 32-bit FNV-1a over the ids. */
export function hashIds(ids: ArrayLike<number>): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < ids.length; i++) hash = Math.imul(hash ^ ids[i], 0x01000193);
  return hash >>> 0;
}
