// Serves the engine to its clients: the page that started the worker, and other tabs. Calls that use the device run one
// at a time, in the order they came, whoever made them.
import type { CallMessage, FromWorker, Resident, ToWorker } from '../protocol/calls';
import { EXCLUSIVE_CALLS, MODEL_CALLS } from '../protocol/calls';
import type { LoadProgress } from '../protocol/models';
import { runCall, type CallHandlers } from '../runtime/engineCalls';
import { AppError, isAbort, toWireError } from '../shared/errors';

/** Calls that others are told they wait for; the rest takes moments. */
const LONG_CALLS: ReadonlySet<string> = new Set(['generate', 'load', 'benchTurn', 'benchPass', 'probe']);

/** One client of the engine. */
export interface Connection {
  receive(message: ToWorker): void;
  /** The client is gone: its calls are stopped. */
  close(): void;
}

interface Job {
  client: Client;
  message: CallMessage;
  controller: AbortController;
  /** The number of others that this one was last told of. */
  ahead: number;
}

interface Client {
  post: (message: FromWorker) => void;
  running: Map<number, Job>;
}

const QUEUED: LoadProgress = {
  phase: 'queued',
  doneBytes: 0,
  totalBytes: 0,
  bytesPerSecond: 0,
  secondsLeft: Infinity,
};

export class EngineServer {
  private readonly clients = new Set<Client>();
  /** Exclusive calls; the first one runs. */
  private readonly queue: Job[] = [];
  /** Other calls that need the model which the first one loads. */
  private readonly waiting: Job[] = [];
  private resident: Resident | null = null;

  /** @param holdsModel whether a model is loaded now, to answer chats */
  constructor(
    private readonly handlers: CallHandlers,
    private readonly holdsModel: () => boolean,
  ) {}

  /** The model that answers chats, or answered them before the device was lost. */
  get loaded(): Resident | null {
    return this.resident;
  }

  connect(post: (message: FromWorker) => void): Connection {
    const client: Client = { post, running: new Map() };
    this.clients.add(client);
    return {
      receive: (message) => this.receive(client, message),
      close: () => {
        this.clients.delete(client);
        for (const { controller } of client.running.values()) controller.abort();
      },
    };
  }

  /** To every client. */
  broadcast(message: FromWorker): void {
    for (const { post } of this.clients) post(message);
  }

  private receive(client: Client, message: ToWorker): void {
    if (message.kind === 'abort') return client.running.get(message.id)?.controller.abort();
    if (message.kind !== 'call') return;
    const isGenerating = [...client.running.values()].some((job) => job.message.name === 'generate');
    if (message.name === 'generate' && isGenerating) {
      const busy = new AppError('busy', 'The engine is still answering. Stop that answer first.');
      return client.post({ kind: 'error', id: message.id, error: toWireError(busy) });
    }
    const job: Job = { client, message, controller: new AbortController(), ahead: 0 };
    client.running.set(message.id, job);
    if (!EXCLUSIVE_CALLS.has(message.name)) return this.runBeside(job);
    this.queue.push(job);
    if (this.queue.length === 1) void this.work();
    else this.tellQueue();
  }

  private async work(): Promise<void> {
    for (let job; (job = this.queue[0]);) {
      await this.run(job);
      this.queue.shift();
      this.tellQueue();
      for (const other of this.waiting.splice(0)) this.runBeside(other);
    }
  }

  /** A call beside the exclusive one; while that loads the model that it needs, it waits. */
  private runBeside(job: Job): void {
    const needsModel = MODEL_CALLS.has(job.message.name) && !this.holdsModel();
    if (needsModel && this.queue[0]?.message.name === 'load') this.waiting.push(job);
    else void this.run(job);
  }

  /** Tells those who wait how many calls of others come first. */
  private tellQueue(): void {
    this.queue.forEach((job, place) => {
      const { client, message } = job;
      if (place === 0 || (message.name !== 'generate' && message.name !== 'load')) return;
      const isAhead = (other: Job) => other.client !== client && LONG_CALLS.has(other.message.name);
      const ahead = this.queue.slice(0, place).filter(isAhead).length;
      if (ahead === job.ahead) return;
      job.ahead = ahead;
      const event = message.name === 'load' ? QUEUED : { kind: 'queued', ahead };
      client.post({ kind: 'event', id: message.id, event });
    });
  }

  private async run({ client, message, controller }: Job): Promise<void> {
    const { id, name, args } = message;
    const onEvent = (event: unknown) => client.post({ kind: 'event', id, event });
    try {
      const result = await runCall(this.handlers, name, args, { signal: controller.signal, onEvent });
      this.follow(message, result);
      client.post({ kind: 'result', id, result });
    } catch (error) {
      const isOther = error instanceof AppError && error.code !== 'device-lost';
      // A load that failed or was stopped late leaves none. After the loss of the device there will be one again.
      if (name === 'load' && (isOther || isAbort(error)) && this.resident && !this.holdsModel())
        this.tell(null);
      if (isAbort(error)) client.post({ kind: 'aborted', id });
      else client.post({ kind: 'error', id, error: toWireError(error) });
    } finally {
      client.running.delete(id);
    }
  }

  /** Keeps every client informed of the model that answers. */
  private follow({ name, args }: CallMessage, result: unknown): void {
    if (name === 'load' && (args.options?.role ?? 'chat') === 'chat') {
      const info = result as Resident['info'];
      if (info.id === this.resident?.info.id && args.options?.keep) return;
      this.tell({ info, args });
    } else if (name === 'unload' && (args.role ?? 'chat') === 'chat') this.tell(null);
    else if (name === 'addEyes' && this.resident) {
      const { info, args: how } = this.resident;
      this.tell({ info: { ...info, eyes: result as Resident['info']['eyes'] }, args: how });
    } else if (name === 'deleteModel' && args.id === this.resident?.info.id) this.tell(null);
  }

  private tell(resident: Resident | null): void {
    this.resident = resident;
    this.broadcast({ kind: 'resident', resident });
  }
}
