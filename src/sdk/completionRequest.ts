// From the parameters of the OpenAI chat API to the engine's request.
import type { AnswerFormat, GenerateRequest, Turn } from '../protocol/chat';
import type { ModelInfo } from '../protocol/models';
import { AppError } from '../shared/errors';
import { samplingValues } from '../shared/sampling';
import type { ChatMessage, CompletionParams, ResponseFormat } from './completionTypes';

const SEED_RANGE = 2 ** 32;
const MOST_STOPS = 4;
const MOST_TOP = 20;
const ROLES = { system: 'system', developer: 'system', user: 'user', assistant: 'assistant' } as const;
/** Fields of the API that this engine lacks. They are refused, because ignoring them would mislead. */
const NOT_HERE = ['tools', 'tool_choice', 'functions', 'logit_bias', 'audio', 'modalities'];

const bad = (field: string, why: string) => new AppError('bad-request', `${field}: ${why}`, { field, why });

function toTurn(message: ChatMessage, index: number): Turn {
  const field = `messages[${index}]`;
  const role = ROLES[message?.role];
  if (!role) throw bad(`${field}.role`, 'system, developer, user or assistant was expected');
  const { content } = message;
  if (typeof content === 'string') return { role, parts: [{ type: 'text', text: content }] };
  if (!Array.isArray(content)) throw bad(`${field}.content`, 'a text was expected');
  const texts = content.map((part) => {
    if (part?.type !== 'text' || typeof part.text !== 'string')
      throw bad(`${field}.content`, 'only text is read');
    return part.text;
  });
  return { role, parts: [{ type: 'text', text: texts.join('') }] };
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
  return {
    messages: messages.map(toTurn),
    ...(messages.at(-1)?.role === 'assistant' && { continue: true }),
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
    format: toFormat(params.response_format),
    contextPolicy: 'stop',
    ...(logprobs && { topLogprobs: top ?? 0 }),
  };
}
