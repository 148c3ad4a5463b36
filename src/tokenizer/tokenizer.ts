// GLM-4's tokenizer, built from the vocabulary in a GGUF file: byte-level BPE as in tiktoken.
import { AppError } from '../shared/errors';
import type { Metadata } from '../weights/types';
import { spellBytes, unspellBytes } from '../shared/byteAlphabet';
import { bytePairMerge } from './bytePairMerge';
import type { PairPriority } from './bytePairMerge';
import { pretokenize } from './pretokenize';
import { badMetadata, mergesFollowRanks, readMerges, readVocabulary } from './vocabulary';
import type { Vocabulary } from './vocabulary';

/** Text to token ids and back. */
export interface Tokenizer {
  /** Rows of the embedding, including padding. */
  readonly vocabSize: number;
  /** First padding id: the sampler masks ids from here on. */
  readonly numRealTokens: number;
  /** Ids of a text. Never returns a special token: a typed `<|user|>` is split into ordinary tokens. */
  encode(text: string): number[];
  /** UTF-8 bytes of tokens. Special tokens decode to nothing; markup such as `<think>` decodes to its name. */
  decodeBytes(ids: Iterable<number>): Uint8Array;
  /** {@link decodeBytes} as text; invalid UTF-8 becomes U+FFFD. For streams use createIncrementalDecoder. */
  decode(ids: Iterable<number>): string;
  /** Id of a control or markup token by its name: `<|user|>`. */
  specialId(name: string): number | undefined;
  /** Names of all control and markup tokens. */
  readonly specialNames: readonly string[];
  /** True for every id that encode never returns: control, markup, padding. */
  isSpecial(id: number): boolean;
  /** One token for display: its text, or the name of a special token. */
  tokenText(id: number): string;
}

export interface TokenizerOptions {
  /**
   * Whether a piece that is itself a token becomes that token even if no sequence of merges produces it, as in
   * tiktoken and with `ignore_merges` in GLM-4's tokenizer.json. False behaves as llama.cpp, where " 王" (one token of
   * GLM-4) takes three. Default: true for the published GLM vocabularies, whose models were trained on tiktoken's
   * tokens; false for other vocabularies and for a merge list that differs from the ranks.
   */
  wholePieces?: boolean;
}

/** Fewer rows than any published vocabulary: GLM-Edge has 59,264, GLM-4 151,552. */
const PUBLISHED_VOCABULARY = 59_000;
/** Longest cached piece, and number of cached pieces: words recur, base64 does not. */
const CACHED_PIECE_CHARS = 64;
const CACHED_PIECES = 16_384;

/** True if the file's merges can be dropped because its ranks imply them. False if it has none. */
export function mergesAreRedundant(metadata: Metadata): boolean {
  const merges = readMerges(metadata);
  return merges !== undefined && mergesFollowRanks(readVocabulary(metadata), merges);
}

/**
 * The tokenizer of a file. A merge list that differs from the ranks takes precedence over them.
 * @throws AppError 'unsupported-tokenizer', 'bad-metadata'.
 */
export function createTokenizer(metadata: Metadata, options: TokenizerOptions = {}): Tokenizer {
  const vocabulary = readVocabulary(metadata);
  const { tokens, kinds, ranks } = vocabulary;
  const merges = readMerges(metadata);
  const byRank = merges === undefined || mergesFollowRanks(vocabulary, merges);
  const { wholePieces = byRank && tokens.length >= PUBLISHED_VOCABULARY } = options;
  const pairPriority = byRank ? rankPriority(vocabulary) : listPriority(vocabulary, merges);
  const encoder = new TextEncoder(); // turns a lone surrogate into U+FFFD
  const pieceIds = new Map<string, readonly number[]>();
  const specialIds = new Map<string, number>();
  kinds.forEach((kind, id) => {
    if (kind === 'control' || kind === 'markup') specialIds.set(tokens[id], id);
  });

  function encodePiece(text: string): readonly number[] {
    const known = pieceIds.get(text);
    if (known) return known;
    const piece = spellBytes(encoder.encode(text));
    const whole = wholePieces ? ranks.get(piece) : undefined;
    const ids =
      whole === undefined ? bytePairMerge(piece, pairPriority).map((symbol) => ranks.get(symbol)!) : [whole];
    if (text.length <= CACHED_PIECE_CHARS) {
      if (pieceIds.size === CACHED_PIECES) pieceIds.clear();
      pieceIds.set(text, ids);
    }
    return ids;
  }

  function bytesOf(id: number): Uint8Array {
    checkId(id);
    if (kinds[id] === 'control' || kinds[id] === 'padding') return new Uint8Array();
    const spelled = kinds[id] === 'text' ? unspellBytes(tokens[id]) : undefined;
    return spelled ?? encoder.encode(tokens[id]); // not in the byte alphabet: a literal token
  }

  function checkId(id: number): void {
    if (id in tokens) return;
    throw new AppError('bug', `Token ${id} is outside the vocabulary of ${tokens.length}.`, { id });
  }

  function decodeBytes(ids: Iterable<number>): Uint8Array {
    const chunks = Array.from(ids, bytesOf);
    const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    return bytes;
  }

  function decode(ids: Iterable<number>): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(decodeBytes(ids)); // keeps U+FEFF as text
  }

  return {
    vocabSize: tokens.length,
    numRealTokens: tokens.length - [...kinds].reverse().findIndex((kind) => kind !== 'padding'),
    encode(text) {
      const ids: number[] = [];
      for (const piece of pretokenize(text)) {
        for (const id of encodePiece(piece)) ids.push(id);
      }
      return ids;
    },
    decodeBytes,
    decode,
    specialId: (name) => specialIds.get(name),
    specialNames: [...specialIds.keys()],
    isSpecial(id) {
      checkId(id);
      return kinds[id] !== 'text';
    },
    tokenText(id) {
      checkId(id);
      return kinds[id] === 'text' ? decode([id]) : tokens[id];
    },
  };
}

/** Tiktoken order: the pair with the lowest resulting id goes first; splits of one token are ordered by left part. */
function rankPriority({ tokens, ranks }: Vocabulary): PairPriority {
  const longest = longestToken(ranks);
  return (piece, start, middle, end) => {
    if (end - start > longest) return Infinity;
    const rank = ranks.get(piece.slice(start, end));
    return rank === undefined ? Infinity : rank * tokens.length + ranks.get(piece.slice(start, middle))!;
  };
}

/** Merge-list order: the pair listed first goes first. */
function listPriority({ ranks }: Vocabulary, merges: readonly string[]): PairPriority {
  const longest = longestToken(ranks);
  const order = new Map<string, number>();
  merges.forEach((merge, index) => {
    const parts = merge.split(' ');
    if (parts.length !== 2) return; // some conversions list tokens of three or more parts; pairs cannot produce those
    if (![...parts, parts.join('')].every((part) => ranks.has(part))) {
      throw badMetadata('tokenizer.ggml.merges', `entry ${index} ("${merge}") is not of tokens`);
    }
    if (!order.has(merge)) order.set(merge, index);
  });
  return (piece, start, middle, end) => {
    if (end - start > longest) return Infinity;
    return order.get(`${piece.slice(start, middle)} ${piece.slice(middle, end)}`) ?? Infinity;
  };
}

function longestToken(ranks: ReadonlyMap<string, number>): number {
  let longest = 0;
  for (const token of ranks.keys()) longest = Math.max(longest, token.length);
  return longest;
}
