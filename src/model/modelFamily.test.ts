import { describe, expect, it } from 'vitest';
import { fixtureMetadata } from '../tokenizer/golden/fixture';
import { createTokenizer } from '../tokenizer/tokenizer';
import { modelFamily, stopIds } from './modelFamily';

const tokenizer = createTokenizer(fixtureMetadata());
const id = (name: string): number => tokenizer.specialId(name)!;

describe('modelFamily', () => {
  it.each([
    ['chatglm', 'glm-4-9b-chat', '', 'glm4'],
    ['chatglm', 'Glm 4 9b Chat 1m', '', 'glm4'],
    ['chatglm', 'LongWriter-glm4-9b', '', 'glm4'],
    ['chatglm', '', '', 'glm4'],
    ['chatglm', 'codegeex4-all-9b', '', 'codegeex4'],
    ['chatglm', '', '<|system|>\n你是一位智能编程助手，你叫CodeGeeX。', 'codegeex4'],
    ['chatglm', 'glm-edge-1.5b-chat', '', 'glm-edge'],
    [
      'glm4',
      'GLM-4-9B-0414',
      '[gMASK]<sop>{% if add_generation_prompt %}<|assistant|>{% endif %}',
      'glm4-0414',
    ],
    ['glm4', 'GLM-Z1-9B-0414', '', 'glm-z1'],
    ['glm4', 'THUDM_GLM_Z1_9B_0414', '', 'glm-z1'],
    ['glm4', '', '{% if add_generation_prompt %}<|assistant|>\n<think>\n{% endif %}', 'glm-z1'],
  ])(
    'architecture %s, name "%s", template "%s" is the family %s',
    (architecture, name, template, expected) => {
      const metadata = {
        'general.architecture': architecture,
        'general.name': name,
        'tokenizer.chat_template': template,
      };
      expect(modelFamily(metadata).id).toBe(expected);
    },
  );

  it.each([
    ['GLM 4.6V Flash', 64, 500000, 'glm-4.6v'],
    ['GLM-4.1V-9B-Thinking', 64, 10000, 'glm-4.1v'],
    ['AutoGLM-Phone-9B', 64, 10000, 'autoglm-phone'],
    ['Glm Ocr', 128, 10000, 'glm-ocr'],
    ['', 128, 10000, 'glm-ocr'],
    ['', 64, 10000, 'glm-4.1v'],
    ['', 64, 500000, 'glm-4.6v'],
  ])('rotary sections make "%s" with %s dims of base %s the family %s', (name, dims, base, expected) => {
    const family = modelFamily({
      'general.architecture': 'glm4',
      'general.name': name,
      'glm4.attention.key_length': 128,
      'glm4.rope.freq_base': base,
      'glm4.rope.dimension_sections': [dims / 8, (3 * dims) / 16, (3 * dims) / 16, 0],
    });
    expect(family.id).toBe(expected);
    expect(family.format.picture).toMatchObject({ before: '<|begin_of_image|>' });
  });

  it('knows Nano by its name: its layout is that of GLM-4.6V', () => {
    const family = modelFamily({
      'general.architecture': 'glm4',
      'general.name': 'GLM Nano',
      'general.license': 'apache-2.0',
      'glm4.attention.key_length': 128,
      'glm4.rope.dimension_sections': [8, 12, 12, 0],
    });
    expect(family).toMatchObject({
      id: 'glm4',
      thinks: false,
      format: { answerStart: '', tools: undefined },
    });
    expect(family.licence).toMatchObject({ name: 'apache-2.0', badge: '' });
  });

  it('knows GLM-Edge by its vocabulary', () => {
    const tokens = Array.from({ length: 59_264 }, () => 'a');
    expect(modelFamily({ 'general.architecture': 'chatglm', 'tokenizer.ggml.tokens': tokens }).id).toBe(
      'glm-edge',
    );
  });

  it('recommends what the makers of a fine-tune do', () => {
    const named = (name: string) =>
      modelFamily({ 'general.architecture': 'chatglm', 'general.name': name }).sampling;
    expect(named('glm-4-9b-chat')).toEqual({
      temperature: 0.8,
      topP: 0.8,
      topK: 0,
      minP: 0,
      repetitionPenalty: 1,
    });
    expect(named('LongWriter-glm4-9b')).toMatchObject({ temperature: 0.5, topK: 50 });
    expect(named('LongCite-glm4-9b')).toMatchObject({ temperature: 0.95, topP: 0.7 });
    expect(named('GLM Nano')).toMatchObject({ temperature: 0, topP: 0.8 });
  });

  it('shows the sentence of the licence, unless the weights are free', () => {
    const badge = (architecture: string, name: string, license = ''): string =>
      modelFamily({ 'general.architecture': architecture, 'general.name': name, 'general.license': license })
        .licence.badge;
    expect(badge('chatglm', 'glm-4-9b-chat', 'other')).toBe('Built with glm-4');
    expect(badge('chatglm', 'codegeex4-all-9b')).toBe('Built with CodeGeeX4');
    expect(badge('chatglm', 'glm-edge-4b-chat')).toBe('Built with GLM-Edge');
    expect(badge('chatglm', 'LongWriter-glm4-9b', 'apache-2.0')).toBe('Built with glm-4'); // the licence of its code
    expect(badge('chatglm', 'Nano', 'apache-2.0')).toBe('');
    expect(badge('glm4', 'GLM-4-9B-0414', 'mit')).toBe('');
  });
});

describe('stopIds', () => {
  const named = [id('<|endoftext|>'), id('<|user|>'), id('<|observation|>')];

  it('has the named tokens, whatever the file says', () => {
    expect(stopIds(tokenizer, {})).toEqual(named);
    expect(stopIds(tokenizer, fixtureMetadata())).toEqual(named);
  });

  it('adds the ids of the file', () => {
    const eop = id('<eop>');
    expect(stopIds(tokenizer, { 'tokenizer.ggml.eos_token_id': eop })).toEqual(
      [...named, eop].sort((a, b) => a - b),
    );
    expect(stopIds(tokenizer, { 'tokenizer.ggml.eot_token_id': 0 })).toEqual([0, ...named]);
  });

  it('never has <|assistant|>, nor ids outside the vocabulary', () => {
    const metadata = {
      'tokenizer.ggml.eos_token_id': id('<|assistant|>'),
      'tokenizer.ggml.eot_token_id': 2 ** 32 - 1,
    };
    expect(stopIds(tokenizer, metadata)).toEqual(named);
  });
});
