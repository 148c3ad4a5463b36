// The models offered in the app. To add one: an entry of MODELS and, if needed, a licence. Sources: the model cards,
// config.json and file lists of the repositories named below, on huggingface.co. ModelScope's names are those of the
// makers' README files and of ms-swift. Sizes not flagged approximate come from published file lists.
import { SEEING_MODELS } from './seeingModels';
import { Q4_0_MIX, Q4_K_M_EDGE_MIX, Q4_K_M_MIX, Q4_K_M_SPLIT_MIX } from './packing';
import type { CatalogueModel, ModelVariant, Text } from './types';
import { EDGE_1_5B, EDGE_4B, gguf, MILLION, NINE_B, official } from './variants';

const BILINGUAL: Text = { en: 'Chinese, English', zh: '中文、英文' };
const MULTILINGUAL: Text = {
  en: 'Chinese, English and 24 more, among them Japanese, Korean and German',
  zh: '中文、英文及日、韩、德等共 26 种语言',
};

/** In suggestion order. */
export const MODELS: readonly CatalogueModel[] = [
  {
    id: 'glm-4-9b-chat',
    name: 'GLM-4-9B-Chat',
    parameters: 9_399_951_360,
    shape: NINE_B,
    trainedContextTokens: 131_072,
    languages: MULTILINGUAL,
    licence: 'glm-4',
    goodFor: {
      en: 'All-round chat, tools, long documents',
      zh: '通用对话、工具调用、长文档',
    },
    variants: [
      gguf(NINE_B, {
        id: 'q4_0',
        label: 'Q4_0',
        downloadBytes: 5.46e9,
        approximateSize: true,
        repos: { huggingface: 'second-state/glm-4-9b-chat-GGUF' },
        files: ['glm-4-9b-chat-Q4_0.gguf'],
        mix: Q4_0_MIX,
        recommended: true,
      }),
      gguf(NINE_B, {
        id: 'q4_k_m',
        label: 'Q4_K_M',
        downloadBytes: 6.25e9,
        approximateSize: true,
        repos: { huggingface: 'bartowski/glm-4-9b-chat-GGUF' },
        files: ['glm-4-9b-chat-Q4_K_M.gguf'],
        mix: Q4_K_M_MIX,
      }),
      official(NINE_B, {
        repo: 'glm-4-9b-chat',
        parameters: 9_399_951_360,
        shards: 10,
        tokenizer: 'tokenizer.model',
      }),
    ],
  },
  {
    id: 'glm-4-9b-0414',
    name: 'GLM-4-9B-0414',
    parameters: 9_400_279_040,
    shape: NINE_B,
    trainedContextTokens: 32_768,
    languages: BILINGUAL,
    licence: 'mit',
    goodFor: {
      en: 'Chat and code, the newer training; free licence',
      zh: '对话与代码，较新的训练；许可宽松',
    },
    variants: [
      gguf(NINE_B, {
        id: 'q4_k_m',
        label: 'Q4_K_M',
        downloadBytes: 6_166_574_464,
        approximateSize: false,
        repos: { huggingface: 'bartowski/THUDM_GLM-4-9B-0414-GGUF' },
        files: ['THUDM_GLM-4-9B-0414-Q4_K_M.gguf'],
        pins: {
          'THUDM_GLM-4-9B-0414-Q4_K_M.gguf': {
            bytes: 6_166_574_464,
            sha256: '2b95f0b88eca423bfb874c4f8e7b9574ec76acab2befd272076e8a8dce31216a',
          },
        },
        mix: Q4_K_M_SPLIT_MIX,
        recommended: true,
      }),
      official(NINE_B, {
        repo: 'GLM-4-9B-0414',
        parameters: 9_400_279_040,
        shards: 4,
        tokenizer: 'tokenizer.json',
        unverified: 'number of shards',
      }),
    ],
  },
  {
    id: 'glm-edge-4b-chat',
    name: 'GLM-Edge-4B-Chat',
    parameters: 4_327_984_128,
    shape: EDGE_4B,
    trainedContextTokens: 8192,
    languages: BILINGUAL,
    licence: 'glm-edge',
    goodFor: { en: 'Chat on laptops with little memory', zh: '适合内存较小的笔记本电脑' },
    variants: [
      gguf(EDGE_4B, {
        id: 'q4_k_m',
        label: 'Q4_K_M',
        downloadBytes: 2.63e9,
        approximateSize: true,
        repos: { huggingface: 'zai-org/glm-edge-4b-chat-gguf', modelscope: 'ZhipuAI/glm-edge-4b-chat-gguf' },
        files: ['ggml-model-Q4_K_M.gguf'],
        mix: Q4_K_M_EDGE_MIX,
        recommended: true,
      }),
      gguf(EDGE_4B, {
        id: 'q4_0',
        label: 'Q4_0',
        downloadBytes: 2.49e9,
        approximateSize: true,
        repos: { huggingface: 'zai-org/glm-edge-4b-chat-gguf', modelscope: 'ZhipuAI/glm-edge-4b-chat-gguf' },
        files: ['ggml-model-Q4_0.gguf'],
        mix: Q4_0_MIX,
      }),
      official(EDGE_4B, {
        repo: 'glm-edge-4b-chat',
        parameters: 4_327_984_128,
        shards: 2,
        tokenizer: 'tokenizer.json',
      }),
    ],
  },
  {
    id: 'glm-edge-1.5b-chat',
    name: 'GLM-Edge-1.5B-Chat',
    parameters: 1_593_427_968,
    shape: EDGE_1_5B,
    trainedContextTokens: 8192,
    languages: BILINGUAL,
    licence: 'glm-edge',
    goodFor: { en: 'Small laptops and old GPUs; short answers', zh: '小型笔记本与旧显卡；简短问答' },
    variants: [
      gguf(EDGE_1_5B, {
        id: 'q4_k_m',
        label: 'Q4_K_M',
        downloadBytes: 980_470_144,
        approximateSize: false,
        repos: {
          huggingface: 'zai-org/glm-edge-1.5b-chat-gguf',
          modelscope: 'ZhipuAI/glm-edge-1.5b-chat-gguf',
        },
        files: ['ggml-model-Q4_K_M.gguf'],
        mix: Q4_K_M_EDGE_MIX,
        recommended: true,
      }),
      gguf(EDGE_1_5B, {
        id: 'q4_0',
        label: 'Q4_0',
        downloadBytes: 0.931e9,
        approximateSize: true,
        repos: {
          huggingface: 'zai-org/glm-edge-1.5b-chat-gguf',
          modelscope: 'ZhipuAI/glm-edge-1.5b-chat-gguf',
        },
        files: ['ggml-model-Q4_0.gguf'],
        mix: Q4_0_MIX,
      }),
      official(EDGE_1_5B, {
        repo: 'glm-edge-1.5b-chat',
        parameters: 1_593_427_968,
        shards: 1,
        tokenizer: 'tokenizer.json',
      }),
    ],
  },
  {
    id: 'glm-z1-9b-0414',
    name: 'GLM-Z1-9B-0414',
    parameters: 9_400_279_040,
    shape: NINE_B,
    trainedContextTokens: 32_768,
    languages: BILINGUAL,
    licence: 'mit',
    goodFor: {
      en: 'Mathematics and logic: it reasons before it answers',
      zh: '数学与逻辑：先推理，再回答',
    },
    thinks: true,
    specialist: true,
    variants: [
      gguf(NINE_B, {
        id: 'q4_k_m',
        label: 'Q4_K_M',
        downloadBytes: 6.17e9,
        approximateSize: true,
        repos: { huggingface: 'bartowski/THUDM_GLM-Z1-9B-0414-GGUF' },
        files: ['THUDM_GLM-Z1-9B-0414-Q4_K_M.gguf'],
        mix: Q4_K_M_SPLIT_MIX,
        recommended: true,
      }),
      official(NINE_B, {
        repo: 'GLM-Z1-9B-0414',
        parameters: 9_400_279_040,
        shards: 4,
        tokenizer: 'tokenizer.json',
        unverified: 'number of shards',
      }),
    ],
  },
  {
    id: 'codegeex4-all-9b',
    name: 'CodeGeeX4-ALL-9B',
    parameters: 9_399_951_360,
    shape: NINE_B,
    trainedContextTokens: 131_072,
    languages: { en: 'Chinese, English; programming languages', zh: '中文、英文；各种编程语言' },
    licence: 'codegeex4',
    goodFor: { en: 'Writing and explaining code', zh: '编写与讲解代码' },
    specialist: true,
    variants: [
      gguf(NINE_B, {
        id: 'q4_k_m',
        label: 'Q4_K_M',
        downloadBytes: 6.25e9,
        approximateSize: true,
        repos: {
          huggingface: 'zai-org/codegeex4-all-9b-GGUF',
          modelscope: 'ZhipuAI/codegeex4-all-9b-GGUF',
        },
        files: ['codegeex4-all-9b-Q4_K_M.gguf'],
        mix: Q4_K_M_MIX,
        recommended: true,
      }),
      official(NINE_B, {
        repo: 'codegeex4-all-9b',
        parameters: 9_399_951_360,
        shards: 4,
        tokenizer: 'tokenizer.json',
      }),
    ],
  },
  {
    id: 'longwriter-glm4-9b',
    name: 'LongWriter-GLM4-9B',
    parameters: 9_399_951_360,
    shape: NINE_B,
    trainedContextTokens: 32_768, // the context of its inference script
    languages: BILINGUAL,
    licence: 'glm-4', // licence of its base model; the repository's own licence covers only its code
    goodFor: { en: 'Writing texts of ten thousand words', zh: '一次写出上万字的长文' },
    specialist: true,
    variants: [
      // No GGUF of this model is known: the app quantises the original weights.
      {
        ...official(NINE_B, {
          repo: 'LongWriter-glm4-9b',
          parameters: 9_399_951_360,
          shards: 4,
          tokenizer: 'tokenizer.model',
        }),
        recommended: true,
      },
    ],
  },
  {
    id: 'glm-4-9b-chat-1m',
    name: 'GLM-4-9B-Chat-1M',
    parameters: 9_483_857_920,
    shape: MILLION,
    trainedContextTokens: 1_048_576,
    languages: MULTILINGUAL,
    licence: 'glm-4',
    goodFor: {
      en: 'Very long documents, as far as the memory reaches: a token takes twice the cache',
      zh: '超长文档，视显存而定：每个 token 占用两倍缓存',
    },
    specialist: true,
    variants: [
      gguf(MILLION, {
        id: 'q4_0',
        label: 'Q4_0',
        downloadBytes: 5.52e9,
        approximateSize: true,
        repos: { huggingface: 'bartowski/glm-4-9b-chat-1m-GGUF' },
        files: ['glm-4-9b-chat-1m-Q4_0.gguf'],
        mix: Q4_0_MIX,
        recommended: true,
      }),
      gguf(MILLION, {
        id: 'q4_k_m',
        label: 'Q4_K_M',
        downloadBytes: 6.31e9,
        approximateSize: true,
        repos: { huggingface: 'bartowski/glm-4-9b-chat-1m-GGUF' },
        files: ['glm-4-9b-chat-1m-Q4_K_M.gguf'],
        mix: Q4_K_M_MIX,
      }),
      official(MILLION, {
        repo: 'glm-4-9b-chat-1m',
        parameters: 9_483_857_920,
        shards: 10,
        tokenizer: 'tokenizer.model',
      }),
    ],
  },
  ...SEEING_MODELS,
];

/** A model by its id; undefined when the catalogue has none. */
export function findModel(id: string): CatalogueModel | undefined {
  return MODELS.find((model) => model.id === id);
}

/** Whether the catalogue knows the content of every weight file, whichever source serves it. */
export function isPinned({ files, pins = {} }: ModelVariant): boolean {
  return files.every((name) => name in pins || !/\.(gguf|safetensors)$/.test(name));
}

/** The variant offered first. */
export function recommendedVariant(model: CatalogueModel): ModelVariant {
  return model.variants.find((variant) => variant.recommended) ?? model.variants[0];
}

/** The cache's origin of a catalogue model; identical for all hubs. */
export function originOfVariant(model: CatalogueModel, variant: ModelVariant): string {
  return `catalogue:${model.id}/${variant.id}`;
}

/** The inverse of {@link originOfVariant}; undefined for other origins. */
export function findByOrigin(origin: string): { model: CatalogueModel; variant: ModelVariant } | undefined {
  for (const model of MODELS) {
    for (const variant of model.variants) {
      if (originOfVariant(model, variant) === origin) return { model, variant };
    }
  }
  return undefined;
}
