// How much a server's model is to think, in each server's words. Only what the user chose is sent.
import type { GenerateRequest } from '../protocol/chat';
import type { ServerKind } from './kinds';

/** BigModel and Z.ai switch reasoning on and off, and do not measure it. */
const SWITCHES = /(^|\.)(bigmodel\.cn|z\.ai)$/;
/** Budgets in tokens up to which the OpenAI API's efforts go. */
const EFFORTS = [
  { upTo: 0, effort: 'none' },
  { upTo: 1024, effort: 'low' },
  { upTo: 4096, effort: 'medium' },
  { upTo: Infinity, effort: 'high' },
];

/**
 * Fields of a request body. vLLM, SGLang and llama.cpp hand `enable_thinking` to the model's template, and each has a
 * budget of its own; others get an effort.
 */
export function thinkingFields(
  { kind, baseUrl }: { kind: ServerKind; baseUrl: string },
  { thinkingTokens }: Pick<GenerateRequest, 'thinkingTokens'>,
): Record<string, unknown> {
  if (thinkingTokens === undefined) return {};
  const enable_thinking = thinkingTokens > 0;
  const budget = enable_thinking ? thinkingTokens : undefined;
  switch (kind) {
    case 'llamacpp':
      return { chat_template_kwargs: { enable_thinking }, thinking_budget_tokens: budget };
    case 'vllm':
      return { chat_template_kwargs: { enable_thinking }, thinking_token_budget: budget };
    case 'sglang':
      return { chat_template_kwargs: { enable_thinking, thinking_budget: budget } };
    case 'other':
      if (SWITCHES.test(new URL(baseUrl).hostname))
        return { thinking: { type: enable_thinking ? 'enabled' : 'disabled' } };
      return { reasoning_effort: EFFORTS.find(({ upTo }) => thinkingTokens <= upTo)?.effort };
  }
}
