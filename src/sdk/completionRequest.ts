// From the parameters of the OpenAI chat API to the engine's request.
import type { AnswerFormat, CallPart, GenerateRequest, Part, ToolSpec, Turn } from '../protocol/chat';
import type { ModelInfo } from '../protocol/models';
import { AppError } from '../shared/errors';
import { samplingValues } from '../shared/sampling';
import { THINKING_TOKENS, thinkingBudget, type ThinkingEffort } from '../shared/thinking';
import type { ChatMessage, CompletionParams, ResponseFormat } from './completionTypes';

const SEED_RANGE = 2 ** 32;
const MOST_STOPS = 4;
const MOST_TOP = 20;
const ROLES = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
} as const;
/** An empty observation would vanish from the prompt. */
const NO_OUTPUT = '(no output)';
/** Fields of the API that this engine lacks. They are refused, because ignoring them would mislead. */
const NOT_HERE = ['functions', 'logit_bias', 'audio', 'modalities'];

const bad = (field: string, why: string) => new AppError('bad-request', `${field}: ${why}`, { field, why });

function textIn({ content }: ChatMessage, field: string): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw bad(`${field}.content`, 'a text was expected');
  const texts = content.map((part) => {
    if (part?.type !== 'text' || typeof part.text !== 'string')
      throw bad(`${field}.content`, 'only text is read');
    return part.text;
  });
  return texts.join('');
}

function callParts({ tool_calls: calls = [] }: ChatMessage, field: string): CallPart[] {
  if (!Array.isArray(calls)) throw bad(`${field}.tool_calls`, 'a list was expected');
  return calls.map((call) => {
    const { name, arguments: args } = call?.function ?? {};
    if (typeof call?.id !== 'string' || typeof name !== 'string' || typeof args !== 'string')
      throw bad(`${field}.tool_calls`, 'an id and a function with name and arguments were expected');
    return { type: 'call', id: call.id, tool: name, args, state: 'done' };
  });
}

/** The messages as turns: calls, their results and what follows them stand in one turn of the assistant. */
function toTurns(messages: ChatMessage[]): Turn[] {
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    const field = `messages[${index}]`;
    const role = ROLES[message?.role];
    if (!role) throw bad(`${field}.role`, 'system, developer, user, assistant or tool was expected');
    const before = turns.at(-1);
    if (role === 'tool') {
      const call = before?.parts.find((part) => part.type === 'call' && part.id === message.tool_call_id);
      if (!before || !call) throw bad(`${field}.tool_call_id`, 'no call of the message before has this id');
      const observation = textIn(message, field) || NO_OUTPUT;
      before.parts.push({ type: 'result', callId: message.tool_call_id ?? '', parts: [], observation });
      continue;
    }
    const calls = role === 'assistant' ? callParts(message, field) : [];
    const text = calls.length > 0 && !message.content ? '' : textIn(message, field);
    const parts: Part[] = [
      ...(text || calls.length === 0 ? [{ type: 'text' as const, text }] : []),
      ...calls,
    ];
    // After a result the assistant goes on in the same turn.
    if (role === 'assistant' && before?.parts.at(-1)?.type === 'result') before.parts.push(...parts);
    else turns.push({ role, parts });
  }
  return turns;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** A call that the answer must begin with. */
function toChoice(
  { tool_choice: choice = 'auto' }: CompletionParams,
  tools: readonly ToolSpec[],
  info: ModelInfo,
): GenerateRequest['toolChoice'] {
  if (choice === 'auto' || choice === 'none') return undefined;
  const name = typeof choice === 'object' ? choice?.function?.name : undefined;
  if (choice !== 'required' && typeof name !== 'string')
    throw bad('tool_choice', 'auto, none, required or a function was expected');
  if (tools.length === 0) throw bad('tool_choice', 'there are no tools');
  if (!info.tools) throw bad('tool_choice', `“${info.name}” knows no tools`);
  if (name === undefined) return 'required';
  if (!tools.some((tool) => tool.name === name)) throw bad('tool_choice', `there is no function ${name}`);
  return { name };
}

function toTools({ tools, tool_choice: choice }: CompletionParams): ToolSpec[] {
  if (tools === undefined || choice === 'none') return [];
  if (!Array.isArray(tools)) throw bad('tools', 'a list was expected');
  return tools.map((tool, index) => {
    const { name, description = '', parameters } = tool?.function ?? {};
    if (tool?.type !== 'function' || typeof name !== 'string' || !NAME.test(name))
      throw bad(`tools[${index}]`, 'a function with a name of 1 to 64 letters, digits, _ and - was expected');
    return { type: 'function', name, description, ...(parameters && { parameters }) };
  });
}

function inRange(params: CompletionParams, field: keyof CompletionParams, low: number, high: number) {
  const value = params[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw bad(field, `${String(value)} is not between ${low} and ${high}`);
  }
  return value;
}

/** @throws AppError bad-request */
export function stopSequences({ stop }: CompletionParams): string[] {
  const list = stop === undefined || stop === null ? [] : [stop].flat();
  if (list.length > MOST_STOPS || list.some((one) => typeof one !== 'string' || one === '')) {
    throw bad('stop', `at most ${MOST_STOPS} texts, none of them empty, were expected`);
  }
  return list;
}

const REASONING = {
  ...{ none: 'off', minimal: 'short', low: 'short', medium: 'normal', high: 'long' },
} as const satisfies Record<string, ThinkingEffort>;

/** Most tokens of the thought. @throws AppError bad-request */
function toThinkingTokens({ reasoning_effort: effort, thinking }: CompletionParams): number | undefined {
  if (effort === undefined || effort === null) return thinking === undefined ? undefined : budgetOf(thinking);
  if (thinking !== undefined) throw bad('thinking', 'give it or reasoning_effort, not both');
  if (effort === 'xhigh') return undefined;
  if (!Object.hasOwn(REASONING, effort))
    throw bad('reasoning_effort', 'none, minimal, low, medium, high or xhigh was expected');
  return THINKING_TOKENS[REASONING[effort]];
}

/** @throws AppError bad-request */
export function budgetOf(thinking: unknown): number {
  const tokens = thinkingBudget(thinking);
  if (tokens === undefined)
    throw bad('thinking', 'off, short, normal, long or a number of tokens was expected');
  return tokens;
}

/** @throws AppError bad-request */
function toFormat(format: ResponseFormat | undefined): AnswerFormat | undefined {
  switch (format?.type) {
    case undefined:
    case 'text':
      return undefined;
    case 'json_object':
      return { kind: 'schema', schema: { type: 'object' } };
    case 'json_schema':
      if (format.json_schema?.schema === undefined)
        throw bad('response_format.json_schema', 'a schema was expected');
      return { kind: 'schema', schema: format.json_schema.schema };
    case 'regex':
      return { kind: 'regex', pattern: format.pattern };
    case 'choice':
      return { kind: 'choice', options: format.options };
    case 'ebnf':
      return { kind: 'ebnf', grammar: format.grammar };
    default:
      throw bad('response_format.type', 'text, json_object, json_schema, regex, choice or ebnf was expected');
  }
}

/** @throws AppError bad-request with the field */
export function toRequest(params: CompletionParams, info: ModelInfo): GenerateRequest {
  const { model, messages, seed, logprobs } = params;
  if (model !== undefined && model !== info.id && model !== info.name) {
    throw bad('model', `“${model}” is not loaded, “${info.name}” is`);
  }
  const unknown = NOT_HERE.find(
    (field) => (params as unknown as Record<string, unknown>)[field] !== undefined,
  );
  if (unknown) throw bad(unknown, 'this engine does not have it');
  if (params.n !== undefined && params.n !== 1) throw bad('n', 'one answer at a time');
  if (!Array.isArray(messages) || messages.length === 0) throw bad('messages', 'a list was expected');
  const maxTokens = inRange(params, 'max_completion_tokens', 1, 1e6) ?? inRange(params, 'max_tokens', 1, 1e6);
  const top = inRange(params, 'top_logprobs', 0, MOST_TOP);
  if (top !== undefined && !logprobs) throw bad('top_logprobs', 'needs logprobs');
  const thinkingTokens = toThinkingTokens(params);
  const tools = toTools(params);
  const toolChoice = toChoice(params, tools, info);
  const last = messages.at(-1);
  const goesOn = last?.role === 'tool' || (last?.role === 'assistant' && !last.tool_calls?.length);
  return {
    messages: toTurns(messages),
    ...(goesOn && { continue: true }),
    ...(tools.length > 0 && { tools }),
    ...(toolChoice && { toolChoice }),
    sampling: {
      ...samplingValues(
        ({ api, min, max }, name) =>
          inRange(params, api, min, name === 'topK' ? info.vocabSize : max) ?? info.sampling[name],
      ),
      frequencyPenalty: inRange(params, 'frequency_penalty', -2, 2),
      presencePenalty: inRange(params, 'presence_penalty', -2, 2),
      seed: seed ?? Math.floor(Math.random() * SEED_RANGE),
    },
    maxTokens,
    ...(thinkingTokens !== undefined && { thinkingTokens }),
    format: toFormat(params.response_format),
    contextPolicy: 'stop',
    ...(logprobs && { topLogprobs: top ?? 0 }),
  };
}
