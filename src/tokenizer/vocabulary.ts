// Reads the vocabulary of a GGUF file and classifies its ids: text, control, markup, padding.
import { AppError } from '../shared/errors';
import type { Metadata } from '../weights/types';
import { charOfByte } from '../shared/byteAlphabet';

const SUPPORTED_MODEL = 'gpt2';
/** Two names of the same pre-tokenizer, from 2024 and 2025 conversions. */
const SUPPORTED_PRE = ['chatglm-bpe', 'glm4'];

/** GLM-4's control tokens, in id order after the ordinary tokens. */
const GLM_CONTROL_TOKENS: readonly string[] = [
  '<|endoftext|>', '[MASK]', '[gMASK]', '[sMASK]', '<sop>', '<eop>', '<|system|>', '<|user|>', '<|assistant|>',
  '<|observation|>', '<|begin_of_image|>', '<|end_of_image|>', '<|begin_of_video|>', '<|end_of_video|>',
]; // prettier-ignore

/** llama.cpp's llama_token_type, the values of `tokenizer.ggml.token_type`. */
const TokenType = { unknown: 2, control: 3, userDefined: 4, unused: 5 } as const;

export type TokenKind =
  | 'text' // produced by byte-pair encoding
  | 'control' // role and frame tokens, without text
  | 'markup' // user-defined words such as <think>: one id, with visible text
  | 'padding'; // unused rows of the embedding; never an output

/** A vocabulary, indexed by id. */
export interface Vocabulary {
  /** Spelt as in the file: text tokens in the byte alphabet, the others literally. */
  tokens: readonly string[];
  kinds: readonly TokenKind[];
  /** Ids of the text tokens by spelling. The id is the merge rank, as in tiktoken. */
  ranks: ReadonlyMap<string, number>;
}

/**
 * Reads the vocabulary of a file.
 * @throws AppError 'unsupported-tokenizer' for another kind, 'bad-metadata' for missing or inconsistent arrays.
 */
export function readVocabulary(metadata: Metadata): Vocabulary {
  const model = String(metadata['tokenizer.ggml.model'] ?? 'none');
  const pre = String(metadata['tokenizer.ggml.pre'] ?? 'none');
  if (model !== SUPPORTED_MODEL || !SUPPORTED_PRE.includes(pre)) {
    throw new AppError(
      'unsupported-tokenizer',
      `The file's tokenizer is "${model}" with pre-tokenizer "${pre}"; supported is "${SUPPORTED_MODEL}" with ` +
        `${SUPPORTED_PRE.map((name) => `"${name}"`).join(' or ')}. Choose a GGUF of the GLM-4 family.`,
      { model, pre, supported: SUPPORTED_PRE.join(', ') },
    );
  }
  const tokens = stringArray(metadata, 'tokenizer.ggml.tokens');
  const types = metadata['tokenizer.ggml.token_type'];
  if (!Array.isArray(types) || types.length !== tokens.length) {
    const found = Array.isArray(types) ? `${types.length} entries` : 'nothing';
    throw badMetadata('tokenizer.ggml.token_type', `${found} for ${tokens.length} tokens`);
  }
  const kinds = tokens.map((token, id) => kindOf(token, Number(types[id])));
  const ranks = new Map<string, number>();
  tokens.forEach((token, id) => {
    if (kinds[id] === 'text') ranks.set(token, id);
  });
  for (let byte = 0; byte < 0xf5; byte++) {
    if (byte === 0xc0 || byte === 0xc1) continue; // these and 0xF5–0xFF never occur in UTF-8
    if (!ranks.has(charOfByte(byte))) {
      throw badMetadata('tokenizer.ggml.tokens', `no token for the byte 0x${byte.toString(16)}`);
    }
  }
  return { tokens, kinds, ranks };
}

function kindOf(token: string, type: number): TokenKind {
  // The name is checked too: conversions differ in the types they assign to padding and added tokens.
  if (type === TokenType.unused || /^\[PAD\d+\]$/.test(token)) return 'padding';
  if (type === TokenType.control || type === TokenType.unknown || GLM_CONTROL_TOKENS.includes(token))
    return 'control';
  if (type === TokenType.userDefined) return /^<\|.*\|>$/.test(token) ? 'control' : 'markup';
  return 'text';
}

/** `tokenizer.ggml.merges`, or undefined when the file has none. */
export function readMerges(metadata: Metadata): string[] | undefined {
  const key = 'tokenizer.ggml.merges';
  return metadata[key] === undefined ? undefined : stringArray(metadata, key);
}

/**
 * True if the ranks imply the merge list: every split of every token into two tokens, ordered by id of the token, then
 * by id of its left part (the order of Hugging Face's tiktoken converter). True for GLM-4's 318,088 merges.
 */
export function mergesFollowRanks({ tokens, kinds, ranks }: Vocabulary, merges: readonly string[]): boolean {
  let next = 0;
  for (let id = 0; id < tokens.length; id++) {
    if (kinds[id] !== 'text') continue;
    const token = tokens[id];
    const first = next;
    for (let previousRank = -1; next < merges.length; next++) {
      const merge = merges[next];
      const middle = merge.indexOf(' ');
      const left = merge.slice(0, middle);
      if (
        merge.length !== token.length + 1 ||
        !token.startsWith(left) ||
        !token.endsWith(merge.slice(middle + 1))
      )
        break;
      const rank = ranks.get(left);
      if (rank === undefined || rank <= previousRank) return false;
      previousRank = rank;
    }
    if (next - first !== countSplits(token, ranks)) return false;
  }
  return next === merges.length;
}

/** Number of ways to split a token into two tokens. */
function countSplits(token: string, ranks: Vocabulary['ranks']): number {
  let count = 0;
  for (let middle = 1; middle < token.length; middle++) {
    if (ranks.has(token.slice(0, middle)) && ranks.has(token.slice(middle))) count++;
  }
  return count;
}

/** AppError 'bad-metadata' for one metadata key. */
export function badMetadata(key: string, why: string): AppError {
  return new AppError('bad-metadata', `The file's ${key} is unusable: ${why}. Choose another conversion.`, {
    key,
    why,
  });
}

function stringArray(metadata: Metadata, key: string): string[] {
  const value = metadata[key];
  if (!Array.isArray(value) || value.length === 0) throw badMetadata(key, 'the array is missing or empty');
  const strings = value.filter((entry) => typeof entry === 'string');
  if (strings.length !== value.length) throw badMetadata(key, 'not every entry is a string');
  return strings;
}
