// Which member of the GLM-4 line a file is: the prompt it was trained on, its sampling defaults, its licence.
import type { LicenceId } from '../catalogue/types';
import { LICENCES } from '../catalogue/licences';
import type { SamplingParams } from '../protocol/chat';
import { SAMPLING_OFF } from '../shared/sampling';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Metadata } from '../weights/types';
import { PICTURE_FORMAT, seeingFamilyId, type PictureFormat, type SeeingFamilyId } from './seeingFamilies';

export type FamilyId = 'glm4' | 'glm4-0414' | 'glm-z1' | 'codegeex4' | 'glm-edge' | SeeingFamilyId;

/** How a family writes a chat; src/model/chatFormat.ts applies it. */
export interface PromptFormat {
  /** Special tokens in front of everything. */
  prefix: readonly string[];
  /** All system messages come first. */
  systemFirst: boolean;
  /** Between the tool name of an assistant turn and its line feed. */
  afterToolName: '' | ' ';
  /** Follows <|assistant|> in a generation prompt; '' lets the model write the rest of the header, a tool name or nothing. */
  answerStart: string;
  /** Ends a thought, where it is not the line `</think>`. */
  thoughtEnd?: string;
  /** How tools are described where the file's template does not: src/model/template/toolTexts.ts. */
  tools?: 'glm4' | 'functions';
  /** Missing: the model was made for text alone. */
  picture?: PictureFormat;
}

export interface ModelLicence {
  /** For the About page. */
  name: string;
  /** Sentence that the licence wants shown; '' when it wants none. */
  badge: string;
  url: string;
}

export interface ModelFamily {
  id: FamilyId;
  format: PromptFormat;
  /** Inserted when a chat has no system turn. */
  defaultSystem?: string;
  /** Answers open with reasoning that ends at </think>. */
  thinks: boolean;
  /** Recommended by the model's makers. */
  sampling: Omit<SamplingParams, 'seed'>;
  licence: ModelLicence;
}

/** GLM-Edge's matrix rows; no other member has as many. */
const EDGE_VOCAB_SIZE = 59_264;

const PREFIX = ['[gMASK]', '<sop>'];
const GLM4_FORMAT: PromptFormat = {
  prefix: PREFIX,
  systemFirst: false,
  afterToolName: '',
  answerStart: '',
  tools: 'glm4',
};

const GLM4_0414_FORMAT: PromptFormat = {
  ...GLM4_FORMAT,
  systemFirst: true,
  afterToolName: ' ',
  tools: 'functions',
};
const NO_TOOLS = { tools: undefined };
const SEEING_FORMAT: PromptFormat = {
  ...GLM4_0414_FORMAT,
  ...NO_TOOLS,
  answerStart: '\n',
  picture: PICTURE_FORMAT,
};

/** What of the catalogue's licence goes with a loaded model. */
function licence(id: LicenceId): ModelLicence {
  const { name, badge, url } = LICENCES[id];
  return { name, badge, url };
}

const FAMILIES: Record<FamilyId, ModelFamily> = {
  glm4: {
    id: 'glm4',
    format: GLM4_FORMAT,
    thinks: false,
    sampling: { ...SAMPLING_OFF, temperature: 0.8, topP: 0.8 }, // generation_config.json of glm-4-9b-chat
    licence: licence('glm-4'),
  },
  'glm4-0414': {
    id: 'glm4-0414',
    format: GLM4_0414_FORMAT,
    thinks: false,
    sampling: { ...SAMPLING_OFF, temperature: 0.6, topP: 0.8, repetitionPenalty: 1.2 }, // its trans_cli_demo.py
    licence: licence('mit'),
  },
  'glm-z1': {
    id: 'glm-z1',
    format: { ...GLM4_0414_FORMAT, answerStart: '\n<think>\n' },
    thinks: true,
    sampling: { ...SAMPLING_OFF, temperature: 0.6, topP: 0.95, topK: 40 }, // its model card
    licence: licence('mit'),
  },
  codegeex4: {
    id: 'codegeex4',
    format: { ...GLM4_FORMAT, ...NO_TOOLS, answerStart: '\n' },
    defaultSystem:
      '你是一位智能编程助手，你叫CodeGeeX。你会为用户回答关于编程、代码、计算机方面的任何问题，' +
      '并提供格式规范、可以执行、准确安全的代码，并在必要时提供详细的解释。',
    thinks: false,
    sampling: { ...SAMPLING_OFF, temperature: 0.2, topP: 0.95 }, // its interpreter demo
    licence: licence('codegeex4'),
  },
  'glm-edge': {
    id: 'glm-edge',
    format: { ...GLM4_FORMAT, ...NO_TOOLS, prefix: [], answerStart: '\n' },
    thinks: false,
    sampling: { ...SAMPLING_OFF, temperature: 0 }, // its README decodes greedily
    licence: licence('glm-edge'),
  },
  'glm-4.1v': {
    id: 'glm-4.1v',
    format: { ...SEEING_FORMAT, thoughtEnd: '</think><answer>' }, // GLM-V's README, where a budget is spent
    thinks: true,
    sampling: { ...SAMPLING_OFF, temperature: 0, repetitionPenalty: 1.1 }, // its scripts: top_k 1
    licence: licence('mit'),
  },
  'glm-4.6v': {
    id: 'glm-4.6v',
    format: SEEING_FORMAT,
    thinks: true,
    sampling: { ...SAMPLING_OFF, temperature: 0.8, topP: 0.6, topK: 2, repetitionPenalty: 1.1 }, // its README
    licence: licence('mit'),
  },
  'glm-ocr': {
    id: 'glm-ocr',
    format: { ...SEEING_FORMAT, picture: { ...PICTURE_FORMAT, maxTokens: 6144 } },
    thinks: false,
    sampling: { ...SAMPLING_OFF, temperature: 0 },
    licence: licence('mit'),
  },
  'autoglm-phone': {
    id: 'autoglm-phone',
    format: SEEING_FORMAT,
    thinks: false,
    sampling: { ...SAMPLING_OFF, temperature: 0 },
    licence: { name: 'AutoGLM-Phone-9B', badge: '', url: 'https://huggingface.co/zai-org/AutoGLM-Phone-9B' },
  },
};

/** The built-in model of this app. */
const NANO = /^\s*GLM[-_ ]Nano\b/i;

/** Models in glm-4-9b's format with settings of their own (LongWriter, LongCite: vllm_inference.py; Nano: training/). */
const FINE_TUNES: { name: RegExp; sampling: Partial<ModelFamily['sampling']>; licenceOfCode?: boolean }[] = [
  { name: /long-?writer/i, sampling: { temperature: 0.5, topP: 0.8, topK: 50 }, licenceOfCode: true },
  { name: /long-?cite/i, sampling: { temperature: 0.95, topP: 0.7 }, licenceOfCode: true },
  { name: NANO, sampling: { temperature: 0 } }, // a model this small is wrong when it strays from its best guess
];

/** The family of a file that an architecture of the GLM-4 line reads. */
export function modelFamily(metadata: Metadata): ModelFamily {
  const family = FAMILIES[familyId(metadata)];
  const name = modelName(metadata);
  const fineTune = FINE_TUNES.find((tune) => tune.name.test(name));
  const sampling = { ...family.sampling, ...fineTune?.sampling };
  // Trained without tools, unless the file's template has them.
  const format = fineTune ? { ...family.format, ...NO_TOOLS } : family.format;
  // Weights under an open licence want no sentence. (LongWriter and LongCite state the licence of their code.)
  const open = /^(mit|apache-2\.0)$/i.exec(text(metadata, 'general.license'));
  if (!open || !family.licence.badge || fineTune?.licenceOfCode) return { ...family, format, sampling };
  const url = text(metadata, 'general.license.link');
  return { ...family, format, sampling, licence: { name: open[0], badge: '', url } };
}

function familyId(metadata: Metadata): FamilyId {
  const architecture = text(metadata, 'general.architecture');
  const name = modelName(metadata);
  const template = text(metadata, 'tokenizer.chat_template');
  if (architecture === 'chatglm') {
    if (/codegeex/i.test(name) || template.includes('CodeGeeX')) return 'codegeex4';
    const tokens = metadata['tokenizer.ggml.tokens'];
    const vocabSize = Array.isArray(tokens) ? tokens.length : 0;
    return /glm[-_ ]?edge/i.test(name) || vocabSize === EDGE_VOCAB_SIZE ? 'glm-edge' : 'glm4';
  }
  if (NANO.test(name)) return 'glm4'; // its layout is GLM-4.6V's, its chats are glm-4-9b's
  const seeing = seeingFamilyId(metadata);
  if (seeing) return seeing;
  // Z1's template opens the reasoning in its generation prompt. GLM-4-0414's does not know the word.
  const generationPrompt = template.split('add_generation_prompt').at(-1) ?? '';
  return /\bz1\b/i.test(name.replaceAll('_', ' ')) || generationPrompt.includes('<think>')
    ? 'glm-z1'
    : 'glm4-0414';
}

/** Tokens that end a turn in every family; files often forget the last one, and tool calls would run on. */
const STOP_TOKENS = ['<|endoftext|>', '<|user|>', '<|observation|>'];

/** Ids that end an answer, ascending: those of the file and those of the chat format, but never <|assistant|>. */
export function stopIds(tokenizer: Pick<Tokenizer, 'specialId' | 'vocabSize'>, metadata: Metadata): number[] {
  const ids = new Set<number>();
  for (const key of ['tokenizer.ggml.eos_token_id', 'tokenizer.ggml.eot_token_id']) {
    const id = metadata[key];
    if (Number.isInteger(id) && Number(id) >= 0 && Number(id) < tokenizer.vocabSize) ids.add(Number(id));
  }
  for (const name of STOP_TOKENS) {
    const id = tokenizer.specialId(name);
    if (id !== undefined) ids.add(id);
  }
  const assistant = tokenizer.specialId('<|assistant|>'); // occurs inside a turn: text first, then a tool call
  if (assistant !== undefined) ids.delete(assistant);
  return [...ids].sort((a, b) => a - b);
}

function modelName(metadata: Metadata): string {
  return ['general.name', 'general.basename', 'general.finetune'].map((key) => text(metadata, key)).join(' ');
}

function text(metadata: Metadata, key: string): string {
  const value = metadata[key];
  return typeof value === 'string' ? value : '';
}
