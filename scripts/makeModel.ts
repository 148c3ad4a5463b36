// Writes a random GLM-4 with real width and vocabulary as a GGUF file, for tests of speed, memory and loading.
import { glmMetadata, glmTensors, type GlmShape, type TypeRecipe } from '../src/testing/glmFile';
import { GGML_TYPES } from '../src/testing/gguf';
import { SPECIAL_TOKENS } from '../src/testing/syntheticTokenizer';
import { weightStd } from '../src/testing/tinyModel';
import { commandLine } from './commandLine';
import { writeRandomFile } from './randomFile';

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

const shape = shapeFromOptions();
const seed = Number(options.seed);
const { out, type } = options;
if (!out) throw refusal('--out FILE is missing');
if (!isRecipe(type))
  throw refusal(`--type ${type} is not one of ${Object.keys(GGML_TYPES).join(' ')} Q4_K_M`);
const line = writeRandomFile({
  out,
  metadata: glmMetadata(shape, type, `glm-4-9b-random-${shape.numLayers}-layers`),
  tensors: glmTensors(shape, type),
  std: (info) => weightStd(info, shape),
  seed,
});
console.log(line);
