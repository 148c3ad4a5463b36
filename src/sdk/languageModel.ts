// An adapter in the shape of the browsers' built-in `LanguageModel`: https://webmachinelearning.github.io/prompt-api/
import type { AnswerFormat, GenerateRequest, GenerateSummary, Part, Turn } from '../protocol/chat';
import type { LoadProgress, ModelInfo, ModelSource } from '../protocol/models';
import { AppError } from '../shared/errors';
import { withPartEvent } from '../shared/parts';
import type { ThinkingEffort } from '../shared/thinking';
import type { EngineClient } from '../client/engineClient';
import { budgetOf } from './completionRequest';
import type { OneByOne } from './oneByOne';

export type PromptRole = 'system' | 'user' | 'assistant';
export interface PromptMessage {
  role: PromptRole;
  content: string | { type: 'text'; value: string }[];
  /** Last message, the assistant's: the model goes on from it. */
  prefix?: boolean;
}
export type Prompt = string | PromptMessage[];

export type Availability = 'unavailable' | 'downloadable' | 'downloading' | 'available';

export interface LanguageModelParams {
  defaultTopK: number;
  maxTopK: number;
  defaultTemperature: number;
  maxTemperature: number;
}

export interface PromptOptions {
  signal?: AbortSignal;
  /** The answer is JSON of this schema, or matches this expression as a whole. */
  responseConstraint?: object | RegExp;
}

export interface LanguageModelOptions {
  signal?: AbortSignal;
  /** What the session begins with, and keeps; a system message only as the first. */
  initialPrompts?: PromptMessage[];
  /** Both or neither, as in the browsers. */
  temperature?: number;
  topK?: number;
  /** Beyond the browsers': how much a model that reasons thinks, or a budget of tokens. Missing: as much as it likes. */
  thinking?: ThinkingEffort | number;
  /** Gets an EventTarget with `downloadprogress` events, whose `loaded` goes from 0 to 1. */
  monitor?: (monitor: EventTarget) => void;
}

export interface LanguageModelStatic {
  availability(): Promise<Availability>;
  params(): Promise<LanguageModelParams | null>;
  /** Loads the model if it is not. @throws AppError of the load, bad-request, context-full; the signal's reason */
  create(options?: LanguageModelOptions): Promise<LanguageModelSession>;
}

interface Deps {
  client: Pick<EngineClient, 'call'>;
  source: ModelSource;
  /** The loaded model, if it is this source. */
  loaded: () => ModelInfo | null;
  isLoading: () => boolean;
  load: (signal: AbortSignal | undefined, onProgress: (progress: LoadProgress) => void) => Promise<ModelInfo>;
  queue: OneByOne;
}

const MAX_TOP_K = 200;
const MAX_TEMPERATURE = 2;
const SEED_RANGE = 2 ** 32;

const bad = (field: string, why: string) => new AppError('bad-request', `${field}: ${why}`, { field, why });

const textTurn = (role: PromptRole, text: string): Turn => ({ role, parts: [{ type: 'text', text }] });

function toTurns(input: Prompt): { turns: Turn[]; prefix: boolean } {
  const messages: PromptMessage[] = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  if (!Array.isArray(messages)) throw bad('input', 'a text or a list of messages was expected');
  const turns = messages.map(({ role, content, prefix }, index): Turn => {
    if (!['system', 'user', 'assistant'].includes(role)) throw bad(`input[${index}].role`, String(role));
    if (prefix && (role !== 'assistant' || index < messages.length - 1)) {
      throw bad(`input[${index}].prefix`, 'only the last message, and the assistant’s, can be one');
    }
    if (typeof content === 'string') return textTurn(role, content);
    const texts = content.map((part) => {
      if (part.type !== 'text') throw bad(`input[${index}].content`, 'only text is read');
      return part.value;
    });
    return textTurn(role, texts.join(''));
  });
  return { turns, prefix: messages.at(-1)?.prefix === true };
}

function toFormat(constraint: object | RegExp): AnswerFormat {
  return constraint instanceof RegExp
    ? { kind: 'regex', pattern: constraint.source }
    : { kind: 'schema', schema: constraint };
}

interface SessionState {
  initial: Turn[];
  history: Turn[];
  usage: number;
  sampling: GenerateRequest['sampling'];
  thinkingTokens?: number;
}

/** A conversation. Sessions share one engine: their answers wait for each other. */
export class LanguageModelSession extends EventTarget {
  /** Called when the oldest turns had to be forgotten, besides the event of this name. */
  onquotaoverflow: ((event: Event) => void) | null = null;
  private readonly life = new AbortController();

  constructor(
    private readonly deps: Deps,
    private readonly info: ModelInfo,
    private state: SessionState,
  ) {
    super();
  }

  get inputUsage(): number {
    return this.state.usage;
  }
  get inputQuota(): number {
    return this.info.contextTokens;
  }
  get topK(): number {
    return this.state.sampling.topK;
  }
  get temperature(): number {
    return this.state.sampling.temperature;
  }

  /** @throws AppError; the signal's reason; InvalidStateError after destroy */
  async prompt(input: Prompt, options: PromptOptions = {}): Promise<string> {
    let text = '';
    await this.answer(input, options, (piece) => (text += piece));
    return text;
  }

  /** The answer in pieces. Canceling the stream stops the model. */
  promptStreaming(input: Prompt, options: PromptOptions = {}): ReadableStream<string> {
    const { signal } = options;
    const canceled = new AbortController();
    const either = signal ? AbortSignal.any([signal, canceled.signal]) : canceled.signal;
    return new ReadableStream<string>({
      start: (stream) => {
        void this.answer(input, { ...options, signal: either }, (piece) => {
          if (!canceled.signal.aborted) stream.enqueue(piece);
        }).then(
          () => stream.close(),
          (error: unknown) => canceled.signal.aborted || stream.error(error),
        );
      },
      cancel: () => canceled.abort(),
    });
  }

  /** Adds to the conversation without an answer. @throws AppError context-full */
  async append(input: Prompt, { signal }: Pick<PromptOptions, 'signal'> = {}): Promise<void> {
    this.check(signal);
    const { turns } = toTurns(input);
    await this.deps.queue(async () => {
      const history = [...this.state.history, ...turns];
      const tokens = await this.count([...this.state.initial, ...history]);
      this.check(signal);
      if (tokens > this.inputQuota) throw full(tokens, this.inputQuota);
      this.state = { ...this.state, history, usage: tokens };
    }, signal);
  }

  /** Tokens that `input` would take. */
  async measureInputUsage(input: Prompt, { signal }: PromptOptions = {}): Promise<number> {
    this.check(signal);
    const before = [...this.state.initial, ...this.state.history];
    const with_ = await this.count([...before, ...toTurns(input).turns]);
    this.check(signal);
    return before.length === 0 ? with_ : with_ - (await this.count(before));
  }

  /** A session with the same past, which goes its own way. */
  async clone({ signal }: PromptOptions = {}): Promise<LanguageModelSession> {
    this.check(signal);
    return new LanguageModelSession(this.deps, this.info, { ...this.state });
  }

  /** Stops what runs; the session cannot be used any more. The model stays. */
  destroy(): void {
    this.life.abort(new DOMException('The session was destroyed', 'AbortError'));
  }

  private check(signal?: AbortSignal): void {
    if (this.life.signal.aborted) throw new DOMException('The session was destroyed', 'InvalidStateError');
    signal?.throwIfAborted();
  }

  private async count(messages: Turn[]): Promise<number> {
    return (await this.deps.client.call('countTokens', { messages })).tokens;
  }

  private async answer(
    input: Prompt,
    { signal, responseConstraint }: PromptOptions,
    onText: (text: string) => void,
  ): Promise<void> {
    this.check(signal);
    const { turns, prefix } = toTurns(input);
    const either = signal ? AbortSignal.any([signal, this.life.signal]) : this.life.signal;
    await this.deps.queue(async () => {
      const asked = [...this.state.history, ...turns];
      let parts: Part[] = prefix ? [...(asked.at(-1)?.parts ?? [])] : [];
      const summary = await this.deps.client.call(
        'generate',
        {
          messages: [...this.state.initial, ...asked],
          ...(prefix && { continue: true }),
          sampling: { ...this.state.sampling, seed: Math.floor(Math.random() * SEED_RANGE) },
          contextPolicy: 'drop-oldest',
          ...(this.state.thinkingTokens !== undefined && { thinkingTokens: this.state.thinkingTokens }),
          ...(responseConstraint && { format: toFormat(responseConstraint) }),
        },
        {
          signal: either,
          onEvent: (event) => {
            if (!('index' in event) || either.aborted) return;
            parts = withPartEvent(parts, event);
            if (event.kind === 'part-delta' && parts[event.index]?.type === 'text') onText(event.text);
          },
        },
      );
      either.throwIfAborted();
      this.remember(prefix ? asked.slice(0, -1) : asked, parts, summary);
    }, either);
  }

  /** The answer joins the conversation, and what no longer fitted leaves it. */
  private remember(asked: Turn[], parts: Part[], summary: GenerateSummary): void {
    const { promptTokens, contextTokens, newTokens, reason, droppedTurns = 0 } = summary;
    if (summary.overflow || (reason === 'context' && newTokens === 0))
      throw full(promptTokens, contextTokens);
    const history = [...asked];
    for (let dropped = 0; dropped < droppedTurns; dropped++) {
      history.shift();
      while (history.length > 0 && history[0].role !== 'user') history.shift();
    }
    history.push({ role: 'assistant', parts });
    this.state = { ...this.state, history, usage: summary.contextUsed };
    if (droppedTurns === 0) return;
    const event = new Event('quotaoverflow');
    this.onquotaoverflow?.(event);
    this.dispatchEvent(event);
  }
}

const full = (promptTokens: number, contextTokens: number) =>
  new AppError('context-full', `${promptTokens} tokens, the context holds ${contextTokens}.`, {
    promptTokens,
    contextTokens,
  });

/** `LanguageModel` for one model, as an object: `create`, `availability` and `params` are the browsers'. */
export function createLanguageModel(deps: Deps): LanguageModelStatic {
  const { client, source, loaded, isLoading, load } = deps;

  return {
    async availability() {
      if (loaded()) return 'available';
      if (isLoading()) return 'downloading';
      try {
        await client.call('device', {});
      } catch {
        return 'unavailable';
      }
      const stored = await client.call('listModels', {});
      const here = stored.some(({ id, origin }) =>
        source.kind === 'cached' ? id === source.id : source.kind === 'url' && origin === source.url,
      );
      return here || source.kind === 'files' || source.kind === 'disk' ? 'available' : 'downloadable';
    },

    async params() {
      const info = loaded();
      if (!info) return null;
      const { topK, temperature } = info.sampling;
      return {
        defaultTopK: topK,
        maxTopK: MAX_TOP_K,
        defaultTemperature: temperature,
        maxTemperature: MAX_TEMPERATURE,
      };
    },

    async create({ initialPrompts = [], temperature, topK, thinking, signal, monitor } = {}) {
      signal?.throwIfAborted();
      if ((temperature === undefined) !== (topK === undefined)) {
        throw bad('temperature, topK', 'give both or neither');
      }
      if (temperature !== undefined && !(temperature >= 0 && temperature <= MAX_TEMPERATURE)) {
        throw bad('temperature', `${temperature} is not between 0 and ${MAX_TEMPERATURE}`);
      }
      if (topK !== undefined && !(topK >= 1 && topK <= MAX_TOP_K)) {
        throw bad('topK', `${topK} is not between 1 and ${MAX_TOP_K}`);
      }
      const thinkingTokens = thinking === undefined ? undefined : budgetOf(thinking);
      const { turns: initial } = toTurns(initialPrompts);
      if (initial.slice(1).some(({ role }) => role === 'system')) {
        throw bad('initialPrompts', 'a system message can only be the first');
      }
      const target = new EventTarget();
      monitor?.(target);
      const tell = (share: number) =>
        target.dispatchEvent(new ProgressEvent('downloadprogress', { loaded: share, total: 1 }));
      const info =
        loaded() ??
        (await load(signal, ({ phase, doneBytes, totalBytes }) => {
          if (phase === 'import' && totalBytes > 0) tell(Math.min(1, doneBytes / totalBytes));
        }));
      tell(1);
      const sampling = {
        ...info.sampling,
        ...(temperature !== undefined && topK !== undefined && { temperature, topK }),
        seed: 0,
      };
      const usage = initial.length > 0 ? (await client.call('countTokens', { messages: initial })).tokens : 0;
      signal?.throwIfAborted();
      if (usage > info.contextTokens) throw full(usage, info.contextTokens);
      const session = new LanguageModelSession(deps, info, {
        ...{ initial, history: [], usage, sampling },
        ...(thinkingTokens !== undefined && { thinkingTokens }),
      });
      signal?.addEventListener('abort', () => session.destroy(), { once: true }); // as in the browsers
      return session;
    },
  };
}
