// The `python` tool: one Python per chat, ended when it is idle, too large, or does not listen.
import { AppError } from '../../shared/errors';
import type { Tool, ToolContext, ToolOutcome } from '../tool';
import { Call, newFiles } from './call';
import { installPython, missingFor } from './install';
import { Kernel, type RunEnd } from './kernel';
import { importedModules } from './manifest';
import { MODULES, PYTHON_SPEC } from './spec';

export interface PythonOptions {
  /** A cell is interrupted after this time; loading does not count. */
  timeoutMs?: number;
  /** Python is ended after this time without a cell. */
  idleMs?: number;
  /** Python is ended after a cell that leaves a larger heap, which never shrinks. */
  maxHeapBytes?: number;
  /** Chats with a running Python; the one used longest ago ends first. */
  maxKernels?: number;
}

const DEFAULTS = { timeoutMs: 60_000, idleMs: 600_000, maxHeapBytes: 1.5 * 2 ** 30, maxKernels: 3 };
/** Packages of one cell are loaded within this time. */
const LOAD_MS = 120_000;
/** An interrupted cell that goes on for this long does not listen: a loop inside of C code. */
const SETTLE_MS = 3000;

/** A chat's Python, and what has been put into its /mnt/data. */
interface Session {
  chatId: string;
  kernel: Promise<Kernel>;
  /** The cell that runs, also after its call was stopped. */
  running: Promise<unknown>;
  synced: Map<string, Blob>;
  idle?: ReturnType<typeof setTimeout>;
}

const after = <T>(ms: number, value: T) => new Promise<T>((resolve) => setTimeout(resolve, ms, value));

class PythonTool implements Tool {
  readonly spec = PYTHON_SPEC;
  readonly reach = 'caged' as const;
  private readonly options: PythonOptions & typeof DEFAULTS;
  /** By chat, the one used last at the end. */
  private readonly sessions = new Map<string, Session>();
  /** Chats whose Python ended between two calls, with variables in it. */
  private readonly lost = new Set<string>();

  constructor(options: PythonOptions) {
    this.options = { ...DEFAULTS, ...options };
  }

  async run(args: string, context: ToolContext): Promise<ToolOutcome> {
    const { chatId, signal, files, onProgress } = context;
    signal.throwIfAborted();
    const call = new Call(onProgress);
    if (!(await this.hasParts(args, context))) {
      call.note({ name: 'notAllowed' });
      return call.outcome(true);
    }
    const session = await this.session(chatId, call);
    clearTimeout(session.idle);
    const kernel = await session.kernel;
    if (signal.aborted) this.rest(session);
    signal.throwIfAborted();
    if (this.lost.delete(chatId)) call.note({ name: 'restarted' });
    const running = this.cell(args, session, kernel, call, context, await newFiles(files, session.synced));
    session.running = running.catch(() => undefined);
    return running;
  }

  forget(chatId?: string): void {
    const ids = chatId === undefined ? [...this.sessions.keys(), ...this.lost] : [chatId];
    for (const id of ids) {
      this.end(this.sessions.get(id));
      this.lost.delete(id);
    }
  }

  /**
   * Downloads what the code needs and the app does not contain.
   * @returns whether all is there now
   * @throws AppError 'python-parts' without a way to ask the user
   */
  private async hasParts(
    source: string,
    { signal, onProgress, allowDownload }: ToolContext,
  ): Promise<boolean> {
    const missing = await missingFor(source);
    if (!missing) return true;
    const { names, bytes, host } = missing;
    const parts = names.join(', ');
    if (!allowDownload)
      throw new AppError('python-parts', `Python needs ${parts} from ${host}`, { parts, bytes, host });
    if (!(await allowDownload({ parts, bytes, host }))) return false;
    const show = ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number }) => {
      const percent = Math.min(100, Math.round((doneBytes / totalBytes) * 100));
      onProgress([{ type: 'text', text: `${host}: ${percent} %` }]);
    };
    await installPython(show, signal, names);
    return true;
  }

  /** The chat's Python, after an earlier cell that was stopped has ended. */
  private async session(chatId: string, call: Call): Promise<Session> {
    const known = this.sessions.get(chatId);
    if (known && !(await Promise.race([known.running.then(() => true), after(SETTLE_MS, false)])))
      this.end(known);
    let session = this.sessions.get(chatId);
    if (!session) {
      call.hint({ name: 'loading' });
      const started: Session = {
        chatId,
        kernel: Kernel.start(),
        running: Promise.resolve(),
        synced: new Map(),
      };
      started.kernel.catch(() => this.sessions.get(chatId) === started && this.sessions.delete(chatId));
      session = started;
    }
    this.sessions.delete(chatId);
    this.sessions.set(chatId, session);
    const [oldest] = this.sessions.values();
    if (this.sessions.size > this.options.maxKernels) this.end(oldest);
    return session;
  }

  /** Ends a chat's Python when it stays idle. */
  private rest(session: Session): void {
    session.idle = setTimeout(() => this.end(session), this.options.idleMs);
  }

  /** Ends a chat's Python. */
  private end(session: Session | undefined): void {
    if (!session || this.sessions.get(session.chatId) !== session) return;
    this.sessions.delete(session.chatId);
    clearTimeout(session.idle);
    void session.kernel.then(
      (kernel) => kernel.end(),
      () => undefined,
    );
    this.lost.add(session.chatId);
  }

  private async cell(
    source: string,
    session: Session,
    kernel: Kernel,
    call: Call,
    { signal }: ToolContext,
    files: { name: string; bytes: ArrayBuffer }[],
  ): Promise<ToolOutcome> {
    const { timeoutMs, maxHeapBytes } = this.options;
    const isFirst = kernel.runs === 0;
    let timedOut = false;
    let timer = setTimeout(() => this.end(session), LOAD_MS);
    /** Interrupts the cell; where it does not listen, ends Python. */
    const stop = () => {
      clearTimeout(timer);
      if (!kernel.canInterrupt) return this.end(session);
      kernel.interrupt();
      timer = setTimeout(() => this.end(session), SETTLE_MS);
    };
    const onRuns = () => {
      if (signal.aborted) return stop();
      clearTimeout(timer);
      timer = setTimeout(() => {
        timedOut = true;
        stop();
      }, timeoutMs);
    };
    signal.addEventListener('abort', stop, { once: true });
    const modules = importedModules(source);
    const end = await kernel.run({ source, files, modules, onOutput: (output) => call.add(output), onRuns });
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    if (end.kind === 'done') call.addFiles(end.files, session.synced);
    if (end.kind === 'died') this.end(session);
    else this.rest(session);
    signal.throwIfAborted();

    const isOver = () => this.sessions.get(session.chatId) !== session;
    if (timedOut) call.note({ name: 'timedOut' });
    else if (end.kind === 'died') call.fail(`${end.why}\n`);
    else call.fail(end.error);
    if (end.kind === 'done') {
      this.noteEnd(end, call);
      if (isFirst && /^NameError: /m.test(end.error)) call.note({ name: 'fresh' });
      if (end.heapBytes > maxHeapBytes) this.end(session);
    }
    const tooLarge = end.kind === 'done' ? end.heapBytes > maxHeapBytes : /memory/i.test(end.why);
    if (isOver()) {
      this.lost.delete(session.chatId); // it is said now, not with the next call
      call.note({ name: tooLarge ? 'memory' : 'ended' });
    } else if (timedOut) call.note({ name: 'kept' });
    return call.outcome(timedOut || end.kind === 'died' || end.error !== '');
  }

  private noteEnd({ chars, files, tooLarge, error }: RunEnd, call: Call): void {
    const whole = files.find(({ name }) => /^output-\d+\.txt$/.test(name))?.name;
    if (chars > SHOWN_CHARS && whole)
      call.note({ name: 'cut', values: { chars: String(chars), file: whole } });
    if (tooLarge.length > 0) call.note({ name: 'tooLarge', values: { names: tooLarge.join(', ') } });
    if (/^ModuleNotFoundError: /m.test(error)) call.note({ name: 'modules', values: { names: MODULES } });
  }
}

/** Characters of output that are shown: src/tools/python/worker.js has the same number. */
const SHOWN_CHARS = 65_536;

/** The tool. Nothing is loaded before the first call. */
export function pythonTool(options: PythonOptions = {}): Tool {
  return new PythonTool(options);
}
