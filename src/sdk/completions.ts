// `chat.completions.create` of the OpenAI API over the engine's client.
import type { GenerateEvent, GenerateSummary } from '../protocol/chat';
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
  TopLogprob,
  Usage,
} from './completionTypes';
import type { EngineClient } from '../client/engineClient';
import type { OneByOne } from './oneByOne';
import { stopFilter } from './stopText';

type LogprobEvent = Extract<GenerateEvent, { kind: 'logprobs' }>;
interface Piece {
  text: string;
  logprobs: TokenLogprobs[];
}
interface End {
  finish: FinishReason;
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

/** Pieces on their way from the engine's events to whoever iterates. */
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
    const give = (text: string) => {
      if (text || logprobs.length > 0) onPiece({ text, logprobs });
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
              if (event.kind !== 'text') return;
              const text = stops.take(event.text);
              if (stops.found) abort();
              give(text);
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
      if (!stops.found) give(stops.rest());
      const isCut = !stops.found && (summary.reason === 'length' || summary.reason === 'context');
      return { finish: isCut ? 'length' : 'stop', usage: usageOf(summary) };
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
    let content = '';
    const logprobs: TokenLogprobs[] = [];
    const { finish, usage } = await answer(params, info, signal, (piece) => {
      content += piece.text;
      logprobs.push(...piece.logprobs);
    });
    const choice = {
      index: 0 as const,
      message: { role: 'assistant' as const, content },
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
    const chunk = (text: string | null, finish: FinishReason | null, logprobs: TokenLogprobs[] = []) => {
      const role = first ? { role: 'assistant' as const } : {};
      first = false;
      const delta = { ...role, ...(text !== null && { content: text }) };
      const probs = params.logprobs && text !== null ? { content: logprobs } : null;
      pipe.push({ ...head, choices: [{ index: 0, delta, finish_reason: finish, logprobs: probs }] });
    };
    void answer(params, info, either, ({ text, logprobs }) => chunk(text, null, logprobs)).then(
      ({ finish, usage }) => {
        chunk(null, finish);
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
          left.abort(); // whoever stops reading stops the answer
        }
      },
    };
  }

  return {
    create: ((params: CompletionParams, options: RequestOptions = {}) =>
      params?.stream ? streamed(params, options) : whole(params, options)) as Completions['create'],
  };
}
