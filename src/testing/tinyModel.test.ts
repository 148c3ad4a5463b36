import { expect, test } from 'vitest';
import { goldenCases } from './goldenCases';
import { GGML_TYPES } from './gguf';
import { glmTensors } from './glmFile';
import { randomPrompt, TINY_DEFAULTS, tinyModel } from './tinyModel';

const cases = goldenCases();

test('there is a golden for every tensor type and both architectures', () => {
  const names = cases.map(({ name }) => name);
  const types = [
    'f32',
    'f16',
    'bf16',
    'q8_0',
    'q4_0',
    'q4_1',
    'q5_0',
    'q5_1',
    'q4_k',
    'q5_k',
    'q6_k',
    'q4_k_m',
  ];
  for (const type of types)
    expect(names).toEqual(expect.arrayContaining([`chatglm-${type}`, `glm4-${type}`]));
});

test.for(cases)('$name: the spec generates the file that the oracles read', async (golden) => {
  const { shape } = await golden.model(); // throws if the hash differs
  expect(golden.exact.logits.length).toBe(shape.vocabSize);
  expect(golden.llama.logits.length).toBe(shape.vocabSize);
  expect(golden.exact.greedy.length).toBe(64);
});

test('Q4_K_M mixes types as llama.cpp does for GLM-4-9B', () => {
  const shape = {
    ...TINY_DEFAULTS,
    architecture: 'chatglm' as const,
    hiddenSize: 4096,
    ffnSize: 13696,
    numLayers: 40,
  };
  const tensors = glmTensors(shape, 'Q4_K_M');
  const typeOf = (name: string): string | undefined =>
    tensors.find((tensor) => tensor.name === `${name}.weight`)?.type;
  expect(tensors.length).toBe(283); // as in a public load log of glm-4-9b-chat
  expect(['token_embd', 'output', 'blk.0.attn_qkv', 'blk.0.attn_output', 'blk.0.ffn_up'].map(typeOf)).toEqual(
    ['Q4_K', 'Q6_K', 'Q5_K', 'Q4_K', 'Q4_K'], // prettier-ignore
  );
  const downs = Array.from({ length: 40 }, (_, layer) => typeOf(`blk.${layer}.ffn_down`));
  expect([
    downs.filter((type) => type === 'Q8_0').length,
    downs.filter((type) => type === 'Q5_0').length,
  ]).toEqual([20, 20]);
});

test('an F32 twin has the tensors of its 16-bit file, as F32', () => {
  const twin = tinyModel({ architecture: 'glm4', type: 'BF16', f32Twin: true }).file.tensors;
  const half = tinyModel({ architecture: 'glm4', type: 'BF16' }).file.tensors;
  expect(twin.map(({ name, shape }) => [name, shape])).toEqual(half.map(({ name, shape }) => [name, shape]));
  expect(twin.every(({ type }) => type === 'F32')).toBe(true);
  expect(twin[0].data[2]).toBe(half[0].data[0]); // a bfloat is the upper half of a float
  expect(GGML_TYPES.BF16[0]).toBe(30);
});

test('a prompt begins with [gMASK]<sop> and then has ordinary tokens only', () => {
  const { shape, file } = tinyModel({ architecture: 'chatglm', type: 'F32' });
  const tokens = file.metadata['tokenizer.ggml.tokens'];
  const [first, second, ...rest] = randomPrompt(shape, 40, 1);
  expect(tokens).toMatchObject({ value: expect.objectContaining({ [first]: '[gMASK]', [second]: '<sop>' }) });
  expect(rest.every((id) => id < shape.vocabSize - shape.numPadding - 14)).toBe(true);
});
