import { expect, test } from 'vitest';
import { GLM4_9B_CHAT_METADATA as CHAT, packedShapes } from '../../testing/glmHeader';
import { readConfig } from './config';
import { planTensors } from './tensors';

const read = (metadata: typeof CHAT, names: Parameters<typeof packedShapes>[0] = {}) =>
  readConfig(metadata, packedShapes(names));

test('a correct header of glm-4-9b-chat is read unchanged', () => {
  expect(read(CHAT)).toMatchObject({
    architecture: 'chatglm', numLayers: 40, hiddenSize: 4096, numHeads: 32, numKvHeads: 2, headDim: 128,
    ffnSize: 13696, vocabSize: 151552, normEps: 1.5625e-7, ropeDims: 64, ropeBase: 5e6, ropePairing: 'interleaved',
    trainedContextTokens: 131072, postNorms: false, qkvBias: true, tiedHead: false, warnings: [],
  }); // prettier-ignore
});

test('repairs the fallback values of conversions of the -hf repositories, with warnings', () => {
  const config = read({
    ...CHAT,
    'chatglm.rope.freq_base': 10000,
    'chatglm.attention.layer_norm_rms_epsilon': Math.fround(1e-5),
    'chatglm.context_length': 4096,
  });
  expect(config).toMatchObject({ ropeBase: 5e6, normEps: 1.5625e-7, trainedContextTokens: 131072 });
  expect(config.warnings).toHaveLength(3);
});

test('the 1M model gets base 1e8', () => {
  const config = read({
    ...CHAT,
    'general.name': 'glm-4-9b-chat-1m',
    'chatglm.attention.head_count_kv': 4,
    'chatglm.rope.freq_base': 10000,
  });
  expect(config).toMatchObject({ ropeBase: 1e8, numKvHeads: 4 });
});

test('the base model keeps rotary base 10000, its training value', () => {
  const config = read({
    ...CHAT,
    'general.name': 'glm-4-9b',
    'chatglm.rope.freq_base': 10000,
    'chatglm.context_length': 8192,
  });
  expect(config).toMatchObject({ ropeBase: 10000, trainedContextTokens: 8192, warnings: [] });
});

test('GLM-4-0414 with 128 rotary dims is repaired to 64', () => {
  const glm4 = Object.fromEntries(
    Object.entries(CHAT).map(([key, value]) => [key.replace('chatglm.', 'glm4.'), value]),
  );
  const config = read({ ...glm4, 'general.architecture': 'glm4', 'glm4.rope.dimension_count': 128 });
  expect(config).toMatchObject({ ropeDims: 64, postNorms: true });
  expect(config.warnings).toEqual(['rope.dimension_count 128 repaired to 64']);
});

test.each([
  ['chatglm.block_count', undefined],
  ['chatglm.embedding_length', 4095],
  ['chatglm.attention.head_count_kv', 5],
  ['chatglm.rope.dimension_count', 256],
  ['chatglm.context_length', -1],
])('a header whose %s is %s says so', (key, value) => {
  const { [key]: _, ...rest } = CHAT;
  const metadata = value === undefined ? rest : { ...rest, [key]: value };
  expect(() => read(metadata)).toThrow(expect.objectContaining({ code: 'bad-metadata' }) as Error);
});

test('a missing embedding is reported by name', () => {
  expect(() => readConfig(CHAT, new Map())).toThrow(
    expect.objectContaining({ code: 'missing-tensor', details: { tensor: 'token_embd.weight' } }) as Error,
  );
});

test('separate Q, K and V become the parts of one matrix', () => {
  const shapes = packedShapes({ separate: true });
  const plan = planTensors(readConfig(CHAT, shapes), shapes);
  expect(plan.find(({ name }) => name === 'blk.0.attn_qkv.weight')).toMatchObject({
    shape: [4608, 4096],
    parts: ['blk.0.attn_q.weight', 'blk.0.attn_k.weight', 'blk.0.attn_v.weight'],
  });
  expect(plan).toHaveLength(3 + 40 * 7);
});

test('the head is planned unless it is tied to the embedding', () => {
  const tied = packedShapes({ tied: true });
  const config = readConfig(CHAT, tied);
  expect(config.tiedHead).toBe(true);
  expect(planTensors(config, tied).some(({ name }) => name === 'output.weight')).toBe(false);
});
