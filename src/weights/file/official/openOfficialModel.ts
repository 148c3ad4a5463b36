// Opens an original repository (safetensors, configuration, tokenizer) as the structure that openGguf returns.
import { AppError } from '../../../shared/errors';
import { digestHex } from '../../digest';
import type { GgufFile } from '../gguf';
import { guessFormat } from '../magic';
import type { GgufTensor, Metadata } from '../../types';
import { embedderMetadata, embedderName } from './embedderConfig';
import { eyesMetadata, eyesName, hasEyes } from './eyesConfig';
import { badConfig, configMetadata, textConfig, type Json } from './modelConfig';
import { baseName, missingFile, openShards, type RepositoryFile, type Shard, type WeightMap } from './shards';
import { ggufName } from './tensorNames';
import { tokenizerMetadata } from './tokenizerFiles';

export type { RepositoryFile } from './shards';

export interface OfficialOptions {
  /** Public name of the model, such as 'GLM-4-9B-Chat'; it determines the family. */
  name: string;
  /** Licence identifier of the model card, if any. */
  license?: string;
  /** q4: float matrices are quantised to INT4 during the import. none: they keep their type. Default q4. */
  quantize?: 'q4' | 'none';
  /** eyes: the image tower instead of the model that reads its rows. Default text. */
  part?: ModelPart;
}

/** A repository may hold a model and its eyes, which are stored apart. */
export type ModelPart = 'text' | 'eyes' | 'embedder';

const TAIL_BYTES = 64 * 1024;
/** tokenizer.json, the largest, is 20 MB. */
const MAX_SMALL_FILE_BYTES = 128 * 1024 * 1024;
/** Part of the model's identity: increment it when the quantizer's codes change. */
const QUANTIZER = 'q4 1';

/**
 * Opens an original repository: config.json, generation_config.json, the tokenizer's files, *.safetensors and their
 * index. Metadata and tensors get GGUF names, so that importer, planner and tokenizer work unchanged. Other files are
 * ignored. Reads the small files whole, and the headers and ends of the weight files.
 * @throws AppError missing-file, bad-safetensors, bad-config, file-truncated, missing-tensor, unsupported-architecture,
 *   unsupported-tokenizer, and what sources throw.
 */
export async function openOfficialModel(
  files: RepositoryFile[],
  options: OfficialOptions,
  signal?: AbortSignal,
): Promise<GgufFile> {
  const { name, license, quantize = 'q4', part = 'text' } = options;
  const small = await readSmallFiles(files, signal);
  const config = small.json('config.json');
  if (!config) throw missingFile('config.json');
  const general = generalMetadata(config, name, license);
  const index = small.json('model.safetensors.index.json');
  const weights = files.filter((file) => /\.safetensors$/i.test(file.name));
  if (weights.length === 0) throw missingFile('model.safetensors');
  const { shards, tensors: original } = await openShards(weights, index && weightMap(index), signal);
  const shardDigests = await Promise.all(shards.map((shard) => digestShard(shard, signal)));
  const totalBytes = shards.reduce((sum, { fileBytes }) => sum + fileBytes, small.totalBytes);
  const digests = [...shardDigests, ...small.digests, ...(quantize === 'q4' ? [QUANTIZER] : [])];
  const common = { totalBytes, quantize: quantize === 'q4' ? ('q4' as const) : undefined };
  if (part === 'eyes') {
    if (!hasEyes(config)) throw missingTensor('the image tower');
    const eyes = eyesMetadata(config, small.json('preprocessor_config.json'));
    return {
      ...common,
      metadata: { ...general, ...eyes },
      tensors: renamed(original, eyesName),
      digests: [...digests, part],
    };
  }
  if (part === 'embedder') {
    const embedder = embedderMetadata(config, small.json('tokenizer.json'));
    return {
      ...common,
      metadata: { ...general, ...embedder },
      tensors: renamed(original, embedderName),
      digests,
    };
  }
  const metadata: Metadata = { ...general, ...configMetadata(config) };
  if (hasEyes(config)) metadata[EYES_BESIDE] = true;
  const tensors = renamed(original, ggufNameUpTo(Number(textConfig(config).num_hidden_layers ?? Infinity)));
  const embedding = tensors.get('token_embd.weight');
  if (!embedding) throw missingTensor('the embedding');
  if (!tensors.has('output.weight') && !headIsTied(config)) throw missingTensor('the output head');
  const tokenizer = tokenizerMetadata(
    {
      config: textConfig(config),
      ranks: small.bytes('tokenizer.model'),
      tokenizer: small.json('tokenizer.json'),
      tokenizerConfig: small.json('tokenizer_config.json'),
      generationConfig: small.json('generation_config.json'),
      chatTemplate: small.text('chat_template.jinja'),
    },
    {
      vocabSize: embedding.shape[0],
      pre: metadata['general.architecture'] === 'glm4' ? 'glm4' : 'chatglm-bpe',
    },
  );
  return { ...common, metadata: { ...metadata, ...tokenizer }, tensors, digests };
}

/** A key of ours: the repository of a text model also holds its eyes. */
export const EYES_BESIDE = 'general.eyes_beside';

/** Without the layers behind the model's own, which predict tokens further ahead. */
const ggufNameUpTo =
  (numLayers: number) =>
  (name: string): string | undefined => {
    const layer = /^model\.language_model\.layers\.(\d+)\./.exec(name)?.[1];
    return layer !== undefined && Number(layer) >= numLayers ? undefined : ggufName(name);
  };

/** The `general.*` keys. The basename is the makers' own name for the model; it determines the family as well. */
function generalMetadata(config: Json, name: string, license?: string): Metadata {
  const origin = typeof config._name_or_path === 'string' ? baseName(config._name_or_path) : '';
  return {
    'general.name': name,
    ...(origin && { 'general.basename': origin }),
    ...(license && { 'general.license': license }),
  };
}

/** Whether the output head is tied to the embedding. Without a head it is, unless the configuration says otherwise. */
function headIsTied({ model_type: type, tie_word_embeddings: tied }: Json): boolean {
  return tied === true || (tied !== false && type !== 'chatglm');
}

function renamed(
  original: Map<string, GgufTensor>,
  nameOf: (name: string) => string | undefined,
): Map<string, GgufTensor> {
  const tensors = new Map<string, GgufTensor>();
  for (const tensor of original.values()) {
    const name = nameOf(tensor.name);
    if (name) tensors.set(name, { ...tensor, name });
  }
  return tensors;
}

function weightMap({ weight_map: map }: Json): WeightMap {
  const name = 'model.safetensors.index.json';
  if (typeof map !== 'object' || map === null || Object.values(map).some((file) => typeof file !== 'string'))
    throw badConfig(name, 'it has no weight_map');
  return map as WeightMap;
}

function missingTensor(what: string): AppError {
  const message = `The files lack ${what}. They are not a complete model of this architecture.`;
  return new AppError('missing-tensor', message, { tensor: what });
}

const SMALL_FILES = [
  'config.json', 'generation_config.json', 'model.safetensors.index.json', 'tokenizer.model', 'tokenizer.json',
  'tokenizer_config.json', 'chat_template.jinja', 'preprocessor_config.json',
]; // prettier-ignore

interface SmallFiles {
  bytes(name: string): Uint8Array | undefined;
  text(name: string): string | undefined;
  /** @throws AppError 'bad-config' when it is not JSON. */
  json(name: string): Json | undefined;
  totalBytes: number;
  digests: string[];
}

/** Reads configuration and tokenizer whole. tokenizer.model and tokenizer.json are equivalent: one of them suffices. */
async function readSmallFiles(files: RepositoryFile[], signal?: AbortSignal): Promise<SmallFiles> {
  const found = SMALL_FILES.flatMap((name) => files.find((file) => baseName(file.name) === name) ?? []);
  const read = new Map(
    await Promise.all(
      found.map(async ({ name, source }): Promise<[string, Uint8Array<ArrayBuffer>]> => {
        const length = await source.byteLength(signal);
        if (length > MAX_SMALL_FILE_BYTES) throw badConfig(name, `${length} bytes are no text of this kind`);
        return [baseName(name), await source.read(0, length, signal)];
      }),
    ),
  );
  const bytes = (name: string): Uint8Array | undefined => read.get(name);
  const text = (name: string): string | undefined => {
    const content = read.get(name);
    return content && new TextDecoder().decode(content);
  };
  return {
    bytes,
    text,
    json(name) {
      const content = text(name);
      return content === undefined ? undefined : parseJson(name, content);
    },
    totalBytes: [...read.values()].reduce((sum, { length }) => sum + length, 0),
    digests: await Promise.all([...read.values()].map(digestHex)),
  };
}

function parseJson(name: string, content: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    const guess = guessFormat(new TextEncoder().encode(content.slice(0, 256)));
    throw badConfig(name, `it is not JSON${guess && guess !== 'JSON' ? ` but ${guess}` : ''}`, error);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw badConfig(name, 'it is not a JSON object');
}

/** Digest of header and tail, as for a GGUF: fine-tunes of one model have identical headers. */
async function digestShard({ source, headerBytes, fileBytes }: Shard, signal?: AbortSignal): Promise<string> {
  const tailBytes = Math.min(TAIL_BYTES, fileBytes);
  const tail = await source.read(fileBytes - tailBytes, tailBytes, signal);
  return (await digestHex(headerBytes)) + (await digestHex(tail));
}
