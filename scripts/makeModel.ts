// Writes a random GLM-4 with real width and vocabulary as a GGUF file, for tests of speed, memory and loading.
// The file streams to disk. Every 64 rows of a matrix come from another offset of a page of random blocks, so that a
// reader that confuses tiles is detected.
import { closeSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { glmMetadata, glmTensors, type GlmShape, type TypeRecipe } from '../src/testing/glmFile';
import { GGML_TYPES, ggufHeader, type GgufTensorInfo } from '../src/testing/gguf';
import { seeded } from '../src/testing/random';
import { randomBlocks } from '../src/testing/randomWeights';
import { SPECIAL_TOKENS } from '../src/testing/syntheticTokenizer';
import { randomVector, weightStd } from '../src/testing/tinyModel';
import { commandLine } from './commandLine';

/** Rows taken from one offset of the page: a tile of src/shared/weightLayout.ts. */
const TILE_ROWS = 64;
const MIN_PAGE_BLOCKS = 2 ** 15;
const WRITE_BYTES = 16 * 2 ** 20;
/** Ordinary tokens of glm-4-9b; special tokens and padding follow. */
const GLM4_ORDINARY_TOKENS = 151329;

const { values: options, refusal } = commandLine(
  `node scripts/run.mjs scripts/makeModel.ts --out FILE [--layers 2] [--type Q4_0] [--arch chatglm|glm4] [--seed 1]
    [--hidden 4096] [--heads 32] [--kv-heads 2] [--head-dim 128] [--ffn 13696] [--vocab 151552] [--context 131072]
    [--separate-qkv] [--tied-head]
Types: F32 F16 BF16 Q8_0 Q4_0 Q4_1 Q5_0 Q5_1 Q4_K Q5_K Q6_K, and Q4_K_M, llama.cpp's mixture.`,
  {
    out: { type: 'string' },
    layers: { type: 'string', default: '2' },
    type: { type: 'string', default: 'Q4_0' },
    arch: { type: 'string', default: 'chatglm' },
    seed: { type: 'string', default: '1' },
    hidden: { type: 'string', default: '4096' },
    heads: { type: 'string', default: '32' },
    'kv-heads': { type: 'string', default: '2' },
    'head-dim': { type: 'string', default: '128' },
    ffn: { type: 'string', default: '13696' },
    vocab: { type: 'string', default: '151552' },
    context: { type: 'string', default: '131072' },
    'separate-qkv': { type: 'boolean', default: false },
    'tied-head': { type: 'boolean', default: false },
  },
);

function isRecipe(type: string): type is TypeRecipe {
  return type in GGML_TYPES || type === 'Q4_K_M';
}

/** The shape of glm-4-9b-chat, or of GLM-4-9B-0414 with --arch glm4, unless options say otherwise. */
function shapeFromOptions(): GlmShape {
  const { arch } = options;
  if (arch !== 'chatglm' && arch !== 'glm4') throw refusal(`--arch is chatglm or glm4, not ${arch}`);
  const headDim = Number(options['head-dim']);
  const vocabSize = Number(options.vocab);
  return {
    architecture: arch,
    hiddenSize: Number(options.hidden),
    numHeads: Number(options.heads),
    numKvHeads: Number(options['kv-heads']),
    headDim,
    ropeDims: headDim / 2,
    ropeBase: arch === 'chatglm' ? 5e6 : 10000,
    rmsEps: arch === 'chatglm' ? 1.5625e-7 : 1e-5,
    ffnSize: Number(options.ffn),
    numLayers: Number(options.layers),
    vocabSize,
    numPadding: Math.max(5, vocabSize - GLM4_ORDINARY_TOKENS - SPECIAL_TOKENS.length),
    contextTokens: Number(options.context),
    separateQkv: options['separate-qkv'],
    qkvBias: true,
    tiedHead: options['tied-head'],
  };
}

/** Appends to a file in large pieces. */
class FileWriter {
  private readonly buffer = new Uint8Array(WRITE_BYTES);
  private used = 0;
  constructor(private readonly fd: number) {}

  write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const piece = bytes.subarray(from, from + WRITE_BYTES - this.used);
      this.buffer.set(piece, this.used);
      this.used += piece.length;
      from += piece.length;
      if (this.used === WRITE_BYTES) this.flush();
    }
  }

  flush(): void {
    for (let from = 0; from < this.used;) from += writeSync(this.fd, this.buffer, from, this.used - from);
    this.used = 0;
  }
}

const shape = shapeFromOptions();
const seed = Number(options.seed);
/** Random blocks of one type and spread. */
interface Page {
  bytes: Uint8Array;
  numBlocks: number;
  /** Number of blocks used so far. */
  position: number;
}
const pages = new Map<string, Page>();

/** The page for a matrix, with at least as many blocks as the matrix has rows. */
function pageFor(info: GgufTensorInfo): Page {
  const std = weightStd(info, shape);
  const numBlocks = 2 ** Math.ceil(Math.log2(Math.max(info.shape[0], MIN_PAGE_BLOCKS)));
  const key = `${info.type} ${std} ${numBlocks}`;
  let page = pages.get(key);
  if (!page) {
    const bytes = randomBlocks(info.type, numBlocks, std, seeded(seed * 1000 + pages.size));
    page = { bytes, numBlocks, position: 0 };
    pages.set(key, page);
  }
  return page;
}

/**
 * Cycles through the page, shifted by one block per cycle, so that every row of a matrix starts at a different block.
 * Equal rows of the head would give equal logits.
 */
function writeMatrix(writer: FileWriter, info: GgufTensorInfo): void {
  const [rows, cols] = info.shape;
  const [, blockWeights, blockBytes] = GGML_TYPES[info.type];
  const page = pageFor(info);
  const rowBlocks = cols / blockWeights;
  for (let row = 0; row < rows; row += TILE_ROWS) {
    const blocks = Math.min(TILE_ROWS, rows - row) * rowBlocks;
    const round = Math.floor(page.position / page.numBlocks);
    let at = ((page.position + round) % page.numBlocks) * blockBytes;
    page.position += blocks;
    for (let left = blocks * blockBytes; left > 0; at = 0) {
      const piece = page.bytes.subarray(at, at + left);
      writer.write(piece);
      left -= piece.length;
    }
  }
}

const { out, type } = options;
if (!out) throw refusal('--out FILE is missing');
if (!isRecipe(type))
  throw refusal(`--type ${type} is not one of ${Object.keys(GGML_TYPES).join(' ')} Q4_K_M`);
const started = performance.now();
const tensors = glmTensors(shape, type);
const header = ggufHeader(glmMetadata(shape, type, `glm-4-9b-random-${shape.numLayers}-layers`), tensors);
const fd = openSync(out, 'w');
const writer = new FileWriter(fd);
writer.write(header.bytes);
tensors.forEach((info, i) => {
  if (info.shape.length === 1) writer.write(randomVector(info, seeded(seed * 1000 + 500 + i)));
  else writeMatrix(writer, info);
  const { paddedBytes, byteLength } = header.placements[i];
  writer.write(new Uint8Array(paddedBytes - byteLength));
});
writer.flush();
closeSync(fd);
const seconds = (performance.now() - started) / 1000;
console.log(
  `${basename(out)}: ${(header.totalBytes / 1e9).toFixed(3)} GB (header ${(header.bytes.length / 1e6).toFixed(1)} MB), ` +
    `${tensors.length} tensors, ${seconds.toFixed(1)} s, ${(header.totalBytes / 1e6 / seconds).toFixed(0)} MB/s`,
);
