// A worker whose engine writes numbers instead of words: the protocol, queue and tabs of the real one, and ways to end it.
import type { FromWorker, ToWorker } from '../protocol/calls';
import type { GenerateRequest, GenerateSummary, Part } from '../protocol/chat';
import type { ModelInfo } from '../protocol/models';
import type { CallControl, CallHandlers } from '../runtime/engineCalls';
import { AppError, toWireError } from '../shared/errors';
import { textOf, withPartEvent } from '../shared/parts';
import { EngineServer } from '../worker/engineServer';
import { serveWorker } from '../worker/serveWorker';
import type { TabLocks } from './tabLocks';

const LENGTH = 40;
const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

/** What an answer to this question ends as. */
export const wholeAnswer = (question: string): string =>
  Array.from({ length: LENGTH }, (_, i) => `${question}${i} `).join('');

/** Behaviour of all workers of a test. */
export interface Script {
  /** Called before every token and every step of a load; may end a worker or throw. */
  onStep?: (worker: ScriptedWorker, step: string) => void;
  /** The script answers 404. */
  isMissing?: boolean;
  loads: string[];
  /** Tokens computed by all workers, those of resumed answers not included. */
  tokens: number;
}

let count = 0;

/** The part of a Worker that a page uses. */
export class ScriptedWorker extends EventTarget {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  readonly process = `worker ${++count}`;
  model: string | null = null;
  private isEnded = false;
  private readonly channels: BroadcastChannel[] = [];
  private readonly server: EngineServer;
  private readonly receive: (message: ToWorker) => void;
  private timers: ReturnType<typeof setInterval>[] = [];

  constructor(
    private readonly script: Script,
    private readonly locks: TabLocks,
  ) {
    super();
    this.server = new EngineServer(this.handlers(), () => this.model !== null);
    this.receive = serveWorker(this.server, {
      post: (message) => this.deliver(message),
      locks: locks.of(this.process),
      openChannel: (name) => {
        const channel = new BroadcastChannel(name);
        this.channels.push(channel);
        return channel;
      },
    });
    if (script.isMissing) setTimeout(() => this.onerror?.(new Event('error')));
  }

  postMessage(message: ToWorker): void {
    if (!this.script.isMissing) setTimeout(() => !this.isEnded && this.receive(structuredClone(message)));
  }

  terminate(): void {
    this.end();
  }

  /** Ends without a word, as a crash does; its locks are released. */
  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    for (const channel of this.channels) channel.close();
    for (const timer of this.timers) clearInterval(timer);
    this.locks.end(this.process);
  }

  /** The GPU device is lost; the worker lives on. */
  loseDevice(): void {
    this.model = null;
    const error = new AppError('device-lost', 'gone', { reason: 'test' });
    this.server.broadcast({ kind: 'device-lost', error: toWireError(error) });
    throw error;
  }

  private deliver(message: FromWorker): void {
    const data = structuredClone(message);
    setTimeout(() => !this.isEnded && this.onmessage?.({ data } as MessageEvent<FromWorker>));
  }

  private async step(name: string, signal: AbortSignal): Promise<void> {
    await tick();
    if (this.isEnded) await new Promise(() => undefined); // a dead worker does nothing
    signal.throwIfAborted();
    this.script.onStep?.(this, name);
    if (this.isEnded) await new Promise(() => undefined);
  }

  private handlers(): CallHandlers {
    const handlers: Partial<CallHandlers> = {
      load: async ({ source, options }, { signal }) => {
        const id = source.kind === 'cached' ? source.id : 'model';
        const { keep } = options ?? {};
        if (keep && this.model && this.model === (keep.id ?? this.model)) return infoOf(this.model);
        this.model = null;
        for (const phase of ['header', 'upload', 'compile']) await this.step(phase, signal);
        this.script.loads.push(id);
        this.model = id;
        return infoOf(id);
      },
      unload: async () => ((this.model = null), null),
      listModels: async () => [],
      countTokens: async () => {
        this.needModel();
        return { tokens: 7 };
      },
      generate: (request, control) => this.generate(request, control),
    };
    return handlers as CallHandlers;
  }

  private needModel(): string {
    if (!this.model) throw new AppError('no-model', 'No model is loaded.');
    return this.model;
  }

  private async generate(
    request: GenerateRequest,
    { signal, onEvent }: CallControl<'generate'>,
  ): Promise<GenerateSummary> {
    const modelId = this.needModel();
    const { resume, journal } = request;
    const question = resume ? String.fromCharCode(...resume.promptIds) : textOf(request.messages[0].parts);
    const promptIds = [...question].map((character) => character.charCodeAt(0));
    if (journal) onEvent({ kind: 'prompt', prompt: { modelId, promptIds, answerStart: 1, droppedTurns: 0 } });
    const ids: number[] = [];
    const take = (id: number): void => {
      if (ids.length === 0) onEvent({ kind: 'part-start', index: 0, part: { type: 'text', text: '' } });
      ids.push(id);
      onEvent({
        kind: 'part-delta',
        index: 0,
        text: `${question}${id} `,
        tokens: ids.length,
        contextUsed: 0,
      });
      if (journal) onEvent({ kind: 'token', id });
    };
    resume?.ids.forEach(take);
    try {
      while (ids.length < LENGTH) {
        await this.step(`token ${ids.length}`, signal);
        this.script.tokens++;
        take(ids.length);
      }
      return summaryOf('stop', ids.length);
    } catch (error) {
      if (signal.aborted) return summaryOf('aborted', ids.length);
      throw error;
    }
  }
}

/** Collects the text of an answer. */
export function textCollector() {
  let parts: readonly Part[] = [];
  return {
    onEvent: (event: Parameters<CallControl<'generate'>['onEvent']>[0]) => {
      if ('index' in event) parts = withPartEvent<Part>(parts, event);
    },
    get text() {
      return textOf(parts);
    },
  };
}

const infoOf = (id: string) => ({ id, name: id }) as ModelInfo;

const summaryOf = (reason: GenerateSummary['reason'], newTokens: number): GenerateSummary => ({
  reason,
  promptTokens: 1,
  reusedTokens: 0,
  newTokens,
  prefillMs: 1,
  decodeMs: 1,
  contextUsed: newTokens,
  contextTokens: 512,
});
