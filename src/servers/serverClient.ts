// Answers chats through a server: the engine's `generate` call, over the OpenAI chat API.
import type { CallOptions } from '../client/engineClient';
import type { GenerateRequest, GenerateSummary, Part, PartEvent, SamplingParams } from '../protocol/chat';
import { AppError, isAbort } from '../shared/errors';
import { SAMPLING } from '../shared/sampling';
import { askServer, parseJson, reasonIn, type ServerAddress } from './http';
import type { ServerKind } from './kinds';
import { pictureUrls, toMessages, type PictureUrls } from './messages';
import { type Delta, deltaOf, isEmpty, NOTHING, ServerParts } from './serverParts';
import { cutText, MOST_ALTERNATIVES, tokensIn } from './serverTokens';
import { eventsOf } from './sse';
import { thinkingFields } from './thinking';
import { plainCalls, toServerChoice, toServerTools } from './tools';

export interface ServerChoice extends ServerAddress {
  kind: ServerKind;
  model: string;
  /** 0 if the server does not report it. */
  contextTokens: number;
  /** It takes pictures. */
  pictures?: boolean;
  /** Only the values that the user chose; the server's defaults apply to the rest. */
  sampling: Partial<Omit<SamplingParams, 'seed'>>;
}

/** The request body. Extensions of the API are sent only to server kinds known to support them. */
export function requestBody(
  choice: ServerChoice,
  request: GenerateRequest,
  pictures?: PictureUrls,
): Record<string, unknown> {
  const { kind, model, sampling } = choice;
  const { temperature, topP, topK, minP, repetitionPenalty, frequencyPenalty, presencePenalty } = sampling;
  // After a result the next message is a new one.
  const goesOn = request.continue === true && request.messages.at(-1)?.parts.at(-1)?.type !== 'result';
  const messages = toMessages(request.messages, { continueLast: goesOn, pictures });
  const more = {
    // Off is 0 for llama.cpp, -1 for vLLM and SGLang.
    [SAMPLING.topK.api]: topK === SAMPLING.topK.off && kind !== 'llamacpp' ? -1 : topK,
    [SAMPLING.minP.api]: minP,
    [kind === 'llamacpp' ? 'repeat_penalty' : SAMPLING.repetitionPenalty.api]: repetitionPenalty,
    // llama.cpp continues a trailing assistant message by default.
    ...(goesOn && kind !== 'llamacpp' && { continue_final_message: true, add_generation_prompt: false }),
  };
  return {
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    [SAMPLING.temperature.api]: temperature,
    [SAMPLING.topP.api]: topP,
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    max_tokens: request.maxTokens,
    seed: request.sampling.seed,
    ...(request.tools && { tools: toServerTools(request.tools) }),
    ...(request.tools && request.toolChoice && { tool_choice: toServerChoice(request.toolChoice) }),
    ...(request.topLogprobs !== undefined && {
      logprobs: true,
      top_logprobs: Math.min(request.topLogprobs, MOST_ALTERNATIVES),
    }),
    ...(kind !== 'other' && more),
    ...thinkingFields(choice, request),
  };
}

/** @returns whether a body is a complete, non-streamed answer. */
const isCompletion = (body: Chunk | undefined): boolean =>
  Array.isArray(body?.choices) && body.choices.some((choice) => choice?.message !== undefined);

interface Chunk {
  choices?: {
    delta?: unknown;
    /** Replaces `delta` if the server does not stream. */
    message?: unknown;
    finish_reason?: unknown;
    logprobs?: unknown;
  }[];
  model?: unknown;
  /** Version of the server software; llama.cpp sends 'b6700-c8df9f8', for example. */
  system_fingerprint?: unknown;
  usage?: {
    prompt_tokens?: unknown;
    completion_tokens?: unknown;
    prompt_tokens_details?: { cached_tokens?: unknown } | null;
  } | null;
  error?: unknown;
  /** llama.cpp's own timing: exact even when tokens arrive faster than they can be timed here. */
  timings?: { predicted_ms?: unknown } | null;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0);

/** An answer that arrives within this time came in one burst; its speed is unknown. */
const LEAST_WATCHED_MS = 20;

/** Meaning of `finish_reason`. Any other name ('stop', 'eos', 'end_turn', 'stop_sequence' …) is a normal end. */
const ENDS: Record<string, GenerateSummary['reason']> = {
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'observation',
  function_call: 'observation',
};
/** Values of `finish_reason` that are failures. */
const REFUSALS = ['content_filter', 'sensitive', 'network_error', 'abort', 'error'];

/** State of one streamed answer: usage figures and parts. */
class Answer {
  private readonly startedAt = performance.now();
  private firstAt = 0;
  private lastAt = 0;
  private pieces = 0;
  private usage: Chunk['usage'] = null;
  private decodeMs = 0;
  private model = '';
  private fingerprint = '';
  private readonly writer: ServerParts;
  finish = '';

  constructor(
    private readonly contextTokens: number,
    { begun, onEvent }: { begun: readonly Part[]; onEvent: (event: PartEvent) => void },
  ) {
    const figures = () => ({ tokens: this.tokens, contextUsed: 0 });
    this.writer = new ServerParts({ begun, onEvent, figures });
  }

  /** Records the figures of a chunk. @returns the chunk's delta */
  take({ choices, usage, timings, model, system_fingerprint }: Chunk): Delta {
    if (usage) this.usage = usage;
    this.model = textOf(model) || this.model;
    this.fingerprint = textOf(system_fingerprint) || this.fingerprint;
    this.decodeMs = count(timings?.predicted_ms) || this.decodeMs;
    const [choice] = Array.isArray(choices) ? choices : [];
    this.finish = textOf(choice?.finish_reason) || this.finish;
    const delta = deltaOf(choice?.delta ?? choice?.message);
    if (!isEmpty(delta)) {
      this.lastAt = performance.now();
      this.firstAt ||= this.lastAt;
      this.pieces++;
    }
    return delta;
  }

  write(delta: Delta): void {
    this.writer.write(delta);
  }

  /** @param cut true if the answer is incomplete */
  end(cut: boolean): void {
    this.writer.end(cut);
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

/**
 * Generates an answer on a server. A stop closes the connection, which stops the server.
 * @throws AppError those of askServer; server-error when one comes mid-stream; server-cut when the stream breaks.
 */
export async function serverGenerate(
  choice: ServerChoice,
  request: GenerateRequest,
  { signal, onEvent }: CallOptions<'generate'>,
): Promise<GenerateSummary> {
  const url = `${choice.baseUrl}/chat/completions`;
  const begun = (request.continue && request.messages.at(-1)?.parts) || [];
  const answer = new Answer(choice.contextTokens, {
    begun,
    onEvent: plainCalls((event) => onEvent?.(event)),
  });
  const cut = (cause?: unknown) =>
    new AppError('server-cut', `${url} stopped mid-answer.`, { url, tokens: answer.tokens }, cause);
  const failed = (why: string) => new AppError('server-error', `${url}: ${why}`, { url, status: 200, why });
  const ids = new Map<string, number>();
  let complete = false;
  const take = (chunk: Chunk | undefined, raw: string) => {
    if (!chunk || typeof chunk !== 'object') throw failed(raw.slice(0, 100));
    if (chunk.error) throw failed(reasonIn(chunk) || 'error');
    const delta = answer.take(chunk);
    const tokens = request.topLogprobs === undefined ? [] : tokensIn(chunk.choices?.[0]?.logprobs, ids);
    const pieces = cutText(delta.text, tokens);
    answer.write({ ...delta, text: '' });
    tokens.forEach((token, index) => {
      onEvent?.(token);
      if (pieces.length > 1) answer.write({ ...NOTHING, text: pieces[index] });
    });
    if (pieces.length === 1) answer.write({ ...NOTHING, text: delta.text });
  };
  try {
    const pictures = choice.pictures ? await pictureUrls(request.messages) : undefined;
    const body = requestBody(choice, request, pictures);
    const response = await askServer(choice, { path: '/chat/completions', body, signal });
    const stream = await eventsOf(response);
    if ('whole' in stream) {
      const chunk = parseJson(stream.whole) as Chunk | undefined;
      const why = reasonIn(chunk);
      if (why) throw failed(why);
      if (!isCompletion(chunk)) throw new AppError('server-not-openai', `${url} does not stream.`, { url });
      take(chunk, stream.whole);
      complete = true;
    } else
      for await (const data of stream.events) {
        complete ||= data.trim() === '[DONE]';
        if (complete) break;
        if (data.trim() !== '') take(parseJson(data) as Chunk | undefined, data);
      }
    if (!answer.finish && !complete) throw cut();
    // The server withdrew the rest of the answer, or failed.
    if (REFUSALS.includes(answer.finish)) throw failed(answer.finish);
  } catch (error) {
    answer.end(true);
    if (signal?.aborted || isAbort(error)) return answer.summary('aborted');
    throw error instanceof AppError ? error : cut(error);
  }
  const reason = Object.hasOwn(ENDS, answer.finish) ? ENDS[answer.finish] : 'stop';
  answer.end(reason === 'length');
  return answer.summary(reason);
}
