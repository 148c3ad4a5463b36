// `chat.completions.create` of the OpenAI API over the engine's client.
import type { AnswerPart, GenerateEvent, GenerateSummary, PartEvent } from '../protocol/chat';
import type { ModelInfo } from '../protocol/models';
import { AppError } from '../shared/errors';
import { stopSequences, toRequest } from './completionRequest';
import type {
  Completion,
  CompletionChunk,
  CompletionParams,
  Completions,
  FinishReason,
  RequestOptions,
  TokenLogprobs,
  ToolCall,
  ToolCallDelta,
  TopLogprob,
  Usage,
} from './completionTypes';
import type { EngineClient } from '../client/engineClient';
import type { OneByOne } from './oneByOne';
import { stopFilter } from './stopText';

type LogprobEvent = Extract<GenerateEvent, { kind: 'logprobs' }>;
type Delta = CompletionChunk['choices'][0]['delta'];
interface Piece {
  delta: Delta;
  logprobs: TokenLogprobs[];
}
/** What an answer adds to the conversation. */
interface Written {
  content: string;
  reasoning: string;
  calls: ToolCall[];
}
interface End {
  finish: FinishReason;
  written: Written;
  usage: Usage;
}

const encoder = new TextEncoder();
const toTop = ({ text, logprob }: { text: string; logprob: number }): TopLogprob => ({
  token: text,
  logprob,
  bytes: [...encoder.encode(text)],
});
const toLogprobs = ({ text, logprob, top }: LogprobEvent): TokenLogprobs => ({
  ...toTop({ text, logprob }),
  top_logprobs: top.map(toTop),
});

const usageOf = ({ promptTokens, newTokens, reusedTokens }: GenerateSummary): Usage => ({
  prompt_tokens: promptTokens,
  completion_tokens: newTokens,
  total_tokens: promptTokens + newTokens,
  prompt_tokens_details: { cached_tokens: reusedTokens },
});

/** From part events to deltas of the API, and to the whole message. */
class Deltas {
  /** New text by the index of its part. */
  private readonly parts: { part: AnswerPart; added: string }[] = [];
  private readonly calls: number[] = [];

  /** @returns the text of a part, before stop sequences, or another delta; undefined for nothing */
  take(event: PartEvent): { text: string } | Delta | undefined {
    const { index } = event;
    const entry = this.parts[index];
    if (event.kind === 'part-end') {
      if (entry) entry.part = event.part;
      return undefined;
    }
    if (event.kind === 'part-start') {
      const isLater = event.part.type === 'text' && this.parts.some((one) => one?.part.type === 'text');
      this.parts[index] = { part: event.part, added: '' };
      if (event.part.type === 'call') return { tool_calls: [this.begun(index, event.part)] };
      return isLater ? { text: '\n\n' } : undefined;
    }
    if (!entry) return undefined;
    entry.added += event.text;
    if (entry.part.type === 'text') return { text: event.text };
    if (entry.part.type === 'thought') return { reasoning_content: event.text };
    return { tool_calls: [{ index: this.calls.indexOf(index), function: { arguments: event.text } }] };
  }

  private begun(index: number, part: Extract<AnswerPart, { type: 'call' }>): ToolCallDelta {
    this.calls.push(index);
    const { id, tool, args } = part;
    return { index: this.calls.length - 1, id, type: 'function', function: { name: tool, arguments: args } };
  }

  /** The whole of it. A thought whose opening tag was missing is told of here, not in the deltas. */
  get written(): Written {
    const parts = this.parts.filter((entry) => entry !== undefined);
    const textsOf = (type: AnswerPart['type']) =>
      parts
        .filter(({ part }) => part.type === type)
        .map(({ added }) => added)
        .join('\n\n');
    const calls = parts.flatMap(({ part }): ToolCall[] =>
      part.type === 'call'
        ? [{ id: part.id, type: 'function', function: { name: part.tool, arguments: part.args } }]
        : [],
    );
    return { content: textsOf('text'), reasoning: textsOf('thought').trim(), calls };
  }
}

/** Pieces on their way from the engine's events to the reader of a stream. */
class Pipe<T> {
  private readonly waiting: T[] = [];
  private wake: (() => void) | null = null;
  private state: { ended: boolean; error?: unknown } = { ended: false };

  push(item: T): void {
    this.waiting.push(item);
    this.wake?.();
  }
  end(error?: unknown): void {
    this.state = { ended: true, error };
    this.wake?.();
  }
  /** Resolves when there is something, rejects when the pipe failed before there was anything. */
  async ready(): Promise<void> {
    while (this.waiting.length === 0 && !this.state.ended) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    if (this.waiting.length === 0 && this.state.error !== undefined) throw this.state.error;
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      await this.ready();
      if (this.waiting.length === 0) return;
      yield this.waiting.shift() as T;
    }
  }
}

export interface CompletionsDeps {
  client: Pick<EngineClient, 'call'>;
  /** @throws AppError no-model */
  loaded: () => ModelInfo;
  queue: OneByOne;
}

export function createCompletions({ client, loaded, queue }: CompletionsDeps): Completions {
  /** One answer, piece by piece. @throws the signal's reason when it fires */
  async function answer(
    params: CompletionParams,
    info: ModelInfo,
    signal: AbortSignal | undefined,
    onPiece: (piece: Piece) => void,
  ): Promise<End> {
    const request = toRequest(params, info);
    const stops = stopFilter(stopSequences(params));
    const controller = new AbortController();
    const abort = () => controller.abort();
    signal?.addEventListener('abort', abort, { once: true });
    let logprobs: TokenLogprobs[] = [];
    const deltas = new Deltas();
    let content = '';
    const give = (delta: Delta) => {
      content += delta.content ?? '';
      onPiece({ delta, logprobs });
      logprobs = [];
    };
    try {
      const summary = await queue(
        () =>
          client.call('generate', request, {
            signal: controller.signal,
            onEvent: (event) => {
              if (stops.found || controller.signal.aborted) return;
              if (event.kind === 'logprobs') logprobs.push(toLogprobs(event));
              if (!('index' in event)) return;
              const delta = deltas.take(event);
              if (!delta) return;
              if (!('text' in delta)) return give(delta);
              const text = stops.take(delta.text);
              if (stops.found) abort();
              if (text || logprobs.length > 0) give({ content: text });
            },
          }),
        signal,
      );
      signal?.throwIfAborted();
      if (summary.overflow || (summary.reason === 'context' && summary.newTokens === 0)) {
        const { promptTokens, contextTokens } = summary;
        const details = { promptTokens, contextTokens };
        throw new AppError(
          'context-full',
          `${promptTokens} tokens, context holds ${contextTokens}.`,
          details,
        );
      }
      const rest = stops.found ? '' : stops.rest();
      if (rest || (logprobs.length > 0 && !stops.found)) give({ content: rest });
      const isCut = !stops.found && (summary.reason === 'length' || summary.reason === 'context');
      const { written } = deltas;
      const calls = written.calls.length > 0 && !stops.found;
      return {
        finish: isCut ? 'length' : calls ? 'tool_calls' : 'stop',
        written: stops.found ? { ...written, content } : written,
        usage: usageOf(summary),
      };
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  const headOf = (info: ModelInfo) => ({
    id: `chatcmpl-${crypto.randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: info.name,
  });

  async function whole(params: CompletionParams, { signal }: RequestOptions): Promise<Completion> {
    const info = loaded();
    const logprobs: TokenLogprobs[] = [];
    const { finish, usage, written } = await answer(params, info, signal, (piece) => {
      logprobs.push(...piece.logprobs);
    });
    const { content, reasoning, calls } = written;
    const choice = {
      index: 0 as const,
      message: {
        role: 'assistant' as const,
        content,
        ...(reasoning && { reasoning_content: reasoning }),
        ...(calls.length > 0 && { tool_calls: calls }),
      },
      finish_reason: finish,
      logprobs: params.logprobs ? { content: logprobs } : null,
    };
    return { ...headOf(info), object: 'chat.completion', choices: [choice], usage };
  }

  async function streamed(
    params: CompletionParams,
    { signal }: RequestOptions,
  ): Promise<AsyncIterable<CompletionChunk>> {
    const info = loaded();
    const head = { ...headOf(info), object: 'chat.completion.chunk' as const };
    const pipe = new Pipe<CompletionChunk>();
    const left = new AbortController();
    const either = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
    let first = true;
    const chunk = (added: Delta, finish: FinishReason | null, logprobs?: TokenLogprobs[]) => {
      const delta = first ? { role: 'assistant' as const, ...added } : added;
      first = false;
      const probs = params.logprobs && logprobs ? { content: logprobs } : null;
      pipe.push({ ...head, choices: [{ index: 0, delta, finish_reason: finish, logprobs: probs }] });
    };
    void answer(params, info, either, ({ delta, logprobs }) => chunk(delta, null, logprobs)).then(
      ({ finish, usage }) => {
        chunk({}, finish);
        if (params.stream_options?.include_usage) pipe.push({ ...head, choices: [], usage });
        pipe.end();
      },
      (error: unknown) => pipe.end(error),
    );
    await pipe.ready();
    return {
      async *[Symbol.asyncIterator]() {
        try {
          yield* pipe;
        } finally {
          left.abort(); // a reader who stops reading stops the answer
        }
      },
    };
  }

  return {
    create: ((params: CompletionParams, options: RequestOptions = {}) =>
      params?.stream ? streamed(params, options) : whole(params, options)) as Completions['create'],
  };
}
