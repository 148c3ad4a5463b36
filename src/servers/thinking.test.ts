import { expect, test } from 'vitest';
import { thinkingFields } from './thinking';

test('each kind of server is told in its own words how much to think, and nothing where nothing was chosen', () => {
  const at = (
    kind: 'llamacpp' | 'vllm' | 'sglang' | 'other',
    thinkingTokens?: number,
    baseUrl = 'http://h/v1',
  ) => JSON.parse(JSON.stringify(thinkingFields({ kind, baseUrl }, { thinkingTokens }))) as unknown;
  const off = { enable_thinking: false };
  expect(at('vllm')).toEqual({});
  expect(at('vllm', 0)).toEqual({ chat_template_kwargs: off });
  expect(at('vllm', 512)).toEqual({
    chat_template_kwargs: { enable_thinking: true },
    thinking_token_budget: 512,
  });
  expect(at('llamacpp', 0)).toEqual({ chat_template_kwargs: off });
  expect(at('llamacpp', 512)).toMatchObject({ thinking_budget_tokens: 512 });
  expect(at('sglang', 512)).toEqual({
    chat_template_kwargs: { enable_thinking: true, thinking_budget: 512 },
  });
  expect([0, 512, 2048, 8192].map((tokens) => at('other', tokens))).toEqual(
    ['none', 'low', 'medium', 'high'].map((reasoning_effort) => ({ reasoning_effort })),
  );
  const bigModel = 'https://open.bigmodel.cn/api/paas/v4';
  expect(at('other', 0, bigModel)).toEqual({ thinking: { type: 'disabled' } });
  expect(at('other', 512, bigModel)).toEqual({ thinking: { type: 'enabled' } });
});
