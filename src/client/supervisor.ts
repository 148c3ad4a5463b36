// An engine that heals itself: whatever ends it, the worker starts again, the model is loaded again from this browser's
// storage, and every call goes on, an answer after its last token. Callers notice nothing but the time.
import type { CallName, EngineCalls, FromWorker, Resident, ToWorker } from '../protocol/calls';
import { MODEL_CALLS } from '../protocol/calls';
import type { GenerateEvent, GenerateRequest } from '../protocol/chat';
import type { LoadProgress } from '../protocol/models';
import { AppError, fromWireError, type ErrorCode } from '../shared/errors';
import { AnswerJournal } from './answerJournal';
import type { ConnectionSource, EngineConnection } from './connection';
import type { CallOptions, EngineClient, Healing } from './engineClient';
import { Restarts } from './restarts';

/** A load that ends the engine so often is given up: a third attempt would end it again. */
const MOST_LOADS = 2;
/** An engine that wrote so many tokens works: it did not fail again in the same place. */
const WORKS_FROM_TOKENS = 16;
/** Right after the GPU process has crashed the browser has no adapter for a moment. */
const PASSING: ErrorCode[] = ['device-lost', 'no-adapter', 'no-webgpu'];

interface Pending {
  id: number;
  name: CallName;
  args: EngineCalls[CallName]['args'];
  resolve: (value: never) => void;
  reject: (reason: unknown) => void;
  onEvent?: (event: never) => void;
  signal?: AbortSignal;
  onAbort: () => void;
  isSent: boolean;
  /** How often the engine ended while this load ran. */
  endings: number;
  journal?: AnswerJournal;
}

export interface SupervisorOptions {
  source: ConnectionSource;
  restarts?: Restarts;
}

/** An engine client over whatever connection there is. @throws AppError engine-failed, engine-missing once it gives up */
export function superviseEngine(options: SupervisorOptions): EngineClient {
  const supervisor = new Supervisor(options.source, options.restarts ?? new Restarts());
  return {
    call: (name, args, callOptions) => supervisor.call(name, args, callOptions),
    onDeviceLost: (listener) => supervisor.losses.add(listener),
    onHealing: (listener) => supervisor.healings.add(listener),
    onResident: (listener) => supervisor.residents.add(listener),
    resident: () => supervisor.currentResident(),
    dispose: () => supervisor.dispose(),
  };
}

class Listeners<T> {
  private readonly all = new Set<(value: T) => void>();
  add(listener: (value: T) => void): () => void {
    this.all.add(listener);
    return () => this.all.delete(listener);
  }
  tell(value: T): void {
    for (const listener of this.all) listener(value);
  }
}

class Supervisor {
  readonly losses = new Listeners<AppError>();
  readonly healings = new Listeners<Healing | null>();
  readonly residents = new Listeners<Resident | null>();
  private readonly pending = new Map<number, Pending>();
  private readonly untilUp: (() => void)[] = [];
  private connection: EngineConnection | null = null;
  private resident: Resident | null = null;
  private healing: Healing | null = null;
  /** The engine holds the model that calls need, as far as is known. */
  private isRestored = false;
  /** The load that restores it; 0 when none runs. */
  private restoring = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isStopped = true;
  private isDisposed = false;
  private nextId = 1;

  constructor(
    private readonly source: ConnectionSource,
    private readonly restarts: Restarts,
  ) {
    this.start();
  }

  call<K extends CallName>(
    name: K,
    args: EngineCalls[K]['args'],
    { signal, onEvent }: CallOptions<K> = {},
  ): Promise<EngineCalls[K]['result']> {
    return new Promise((resolve, reject) => {
      if (this.isDisposed) return reject(new AppError('bug', 'The engine was disposed'));
      if (signal?.aborted && name !== 'generate') return reject(signal.reason as Error);
      const id = this.nextId++;
      const journal = name === 'generate' ? new AnswerJournal(args as GenerateRequest) : undefined;
      const onAbort = () => this.abort(id);
      const rest = { resolve, reject, onEvent: onEvent as Pending['onEvent'], signal, onAbort, journal };
      this.pending.set(id, { id, name, args, isSent: false, endings: 0, ...rest });
      signal?.addEventListener('abort', onAbort, { once: true });
      if (this.isStopped) this.start();
      this.flush();
    });
  }

  async currentResident(): Promise<Resident | null> {
    if (!this.connection && !this.isStopped) await new Promise<void>((resolve) => this.untilUp.push(resolve));
    return this.resident;
  }

  dispose(): void {
    this.isDisposed = true;
    this.stop();
    this.rejectAll(new AppError('bug', 'The engine was disposed'));
  }

  private start(): void {
    this.isStopped = false;
    this.restarts.reset();
    this.source.start({
      up: (connection, resident) => this.up(connection, resident),
      message: (message) => this.hear(message),
      down: (cause, error) => this.down(cause, error),
    });
  }

  private stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.connection = null;
    this.restoring = 0;
    this.source.stop();
    for (const go of this.untilUp.splice(0)) go();
  }

  private up(connection: EngineConnection, resident: Resident | null): void {
    this.connection = connection;
    if (resident) this.setResident(resident);
    for (const go of this.untilUp.splice(0)) go();
    this.restore();
  }

  private down(cause: Healing['cause'], error: AppError): void {
    this.connection = null;
    this.loseModel();
    for (const call of this.pending.values()) if (call.isSent) this.breakOff(call);
    this.heal(cause, error, () => this.source.reconnect());
  }

  /** The engine holds no model any more. */
  private loseModel(): void {
    this.isRestored = false;
    this.restoring = 0;
  }

  /** A call has to be made again. */
  private breakOff(call: Pending): void {
    call.isSent = false;
    call.journal?.breakOff();
    if (call.name === 'load') call.endings++;
  }

  /** Tries again after a pause, or gives up. */
  private heal(cause: Healing['cause'], error: AppError, attempt: () => void): void {
    for (const call of this.pending.values())
      if (call.endings > MOST_LOADS) this.settle(call)?.reject(giveUpError(error, call.endings));
    const pauseMs = error.code === 'engine-elsewhere' ? null : this.restarts.next();
    if (pauseMs === null) return this.giveUp(error);
    const name = this.resident?.info.name ?? '';
    this.tellHealing({ cause, attempt: this.restarts.count, name, progress: null });
    clearTimeout(this.timer);
    this.timer = setTimeout(attempt, pauseMs);
  }

  private giveUp(error: AppError): void {
    const final = giveUpError(error, this.restarts.count);
    this.stop();
    this.resident = null;
    this.tellHealing(null);
    this.rejectAll(final);
    this.losses.tell(final);
  }

  /** Loads the model that the waiting calls need, where the engine does not hold it, and then makes the calls. */
  private restore(): void {
    if (!this.connection || this.restoring > 0) return;
    const wanted = this.wanted();
    if (!wanted) return this.restored();
    const id = this.nextId++;
    this.restoring = id;
    this.post({ kind: 'call', id, name: 'load', args: wanted });
    this.flush();
  }

  /** How to load what is missing; null when nothing is, or it can wait until it is needed. */
  private wanted(): EngineCalls['load']['args'] | null {
    const calls = [...this.pending.values()];
    if (calls.some(({ name }) => name === 'load')) return null; // brings another model
    const needed = calls.some(({ name }) => MODEL_CALLS.has(name));
    const begunBy = calls.find(({ journal }) => journal?.modelId)?.journal?.modelId;
    const { resident } = this;
    if (begunBy && begunBy !== resident?.info.id)
      return { source: { kind: 'cached', id: begunBy }, options: { keep: { id: begunBy } } };
    if (!resident || (!needed && !this.connection?.isOwn)) return null;
    const { info, args } = resident;
    const source = args.source.kind === 'disk' ? args.source : { kind: 'cached' as const, id: info.id };
    // Any model will do: another tab may have chosen one meanwhile, and this one does not undo that.
    return { source, options: { ...args.options, keep: {} } };
  }

  private restored(): void {
    this.restoring = 0;
    this.isRestored = true;
    this.tellHealing(null);
    this.flush();
  }

  private restoreFailed(error: AppError): void {
    this.restoring = 0;
    if (PASSING.includes(error.code)) return this.heal('device', error, () => this.restore());
    this.isRestored = true;
    this.resident = null;
    this.tellHealing(null);
    for (const call of this.pending.values())
      if (MODEL_CALLS.has(call.name)) this.settle(call)?.reject(error);
    this.losses.tell(error);
  }

  /** Makes every call that can be made now. */
  private flush(): void {
    if (!this.connection) return;
    for (const call of [...this.pending.values()]) {
      if (call.isSent) continue;
      if (call.signal?.aborted) {
        this.stopHere(call);
        continue;
      }
      if (MODEL_CALLS.has(call.name) && !this.isRestored) {
        if (!this.healing) this.restore(); // a guest that has not needed the model since it was lost
        continue;
      }
      call.isSent = true;
      const { id, name, journal } = call;
      this.post({ kind: 'call', id, name, args: journal?.request ?? call.args } as ToWorker);
    }
  }

  private post(message: ToWorker): void {
    this.connection?.post(message);
  }

  private hear(message: FromWorker): void {
    switch (message.kind) {
      case 'resident':
        this.setResident(message.resident);
        break;
      case 'device-lost':
        this.loseDevice(fromWireError(message.error));
        break;
      case 'event':
        if (message.id === this.restoring) this.showProgress(message.event as LoadProgress);
        else this.pass(message.id, message.event);
        break;
      case 'result':
        if (message.id === this.restoring) return this.restored();
        this.finish(message.id, message.result);
        break;
      case 'error':
        this.fail(message.id, fromWireError(message.error));
        break;
      case 'aborted': {
        const call = this.pending.get(message.id);
        if (call) this.settle(call)?.reject(abortReason(call.signal));
      }
    }
  }

  private pass(id: number, event: unknown): void {
    const call = this.pending.get(id);
    if (!call) return;
    if (call.journal?.newTokens === WORKS_FROM_TOKENS) this.restarts.reset();
    if (call.journal && !call.journal.take(event as GenerateEvent)) return;
    call.onEvent?.(event as never);
  }

  private finish(id: number, result: unknown): void {
    const call = this.pending.get(id);
    if (!call) return;
    this.settle(call);
    if (call.name === 'load') this.isRestored = true;
    if (MODEL_CALLS.has(call.name)) this.restarts.reset();
    call.resolve((call.journal ? call.journal.total(result as never) : result) as never);
    this.flush();
  }

  private fail(id: number, error: AppError): void {
    if (id === this.restoring) return this.restoreFailed(error);
    const call = this.pending.get(id);
    if (!call) return;
    const isMissing = error.code === 'no-model' && (this.resident || call.journal?.modelId);
    if (error.code !== 'device-lost' && !isMissing) {
      this.settle(call)?.reject(error);
      return this.flush();
    }
    this.breakOff(call);
    // After the loss itself has been told, its calls only wait with the others.
    if (this.isRestored || !this.healing) this.loseDevice(error, true);
  }

  /** @param isNeeded a call waits for the model; a guest without one leaves the healing to others */
  private loseDevice(error: AppError, isNeeded = false): void {
    if (!this.isRestored && this.healing) return;
    this.loseModel();
    const waits = [...this.pending.values()].some(({ name }) => MODEL_CALLS.has(name));
    if (!isNeeded && !waits && !(this.connection?.isOwn && this.resident)) return;
    this.heal('device', error, () => this.restore());
  }

  private setResident(resident: Resident | null): void {
    this.resident = resident;
    this.residents.tell(resident);
  }

  private showProgress(progress: LoadProgress): void {
    if (this.healing) this.tellHealing({ ...this.healing, progress });
  }

  private tellHealing(healing: Healing | null): void {
    if (!healing && !this.healing) return;
    this.healing = healing;
    this.healings.tell(healing);
  }

  private abort(id: number): void {
    const call = this.pending.get(id);
    if (!call) return;
    if (call.isSent) this.post({ kind: 'abort', id });
    else this.stopHere(call);
  }

  /** Stops a call that no engine knows of. */
  private stopHere(call: Pending): void {
    this.settle(call);
    if (call.journal) call.resolve(call.journal.stopped() as never);
    else call.reject(abortReason(call.signal));
  }

  private settle(call: Pending): Pending | undefined {
    call.signal?.removeEventListener('abort', call.onAbort);
    return this.pending.delete(call.id) ? call : undefined;
  }

  private rejectAll(error: AppError): void {
    for (const call of [...this.pending.values()]) this.settle(call)?.reject(error);
  }
}

const abortReason = (signal?: AbortSignal): unknown =>
  signal?.reason ?? new DOMException('Stopped', 'AbortError');

/** The error that a person reads when the engine is given up: what failed, how often, and what to do. */
function giveUpError(error: AppError, tries: number): AppError {
  const { code, message, details } = error;
  if (details.reason === 'out-of-memory') return new AppError('out-of-gpu-memory', message, details);
  if (code === 'engine-elsewhere' || code === 'no-adapter' || code === 'no-webgpu') return error;
  const why = String(details.why ?? message);
  if (code === 'engine-missing') {
    const text = `No engine after ${tries} attempts: ${why} Reload the page.`;
    return new AppError('engine-missing', text, { tries, why });
  }
  const text = `The engine ended ${tries} times: ${why} Choose a smaller model or reload the page.`;
  return new AppError('engine-failed', text, { tries, why });
}
