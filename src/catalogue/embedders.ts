// Embedding models, which make vectors of texts and answer no chat: apart from MODELS, and never suggested. Sources: the model card
// and config.json of the repository. The sizes of its files follow from its 117.7 million float32 weights; its listing has them exactly.
import { INT4_MIX } from './packing';
import type { CatalogueModel } from './types';

/** To download it: resolveModel() of hubs.ts, with `part: 'embedder'` on the source. */
export const E5_SMALL: CatalogueModel = {
  id: 'multilingual-e5-small',
  name: 'multilingual-e5-small',
  parameters: 117_653_760,
  shape: {
    numLayers: 12,
    hiddenSize: 384,
    numHeads: 12,
    numKvHeads: 12,
    headDim: 32,
    ffnSize: 1536,
    vocabSize: 250_037,
  },
  trainedContextTokens: 512,
  languages: { en: 'Chinese, English and 98 more', zh: '中文、英文及其他 98 种语言' },
  licence: 'mit',
  goodFor: {
    en: 'Search in an agent’s files by meaning, also across languages',
    zh: '按含义检索智能体的文件，可跨语言',
  },
  specialist: true,
  variants: [
    {
      id: 'official',
      label: 'F32 → INT4',
      kind: 'safetensors',
      downloadBytes: 488e6, // weights 471 MB, tokenizer.json 17 MB
      approximateSize: true,
      repos: { huggingface: 'intfloat/multilingual-e5-small', modelscope: 'intfloat/multilingual-e5-small' },
      files: ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'],
      mix: INT4_MIX,
      packedBytes: 67_081_728,
      decodeBytes: 0,
      recommended: true,
      unverified: 'name on ModelScope',
    },
  ],
};
