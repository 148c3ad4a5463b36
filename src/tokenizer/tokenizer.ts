// GLM-4's tokenizer, built from the vocabulary inside a GGUF file: byte-level BPE in tiktoken's manner.
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
  /** Rows of the embedding, padding included. */
  readonly vocabSize: number;
  /** Ids from here on are padding: the sampler masks them. */
  readonly numRealTokens: number;
  /** Ids of a text. Never a special token: a typed `<|user|>` becomes ordinary pieces. */
  encode(text: string): number[];
  /** UTF-8 bytes of tokens; special tokens have none, markup such as `<think>` its name. */
  decodeBytes(ids: Iterable<number>): Uint8Array;
  /** {@link decodeBytes} as text; what is not UTF-8 becomes U+FFFD. Streams want createIncrementalDecoder. */
  decode(ids: Iterable<number>): string;
  /** Id of a control or markup token by its name: `<|user|>`. */
  specialId(name: string): number | undefined;
  /** True for every id that encode never returns: control, markup, padding. */
  isSpecial(id: number): boolean;
  /** One token for people: its text, or the name of a special token. */
  tokenText(id: number): string;
}

export interface TokenizerOptions {
  /**
   * A piece that is itself a token is that token, even when no order of merges leads there: tiktoken, and
   * `ignore_merges` in GLM-4's tokenizer.json. False is llama.cpp, where " 王" (one token of GLM-4) takes three.
   * Default: true for the published GLM vocabularies, whose models were trained on tiktoken's tokens; false for
   * others and for a merge list of its own.
   */
  wholePieces?: boolean;
}

/** GLM-Edge has 59,264 rows, GLM-4 151,552. */
const PUBLISHED_VOCABULARY = 59_000;
/** Longest piece and number of pieces worth remembering: words come back, base64 does not. */
const CACHED_PIECE_CHARS = 64;
const CACHED_PIECES = 16_384;

/** True when the file's merges can be dropped because its ranks say the same. False when it has none. */
export function mergesAreRedundant(metadata: Metadata): boolean {
  const merges = readMerges(metadata);
  return merges !== undefined && mergesFollowRanks(readVocabulary(metadata), merges);
}

/**
 * The tokenizer of a file. A merge list that says something else than the ranks do wins over them.
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
    return spelled ?? encoder.encode(tokens[id]); // no letters of the byte alphabet: literal
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
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(decodeBytes(ids)); // a U+FEFF is text like any other
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

/** Tiktoken: the pair goes first whose result has the least id; two splits of one result go by their left part. */
function rankPriority({ tokens, ranks }: Vocabulary): PairPriority {
  const longest = longestToken(ranks);
  return (piece, start, middle, end) => {
    if (end - start > longest) return Infinity;
    const rank = ranks.get(piece.slice(start, end));
    return rank === undefined ? Infinity : rank * tokens.length + ranks.get(piece.slice(start, middle))!;
  };
}

/** A merge list: the pair goes first that stands first. */
function listPriority({ ranks }: Vocabulary, merges: readonly string[]): PairPriority {
  const longest = longestToken(ranks);
  const order = new Map<string, number>();
  merges.forEach((merge, index) => {
    const parts = merge.split(' ');
    if (parts.length !== 2) return; // some conversions list tokens of three parts and more; no pair makes those
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
