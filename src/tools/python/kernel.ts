// One Python with its variables: a worker in a sandbox of its own, from its start to its end.
import { AppError } from '../../shared/errors';
import { openSandbox, type Sandbox, type SandboxWorker } from '../sandbox/frame';
import backend from './backend.py?raw';
import { isAtHand, readFile, readManifest } from './fileStore';
import { lockFile, packagesFor, type PythonManifest } from './manifest';
import matplotlibrc from './matplotlibrc?raw';
import runner from './runner.py?raw';
import workerScript from './worker.js?raw';

/** A piece of output, in order. */
export type Output =
  | { kind: 'text'; text: string }
  | { kind: 'image'; bytes: Uint8Array<ArrayBuffer>; width: number; height: number; alt: string }
  | { kind: 'table'; columns: string[]; rows: string[][]; totalRows: number; text: string };

export interface RunEnd {
  kind: 'done';
  /** A traceback; '' if the cell ran to its end. */
  error: string;
  /** New and changed files in /mnt/data. */
  files: { name: string; bytes: Uint8Array<ArrayBuffer> }[];
  tooLarge: string[];
  heapBytes: number;
  /** Characters of the whole output. */
  chars: number;
}

/** Python itself came to an end: out of memory, or code closed the worker. */
export interface Died {
  kind: 'died';
  why: string;
}

export interface RunRequest {
  source: string;
  files: { name: string; bytes: ArrayBuffer }[];
  /** Modules that it will import; the worker finds more in the code itself. */
  modules: string[];
  onOutput: (output: Output) => void;
  /** Python has started and its packages are loaded: from now on the code runs. */
  onRuns: () => void;
}

const START_MS = 120_000;

/** Messages come from a worker that runs foreign code, so their shape is checked. */
const isText = (value: unknown): value is string => typeof value === 'string';
const isBytes = (value: unknown): value is Uint8Array<ArrayBuffer> => value instanceof Uint8Array;
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isCount = (value: unknown): value is number => Number.isFinite(value);
const listOf = <T>(value: unknown, is: (one: unknown) => one is T): T[] =>
  Array.isArray(value) ? value.filter(is) : [];

type Fields = Record<string, unknown>;
const isFile = (value: unknown): value is { name: string; bytes: Uint8Array<ArrayBuffer> } =>
  isText((value as Fields | null)?.name) && isBytes((value as Fields).bytes);

function outputOf(data: Fields): Output | undefined {
  const { kind, text, bytes, width, height, alt, columns, rows, totalRows } = data;
  if (kind === 'text' && isText(text)) return { kind, text };
  if (kind === 'image' && isBytes(bytes) && isCount(width) && isCount(height) && isText(alt))
    return { kind, bytes, width, height, alt };
  if (kind === 'table' && isTexts(columns) && isCount(totalRows) && isText(text))
    return { kind, columns, rows: listOf(rows, isTexts), totalRows, text };
  return undefined;
}

function endOf(data: Fields): RunEnd | Died | undefined {
  if (data.kind === 'died') return { kind: 'died', why: isText(data.why) ? data.why : '' };
  if (data.kind !== 'done') return undefined;
  const { error, files, tooLarge, heapBytes, chars } = data;
  return {
    kind: 'done',
    error: isText(error) ? error : '',
    files: listOf(files, isFile),
    tooLarge: listOf(tooLarge, isText),
    heapBytes: isCount(heapBytes) ? heapBytes : 0,
    chars: isCount(chars) ? chars : 0,
  };
}

export class Kernel {
  /** Cells so far. */
  runs = 0;
  private current?: RunRequest;
  private settle?: (end: RunEnd | Died) => void;

  private constructor(
    private readonly manifest: PythonManifest,
    private readonly sandbox: Sandbox,
  ) {}

  private worker!: SandboxWorker;

  /** An endless loop can be interrupted; otherwise only ended. */
  get canInterrupt(): boolean {
    return this.sandbox.isolated;
  }

  /**
   * Starts Python.
   * @throws AppError of the sandbox and of missing files; 'python-start'
   */
  static async start(): Promise<Kernel> {
    const manifest = await readManifest();
    const scripts = ['pyodide.js', 'pyodide.asm.js'].map((name) => this.bytes(manifest, name));
    const sources = await Promise.all(scripts); // before the frame: a missing file is the likelier failure
    const kernel = new Kernel(manifest, await openSandbox());
    await kernel.begin(sources);
    return kernel;
  }

  private static async bytes(manifest: PythonManifest, name: string): Promise<ArrayBuffer> {
    const file = manifest.files.find((one) => one.name === name);
    if (!file)
      throw new AppError('python-missing', `The manifest lacks ${name}`, { file: name, host: location.host });
    return readFile(manifest, file);
  }

  private begin(sources: ArrayBuffer[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        clearTimeout(timer);
        this.end();
        reject(new AppError('python-start', `Python did not start: ${why}`, { why }));
      };
      const timer = setTimeout(() => fail(`no answer within ${START_MS / 1000} s`), START_MS);
      this.worker = this.sandbox.start({
        source: [...sources.flatMap((source) => [source, '\n']), workerScript],
        begin: {
          lock: lockFile(this.manifest),
          files: { 'runner.py': runner, 'backend.py': backend, matplotlibrc },
        },
        onMessage: (data) => {
          const { kind, why } = (data ?? {}) as Fields;
          if (kind === 'ready') {
            clearTimeout(timer);
            resolve();
          } else if (kind === 'died' && !this.settle) fail(String(why));
          else this.receive((data ?? {}) as Fields);
        },
        onFailure: (why) => (this.settle ? this.settle({ kind: 'died', why }) : fail(why)),
      });
    });
  }

  private receive(data: Fields): void {
    if (data.kind === 'need' && isText(data.name)) return void this.give(data.name);
    if (data.kind === 'runs') return this.current?.onRuns();
    const output = outputOf(data);
    if (output) return this.current?.onOutput(output);
    const end = endOf(data);
    if (end) this.settle?.(end);
  }

  /** Answers the worker's `fetch`: files of the manifest, nothing else. */
  private async give(name: string): Promise<void> {
    const file = this.manifest.files.find((one) => one.name === name);
    const bytes =
      file && (await isAtHand(file)) ? await readFile(this.manifest, file).catch(() => null) : null;
    this.worker.post({ kind: 'bytes', name, bytes }, bytes ? [bytes] : []);
  }

  /** Runs a cell; one at a time. */
  async run(request: RunRequest): Promise<RunEnd | Died> {
    const { source, files, modules } = request;
    const packages = packagesFor(this.manifest, modules).map(({ name }) => name);
    this.current = request;
    this.runs++;
    const end = await new Promise<RunEnd | Died>((resolve) => {
      this.settle = resolve;
      const { font } = this.manifest;
      this.worker.post(
        { kind: 'run', source, files, packages, font },
        files.map(({ bytes }) => bytes),
      );
    });
    this.settle = undefined;
    this.current = undefined;
    return end;
  }

  /** Raises KeyboardInterrupt in the running cell. */
  interrupt(): void {
    this.worker.interrupt();
  }

  /** Ends Python; a running cell ends with it. */
  end(): void {
    this.sandbox.close();
    this.settle?.({ kind: 'died', why: 'ended' });
  }
}
