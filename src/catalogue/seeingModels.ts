// Models that see pictures. Sources: the file lists of the GGUF repositories named below; parameters as transformers counts
// them on the published configurations. docs/pictures.md says why GLM-4V-9B and CogVLM2 are not among them.
import { Q4_K_M_SPLIT_MIX, Q8_0_MIX } from './packing';
import type { CatalogueEyes, CatalogueModel, Text } from './types';
import { gguf, NINE_B, OCR, official } from './variants';

const LANGUAGES: Text = { en: 'Chinese, English', zh: '中文、英文' };
/** Text half of GLM-4.1V and its relatives. */
const PARAMETERS_9B = 9_400_279_040;
const SHAPE_9B = { numLayers: 24, hiddenSize: 1536, ffnSize: 4096, mergerSize: 13696, outSize: 4096 };

/** The eyes of the 9B models: tower 682 million parameters, merger 210 million. */
const eyes9b = (facts: Omit<CatalogueEyes, 'parameters' | 'shape'>): CatalogueEyes => ({
  parameters: 892_498_432,
  shape: SHAPE_9B,
  ...facts,
});

const original9b = (repo: string) =>
  official(NINE_B, {
    repo,
    parameters: PARAMETERS_9B,
    shards: 4,
    tokenizer: 'tokenizer.json',
    unverified: 'number of shards; name on ModelScope',
  });

/** In suggestion order. */
export const SEEING_MODELS: readonly CatalogueModel[] = [
  {
    id: 'glm-4.6v-flash',
    name: 'GLM-4.6V-Flash',
    parameters: PARAMETERS_9B,
    shape: NINE_B,
    trainedContextTokens: 131_072,
    languages: LANGUAGES,
    licence: 'mit',
    goodFor: {
      en: 'Photos, charts and screenshots; chat and reasoning, the newest model of this size',
      zh: '照片、图表与截图；对话与推理，同尺寸中最新的模型',
    },
    thinks: true,
    specialist: true,
    eyes: eyes9b({
      repo: 'ggml-org/GLM-4.6V-Flash-GGUF',
      file: 'mmproj-GLM-4.6V-Flash-Q8_0.gguf',
      downloadBytes: 980_055_680,
      approximateSize: false,
    }),
    variants: [
      gguf(NINE_B, {
        id: 'q4_k_m',
        label: 'Q4_K_M',
        downloadBytes: 6_166_577_888,
        approximateSize: false,
        repos: { huggingface: 'ggml-org/GLM-4.6V-Flash-GGUF' },
        files: ['GLM-4.6V-Flash-Q4_K_M.gguf'],
        mix: Q4_K_M_SPLIT_MIX,
        recommended: true,
      }),
      original9b('GLM-4.6V-Flash'),
    ],
  },
  {
    id: 'glm-ocr',
    name: 'GLM-OCR',
    parameters: 673_285_632,
    shape: OCR,
    trainedContextTokens: 131_072,
    languages: LANGUAGES,
    licence: 'mit',
    goodFor: {
      en: 'Reading scanned pages, tables and formulas, on any laptop',
      zh: '识读扫描页、表格与公式，普通笔记本即可',
    },
    specialist: true,
    eyes: {
      parameters: 434_120_192,
      shape: { numLayers: 24, hiddenSize: 1024, ffnSize: 4096, mergerSize: 4608, outSize: 1536 },
      repo: 'ggml-org/GLM-OCR-GGUF',
      file: 'mmproj-GLM-OCR-Q8_0.gguf',
      downloadBytes: 484_403_648,
      approximateSize: false,
    },
    variants: [
      gguf(OCR, {
        id: 'q8_0',
        label: 'Q8_0',
        downloadBytes: 950_433_408,
        approximateSize: false,
        repos: { huggingface: 'ggml-org/GLM-OCR-GGUF' },
        files: ['GLM-OCR-Q8_0.gguf'],
        mix: Q8_0_MIX,
        recommended: true,
      }),
      official(OCR, {
        repo: 'GLM-OCR',
        parameters: 673_285_632,
        shards: 1,
        tokenizer: 'tokenizer.json',
        unverified: 'number of shards; name on ModelScope',
      }),
    ],
  },
  {
    id: 'glm-4.1v-9b-thinking',
    name: 'GLM-4.1V-9B-Thinking',
    parameters: PARAMETERS_9B,
    shape: NINE_B,
    trainedContextTokens: 65_536,
    languages: LANGUAGES,
    licence: 'mit',
    goodFor: {
      en: 'Questions about pictures that need reasoning; it always thinks first',
      zh: '需要推理的看图问题；总是先思考',
    },
    thinks: true,
    specialist: true,
    eyes: eyes9b({
      repo: 'unsloth/GLM-4.1V-9B-Thinking-GGUF',
      file: 'mmproj-F16.gguf',
      downloadBytes: 1.79e9,
      approximateSize: true,
      unverified: 'name of the file',
    }),
    variants: [
      gguf(NINE_B, {
        id: 'q4_k_m',
        label: 'Q4_K_M',
        downloadBytes: 6.17e9,
        approximateSize: true,
        repos: { huggingface: 'unsloth/GLM-4.1V-9B-Thinking-GGUF' },
        files: ['GLM-4.1V-9B-Thinking-Q4_K_M.gguf'],
        mix: Q4_K_M_SPLIT_MIX,
        recommended: true,
        unverified: 'name of the file',
      }),
      original9b('GLM-4.1V-9B-Thinking'),
    ],
  },
  {
    id: 'autoglm-phone-9b',
    name: 'AutoGLM-Phone-9B',
    parameters: PARAMETERS_9B,
    shape: NINE_B,
    trainedContextTokens: 65_536,
    languages: LANGUAGES,
    licence: 'model-card',
    goodFor: {
      en: 'Says where to tap on a picture of a phone’s screen',
      zh: '看手机截图，指出该点哪里',
    },
    specialist: true,
    eyes: eyes9b({
      repo: 'ggml-org/AutoGLM-Phone-9B-GGUF',
      file: 'mmproj-AutoGLM-Phone-9B-Q8_0.gguf',
      downloadBytes: 0.98e9,
      approximateSize: true,
      unverified: 'name of the file',
    }),
    variants: [
      gguf(NINE_B, {
        id: 'q4_k_m',
        label: 'Q4_K_M',
        downloadBytes: 6.17e9,
        approximateSize: true,
        repos: { huggingface: 'ggml-org/AutoGLM-Phone-9B-GGUF' },
        files: ['AutoGLM-Phone-9B-Q4_K_M.gguf'],
        mix: Q4_K_M_SPLIT_MIX,
        recommended: true,
        unverified: 'name of the file',
      }),
      original9b('AutoGLM-Phone-9B'),
    ],
  },
];
