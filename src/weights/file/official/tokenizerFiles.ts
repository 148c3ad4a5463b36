// The tokenizer of an original repository → GGUF keys. THUDM repositories have tiktoken's ranks (tokenizer.model) and
// the special tokens in tokenizer_config.json; other repositories have both in tokenizer.json.
import { AppError } from '../../../shared/errors';
import { spellBytes } from '../../../shared/byteAlphabet';
import type { Metadata } from '../../types';
import { badConfig, type Json } from './modelConfig';
import { missingFile } from './shards';

export interface TokenizerFiles {
  /** tokenizer.model, as bytes. */
  ranks?: Uint8Array;
  /** tokenizer.json */
  tokenizer?: Json;
  /** tokenizer_config.json */
  tokenizerConfig?: Json;
  /** chat_template.jinja; newer repositories keep the template in this separate file. */
  chatTemplate?: string;
  /** config.json and generation_config.json */
  config: Json;
  generationConfig?: Json;
}

/** llama.cpp's llama_token_type. */
const TokenType = { normal: 1, control: 3, userDefined: 4, unused: 5 } as const;

interface Tokens {
  /** Token names by id; holes are embedding rows without a token. */
  names: string[];
  types: number[];
  merges?: string[];
}

/**
 * The `tokenizer.*` keys.
 * @param vocabSize rows of the embedding; rows without a token become padding.
 * @throws AppError missing-file, bad-config, unsupported-tokenizer.
 */
export function tokenizerMetadata(
  files: TokenizerFiles,
  { vocabSize, pre }: { vocabSize: number; pre: 'chatglm-bpe' | 'glm4' },
): Metadata {
  const tokens = readTokens(files);
  if (tokens.names.length > vocabSize)
    throw badConfig(
      'the tokenizer',
      `${tokens.names.length} tokens do not fit the ${vocabSize} rows of the embedding`,
    );
  for (let id = 0; id < vocabSize; id++) {
    tokens.names[id] ??= `[PAD${id}]`;
    tokens.types[id] ??= TokenType.unused;
  }
  const idOf = (name: string): number | undefined => {
    const id = tokens.names.indexOf(name);
    return id < 0 ? undefined : id;
  };
  const [eos = idOf('<|endoftext|>')] = endIds(files);
  const padding = files.config.pad_token_id;
  const metadata: Metadata = {
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': pre,
    'tokenizer.ggml.tokens': tokens.names,
    'tokenizer.ggml.token_type': tokens.types,
    'tokenizer.ggml.add_bos_token': false, // the chat template writes the prefix
  };
  const optional = {
    'tokenizer.ggml.merges': tokens.merges,
    'tokenizer.ggml.bos_token_id': idOf('[gMASK]'),
    'tokenizer.ggml.eos_token_id': eos,
    'tokenizer.ggml.eot_token_id': idOf('<|user|>'),
    'tokenizer.ggml.unknown_token_id': eos,
    'tokenizer.ggml.padding_token_id': typeof padding === 'number' ? padding : eos,
    'tokenizer.chat_template': chatTemplate(files),
  };
  for (const [key, value] of Object.entries(optional)) {
    if (value !== undefined) metadata[key] = value;
  }
  return metadata;
}

function readTokens({ ranks, tokenizer, tokenizerConfig }: TokenizerFiles): Tokens {
  const spelled = ranks && readRanks(ranks);
  const added = tokenizerConfig?.added_tokens_decoder as Json | undefined;
  if (spelled && added) {
    const types = new Array<number>(spelled.length).fill(TokenType.normal);
    const tokens = { names: spelled, types };
    for (const [id, entry] of Object.entries(added)) addToken(tokens, { id: Number(id), ...(entry as Json) });
    return tokens;
  }
  if (tokenizer) return readTokenizerJson(tokenizer);
  if (!ranks) throw missingFile('tokenizer.json');
  if (!spelled) throw unsupported('sentencepiece');
  throw missingFile('tokenizer_config.json'); // missing, or without special tokens
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Parses tiktoken's file, one token per line: base64 of its bytes, then its rank. Undefined for any other file. */
function readRanks(file: Uint8Array): string[] | undefined {
  const names: string[] = [];
  for (const line of new TextDecoder().decode(file).split('\n')) {
    if (line === '') continue;
    const [base64, rank] = line.split(' ');
    if (Number(rank) !== names.length || !BASE64.test(base64)) return undefined;
    names.push(spellBytes(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))));
  }
  return names.length ? names : undefined;
}

function readTokenizerJson({ model, added_tokens: added }: Json): Tokens {
  const { type, vocab, merges } = (model ?? {}) as Json;
  if (type !== 'BPE') throw unsupported(String(type ?? 'none'));
  if (typeof vocab !== 'object' || vocab === null || !Array.isArray(merges))
    throw badConfig('tokenizer.json', 'it has no vocabulary or no merges');
  const tokens: Tokens = { names: [], types: [] };
  for (const [name, id] of Object.entries(vocab as Record<string, unknown>)) {
    if (!isId(id)) throw badConfig('tokenizer.json', `the id of ${name} is ${String(id)}`);
    tokens.names[id] = name;
    tokens.types[id] = TokenType.normal;
  }
  for (const entry of Array.isArray(added) ? (added as (Json | null)[]) : []) addToken(tokens, entry);
  // "left right", or an array of two in newer files
  tokens.merges = merges.map((merge) => (Array.isArray(merge) ? merge.join(' ') : String(merge)));
  return tokens;
}

function addToken({ names, types }: Tokens, entry: Json | null): void {
  const { id, content, special } = entry ?? {};
  if (!isId(id) || typeof content !== 'string')
    throw badConfig('the tokenizer', `the added token ${JSON.stringify(content)} has the id ${String(id)}`);
  names[id] = content;
  types[id] = special === false ? TokenType.userDefined : TokenType.control;
}

/** Bounds ids by a vocabulary limit: a huge id in a malicious file would exhaust memory. */
function isId(id: unknown): id is number {
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < 2 ** 24;
}

function endIds({ config, generationConfig }: TokenizerFiles): number[] {
  const ids = [generationConfig?.eos_token_id ?? config.eos_token_id].flat();
  return ids.filter((id) => typeof id === 'number');
}

function chatTemplate({ chatTemplate: file, tokenizerConfig }: TokenizerFiles): string | undefined {
  const template = file ?? tokenizerConfig?.chat_template;
  if (typeof template === 'string') return template;
  if (!Array.isArray(template)) return undefined;
  const named = template as { name?: string; template?: string }[];
  return (named.find(({ name }) => name === 'default') ?? named[0])?.template;
}

function unsupported(model: string): AppError {
  const message = `The repository's tokenizer is "${model}"; supported is GLM-4's byte-level BPE. Choose a model of the GLM-4 family.`;
  return new AppError('unsupported-tokenizer', message, { model, pre: 'none', supported: 'BPE' });
}
