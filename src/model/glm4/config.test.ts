import { expect, test } from 'vitest';
import { GLM4_9B_CHAT_METADATA as CHAT, packedShapes } from '../../testing/glmHeader';
import { AppError } from '../../shared/errors';
import { readConfig } from './config';
import { planTensors } from './tensors';

function catchError(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('expected an AppError');
}

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

/** GLM-OCR's header: its sections turn all 128 dims, and its last layer predicts a second token. */
const OCR = {
  ...Object.fromEntries(
    Object.entries(CHAT).map(([key, value]) => [key.replace('chatglm.', 'glm4.'), value]),
  ),
  'general.architecture': 'glm4',
  'general.name': 'GLM-OCR',
  'glm4.rope.dimension_count': 128,
  'glm4.attention.key_length': 128,
  'glm4.rope.dimension_sections': [16, 24, 24, 0],
  'glm4.nextn_predict_layers': 1,
};

test('GLM-OCR keeps its 128 rotary dims, and the layer that predicts further ahead is left out', () => {
  const shapes = packedShapes({}).set('blk.39.nextn.eh_proj.weight', { shape: [] });
  const config = readConfig(OCR, shapes);
  expect(config).toMatchObject({
    numLayers: 39, ropeDims: 128, ropeSections: [16, 24, 24], ropePairing: 'half', warnings: [],
  }); // prettier-ignore
  const names = planTensors(config, shapes).map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('blk.39.'))).toEqual([]);
  const stored = new Map([...shapes].filter(([name]) => !name.startsWith('blk.39.')));
  expect(readConfig(OCR, stored).numLayers).toBe(39); // as a stored model is read again
});

test('GLM-4.1V without its sections is positioned in sections, over rows in their original order', () => {
  const { 'glm4.rope.dimension_sections': _, 'glm4.nextn_predict_layers': __, ...rest } = OCR;
  const config = read({ ...rest, 'general.name': 'GLM 4.1V 9B Thinking', 'glm4.rope.dimension_count': 64 });
  expect(config).toMatchObject({ ropeSections: [8, 12, 12], ropePairing: 'interleaved', ropeDims: 64 });
});

test.each([
  ['chatglm.block_count', undefined],
  ['chatglm.embedding_length', 4095],
  ['chatglm.attention.head_count_kv', 5],
  ['chatglm.rope.dimension_count', 256],
  ['chatglm.context_length', -1],
  ['chatglm.context_length', 2 ** 40],
  ['chatglm.block_count', 4e9],
  ['chatglm.block_count', 41],
  ['chatglm.block_count', 39.5],
  ['chatglm.attention.head_count', 31.5],
  ['chatglm.attention.value_length', 64],
  ['chatglm.embedding_length', 2048],
  ['chatglm.rope.freq_base', Infinity],
  ['chatglm.rope.scaling.type', 'longrope'],
  ['chatglm.rope.scaling.type', 4],
  ['chatglm.rope.scaling.factor', 'four'],
  ['tokenizer.ggml.tokens', ['a', 'b']],
])('a header whose %s is %s says so', (key, value) => {
  const { [key]: _, ...rest } = CHAT;
  const metadata = value === undefined ? rest : { ...rest, [key]: value };
  expect(() => read(metadata)).toThrow(expect.objectContaining({ code: 'bad-metadata' }) as Error);
});

test('a layer count that the tensor table contradicts is named with both numbers, at once', () => {
  const start = performance.now();
  const failure = catchError(() => read({ ...CHAT, 'chatglm.block_count': 4e9 }));
  expect(failure).toMatchObject({
    code: 'bad-metadata',
    details: { key: 'chatglm.block_count', why: 'it is 4000000000, but the tensor table has 40 layers' },
  });
  expect(performance.now() - start).toBeLessThan(500);
});

test('rotary scaling is read as llama.cpp reads it', () => {
  const scaled = (keys: Record<string, string | number>) =>
    read({
      ...CHAT,
      ...Object.fromEntries(Object.entries(keys).map(([key, value]) => [`chatglm.rope.${key}`, value])),
    });
  expect(scaled({}).ropeFactor).toBeUndefined();
  expect(scaled({ 'scaling.type': 'linear', 'scaling.factor': 4 }).ropeFactor).toBe(4);
  expect(scaled({ 'scaling.factor': 4 }).ropeFactor).toBe(4); // without a type, linear
  expect(scaled({ scale_linear: 8 }).ropeFactor).toBe(8); // the older key
  expect(scaled({ 'scaling.type': 'none', 'scaling.factor': 4 }).ropeFactor).toBeUndefined();
  const yarn = { 'scaling.type': 'yarn', 'scaling.factor': 4 };
  expect(
    scaled({ ...yarn, 'scaling.original_context_length': 128, 'scaling.yarn_beta_fast': 16 }),
  ).toMatchObject({ yarn: { factor: 4, originalContext: 128, betaFast: 16 } });
  expect(() => scaled({ ...yarn, 'scaling.attn_factor': 2 })).toThrow('attn_factor');
});

test('a tensor that the forward pass would ignore is named', () => {
  const shapes = packedShapes({});
  shapes.set('blk.7.attn_q_norm.weight', { shape: [128] });
  const config = readConfig(CHAT, shapes);
  expect(catchError(() => planTensors(config, shapes))).toMatchObject({
    code: 'unknown-tensor',
    details: { tensor: 'blk.7.attn_q_norm.weight', count: 1 },
  });
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
