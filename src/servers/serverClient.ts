// A server as what answers a chat: the call `generate` of the engine, over the OpenAI chat API.
import type { CallOptions, EngineClient } from '../client/engineClient';
import type { ChatTurn, GenerateRequest, GenerateSummary, SamplingParams } from '../protocol/chat';
import { AppError, isAbort } from '../shared/errors';
import { isThinking, splitThought } from '../shared/thinking';
import { askServer, parseJson, reasonIn, type ServerAddress } from './http';
import type { ServerKind } from './models';
import { cutText, MOST_ALTERNATIVES, tokensIn } from './serverTokens';
import { readEvents } from './sse';

export interface ServerChoice extends ServerAddress {
  kind: ServerKind;
  model: string;
  /** 0 where the server does not tell. */
  contextTokens: number;
  /** Only what somebody chose: for the rest the server has its own values. */
  sampling: Partial<Omit<SamplingParams, 'seed'>>;
}

/** Whether the server goes on from the beginning of an answer; others would begin a new one. */
export const continuesAnswers = (kind: ServerKind): boolean => kind !== 'other';

/** A turn as the API has it. The thoughts of earlier answers are not sent: the models' own templates drop them. */
function toMessage({ role, content }: ChatTurn): { role: string; content: string } {
  if (role === 'assistant') return { role, content: splitThought(content).answer };
  return { role: role === 'observation' ? 'user' : role, content };
}

/** The body of the request. Fields beyond the API go only to servers that are known to have them. */
export function requestBody(choice: ServerChoice, request: GenerateRequest): Record<string, unknown> {
  const { kind, model, sampling } = choice;
  const { temperature, topP, topK, minP, repetitionPenalty, frequencyPenalty, presencePenalty } = sampling;
  const messages = request.messages.map(toMessage);
  if (request.continue) messages[messages.length - 1].content = request.messages.at(-1)?.content ?? '';
  const more = {
    top_k: topK === 0 && kind !== 'llamacpp' ? -1 : topK, // off: 0 for llama.cpp, -1 for vLLM and SGLang
    min_p: minP,
    [kind === 'llamacpp' ? 'repeat_penalty' : 'repetition_penalty']: repetitionPenalty,
    // llama.cpp goes on from a last message of the assistant by itself.
    ...(request.continue &&
      kind !== 'llamacpp' && { continue_final_message: true, add_generation_prompt: false }),
  };
  return {
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    temperature,
    top_p: topP,
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    max_tokens: request.maxTokens,
    seed: request.sampling.seed,
    ...(request.topLogprobs !== undefined && {
      logprobs: true,
      top_logprobs: Math.min(request.topLogprobs, MOST_ALTERNATIVES),
    }),
    ...(kind !== 'other' && more),
  };
}

interface Chunk {
  choices?: {
    delta?: { content?: unknown; reasoning_content?: unknown; reasoning?: unknown } | null;
    finish_reason?: unknown;
    logprobs?: unknown;
  }[];
  model?: unknown;
  /** Of the program that answers: 'b6700-c8df9f8' is llama.cpp's. */
  system_fingerprint?: unknown;
  usage?: {
    prompt_tokens?: unknown;
    completion_tokens?: unknown;
    prompt_tokens_details?: { cached_tokens?: unknown } | null;
  } | null;
  error?: unknown;
  /** llama.cpp's own clock: exact where an answer comes faster than it can be watched. */
  timings?: { predicted_ms?: unknown } | null;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0);

/** An answer that came in one gust says nothing of the speed it was written with. */
const LEAST_WATCHED_MS = 20;

const ENDS: Record<string, GenerateSummary['reason']> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'observation',
  function_call: 'observation',
};

/** Follows one stream: text with its reasoning in `<think>`, and the figures. */
class Answer {
  private readonly startedAt = performance.now();
  private firstAt = 0;
  private lastAt = 0;
  private pieces = 0;
  private thinking = false; // in reasoning that came in its own field
  private usage: Chunk['usage'] = null;
  private decodeMs = 0;
  private model = '';
  private fingerprint = '';
  finish = '';

  /** @param begunThought the answer goes on from within its reasoning, whose tag is there already */
  constructor(
    private readonly contextTokens: number,
    private begunThought: boolean,
  ) {}

  /** @returns the text that this chunk adds. */
  take({ choices, usage, timings, model, system_fingerprint }: Chunk): string {
    if (usage) this.usage = usage;
    this.model = textOf(model) || this.model;
    this.fingerprint = textOf(system_fingerprint) || this.fingerprint;
    this.decodeMs = count(timings?.predicted_ms) || this.decodeMs;
    const [choice] = Array.isArray(choices) ? choices : [];
    const reasoning = textOf(choice?.delta?.reasoning_content) || textOf(choice?.delta?.reasoning);
    const content = textOf(choice?.delta?.content);
    this.finish = textOf(choice?.finish_reason) || this.finish;
    if (!reasoning && !content) return '';
    this.lastAt = performance.now();
    this.firstAt ||= this.lastAt;
    this.pieces++;
    const open = reasoning && !this.thinking && !this.begunThought ? '<think>' : '';
    const close = content && (this.thinking || reasoning) ? '</think>' : '';
    this.thinking = (this.thinking || reasoning !== '') && !content;
    this.begunThought = false;
    return open + reasoning + close + content;
  }

  /** What closes a thought that the answer ended in. */
  rest(): string {
    return this.thinking && this.finish === 'stop' ? '</think>' : '';
  }

  get tokens(): number {
    return count(this.usage?.completion_tokens) || this.pieces;
  }

  summary(reason: GenerateSummary['reason']): GenerateSummary {
    const promptTokens = count(this.usage?.prompt_tokens);
    const first = this.firstAt || performance.now();
    return {
      reason,
      promptTokens,
      reusedTokens: count(this.usage?.prompt_tokens_details?.cached_tokens),
      newTokens: this.tokens,
      prefillMs: first - this.startedAt,
      decodeMs: this.decodeMs || (this.lastAt - first >= LEAST_WATCHED_MS ? this.lastAt - first : 0),
      contextUsed: promptTokens + this.tokens,
      contextTokens: this.contextTokens,
      served: { model: this.model, fingerprint: this.fingerprint, counted: this.usage ? 'server' : 'here' },
    };
  }
}

/** @throws AppError those of askServer; server-error when one comes mid-stream; server-cut when the stream breaks. */
async function generate(
  choice: ServerChoice,
  request: GenerateRequest,
  { signal, onEvent }: CallOptions<'generate'>,
): Promise<GenerateSummary> {
  const url = `${choice.baseUrl}/chat/completions`;
  const start = request.continue ? (request.messages.at(-1)?.content ?? '') : '';
  const answer = new Answer(choice.contextTokens, isThinking(start));
  const tell = (text: string) =>
    text && onEvent?.({ kind: 'text', text, tokens: answer.tokens, contextUsed: 0 });
  const cut = (cause?: unknown) =>
    new AppError('server-cut', `${url} stopped mid-answer.`, { url, tokens: answer.tokens }, cause);
  const failed = (why: string) => new AppError('server-error', `${url}: ${why}`, { url, status: 200, why });
  const ids = new Map<string, number>();
  let complete = false;
  try {
    const body = requestBody(choice, request);
    const response = await askServer(choice, { path: '/chat/completions', body, signal });
    if (!response.body || !/text\/event-stream/.test(response.headers.get('content-type') ?? '')) {
      const why = reasonIn(parseJson(await response.text()));
      throw why ? failed(why) : new AppError('server-not-openai', `${url} does not stream.`, { url });
    }
    for await (const data of readEvents(response.body)) {
      complete ||= data.trim() === '[DONE]';
      if (complete) break;
      const chunk = parseJson(data) as Chunk | undefined;
      if (!chunk || typeof chunk !== 'object') throw failed(data.slice(0, 100));
      if (chunk.error) throw failed(reasonIn(chunk) || 'error');
      const text = answer.take(chunk);
      const tokens = request.topLogprobs === undefined ? [] : tokensIn(chunk.choices?.[0]?.logprobs, ids);
      const pieces = cutText(text, tokens);
      tokens.forEach((token, index) => {
        onEvent?.(token);
        if (pieces.length > 1) tell(pieces[index]);
      });
      if (pieces.length === 1) tell(text);
    }
  } catch (error) {
    if (signal?.aborted || isAbort(error)) return answer.summary('aborted');
    throw error instanceof AppError ? error : cut(error);
  }
  if (!answer.finish && !complete) throw cut();
  const reason = answer.finish ? ENDS[answer.finish] : 'stop';
  // 'content_filter' and its kin: the server took the rest of the answer back.
  if (!reason) throw failed(answer.finish);
  tell(answer.rest());
  return answer.summary(reason);
}

/**
 * What a turn calls instead of the engine. Only `generate`: models, files and the device stay the engine's.
 * A stop closes the connection, upon which servers stop as well.
 */
export function serverClient(choice: ServerChoice): Pick<EngineClient, 'call'> {
  return {
    call(name, args, options) {
      if (name !== 'generate') return Promise.reject(new AppError('bug', `A server has no call ${name}`));
      return generate(
        choice,
        args as GenerateRequest,
        (options ?? {}) as CallOptions<'generate'>,
      ) as Promise<never>;
    },
  };
}
