// The page's face of an agent's knowledge: files in, passages out. All work but reading PDF, Word and web pages is done in
// the knowledge worker; PDF and Word have workers of their own (src/documents).
import { readDocument } from '../../documents/readDocument';
import { extensionOf, kindOf } from '../../documents/kinds';
import type { DocumentText } from '../../documents/types';
import { AppError, isAbort } from '../../shared/errors';
import { BATCH, type Embedder } from '../index/vectors';
import { fitsWhole, fitting, MOST_PASSAGES, questionWith, systemText } from '../prompt';
import type { StoredKnowledge } from '../stored';
import type { Passage } from '../types';
import type { AddedFile, KnowledgeCalls, ReadAgent } from './calls';

export type { Embedder } from '../index/vectors';
import { Connection } from './connection';

/** A file to index, under the name that the base shows. */
export interface NamedFile {
  name: string;
  file: File;
}

/** Where indexing is. Of each file come 'reading', 'indexing', and at last 'done' or 'left-out'. */
export interface FileProgress {
  name: string;
  /** Number of the file, from 0, and how many there are. */
  index: number;
  count: number;
  state: 'reading' | 'indexing' | 'done' | 'left-out';
  /** How much of this file is done in this state, from 0 to 1. */
  fraction: number;
  /** With 'done'. */
  added?: AddedFile;
  /** With 'left-out': why the file cannot be read. */
  error?: AppError;
}

export interface Indexed {
  knowledge: StoredKnowledge;
  leftOut: { name: string; error: AppError }[];
}

export interface AddOptions {
  /** The base that grows; files of the same names replace those in it. */
  earlier?: StoredKnowledge;
  signal?: AbortSignal;
  onProgress?: (progress: FileProgress) => void;
}

export interface SearchOptions {
  /** Default 8. */
  limit?: number;
  signal?: AbortSignal;
  /** Its vectors are searched, too, where the base has some of this model. */
  embedder?: Embedder;
}

export interface EmbedOptions {
  signal?: AbortSignal;
  /** Chunks to read at most. Default: all. */
  most?: number;
  onProgress?: (done: number, total: number) => void;
}

export interface TurnNeeds extends Omit<SearchOptions, 'limit'> {
  instructions: string;
  question: string;
  contextTokens: number;
}

export interface TurnKnowledge {
  /** The system turn. */
  system: string;
  /** The question, with passages in front of it. */
  question: string;
  /** Those passages, best first: the sources of the answer. */
  passages: Passage[];
  /** The base stands whole in the system turn. */
  isWhole: boolean;
}

/** Files of a picker or a dropped folder, under their paths inside it; hidden files are left out, and no name comes twice. */
export function namedFiles(files: Iterable<File>): NamedFile[] {
  const taken = new Set<string>();
  return Array.from(files, (file) => ({ file, path: file.webkitRelativePath || file.name }))
    .filter(({ path }) => !/(^|\/)\./.test(path))
    .map(({ file, path }) => {
      let name = path;
      for (let i = 2; taken.has(name); i++) name = path.replace(/(\.\w+)?$/, ` (${i})$1`);
      taken.add(name);
      return { name, file };
    });
}

/** Read in the knowledge worker: all but what needs a parser of the page, or has a worker of its own. */
function isPlainText(name: string): boolean {
  const kind = kindOf(name);
  return kind !== undefined && !['pdf', 'word', 'web'].includes(kind) && extensionOf(name) !== 'ipynb';
}

/** Why a file cannot be read; a parser that failed in an unforeseen way means a damaged file. */
const reasonOf = (error: unknown, name: string): AppError =>
  error instanceof AppError && error.code !== 'bug'
    ? error
    : new AppError('document-damaged', `${name} cannot be read: ${String(error)}`, { name }, error);

const startWorker = () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

export class Knowledge {
  private readonly connection: Connection;

  constructor(start: () => Worker = startWorker) {
    this.connection = new Connection(start);
  }

  /**
   * Indexes files. One that cannot be read is named in `leftOut`; the others are in the base. A stop throws the signal's
   * reason, and the earlier base is as it was.
   */
  async add(files: readonly NamedFile[], { earlier, signal, onProgress }: AddOptions = {}): Promise<Indexed> {
    signal?.throwIfAborted();
    const base = await this.connection.call('begin', { earlier }, { signal });
    const leftOut: Indexed['leftOut'] = [];
    const steps = files.map(({ name }, index) => (step: Omit<FileProgress, 'name' | 'index' | 'count'>) => {
      if (!signal?.aborted) onProgress?.({ name, index, count: files.length, ...step });
    });
    const read = async (i: number): Promise<DocumentText | File> => {
      const { name, file } = files[i];
      steps[i]({ state: 'reading', fraction: 0 });
      if (isPlainText(name)) return file;
      return readDocument(file, {
        signal,
        onProgress: (fraction) => steps[i]({ state: 'reading', fraction }),
      });
    };
    /** The next file is read while the worker indexes this one; it may fail before its turn. */
    const readAhead = (i: number) =>
      (i < files.length ? [read(i)] : []).map((one) => Promise.allSettled([one]));
    try {
      let [ahead] = readAhead(0);
      for (const [i, { name }] of files.entries()) {
        const [reading] = await ahead;
        signal?.throwIfAborted();
        [ahead] = readAhead(i + 1);
        try {
          if (reading.status === 'rejected') throw reading.reason;
          const onIndexed = (fraction: number) => steps[i]({ state: 'indexing', fraction });
          onIndexed(0);
          const args = { to: base, name, content: reading.value };
          const added = await this.connection.call('add', args, { signal, onProgress: onIndexed });
          steps[i]({ state: 'done', fraction: 1, added });
        } catch (error) {
          if (isAbort(error) || signal?.aborted) throw error;
          const known = reasonOf(error, name);
          leftOut.push({ name, error: known });
          steps[i]({ state: 'left-out', fraction: 1, error: known });
        }
      }
      signal?.throwIfAborted();
      return { knowledge: await this.connection.call('finish', { base }, { signal }), leftOut };
    } catch (error) {
      void this.connection.call('drop', { base }).catch(() => undefined);
      throw error;
    }
  }

  /** The base without files of these names. */
  remove(from: StoredKnowledge, names: string[]): Promise<StoredKnowledge> {
    return this.connection.call('remove', { from, names });
  }

  /**
   * Embeds the chunks that the model has not read yet, in their order. A stop keeps what is done.
   * @param onProgress with the chunks that are embedded, of so many.
   */
  async embed(
    knowledge: StoredKnowledge,
    embedder: Embedder,
    { signal, most = Infinity, onProgress }: EmbedOptions = {},
  ): Promise<StoredKnowledge> {
    const { model } = embedder;
    const batches: Float32Array[] = [];
    let [dimension, from, read] = [0, 0, 0];
    while (!signal?.aborted && read < most) {
      const args = { knowledge, model, from, limit: BATCH };
      const { first, texts } = await this.connection.call('unread', args);
      onProgress?.(first, knowledge.summary.chunks);
      if (texts.length === 0) break;
      const embedded = await embedder.embed(texts, 'passage', signal).catch((error: unknown) => {
        if (signal?.aborted) return undefined;
        throw error;
      });
      if (!embedded) break;
      dimension = embedded.dimension;
      batches.push(embedded.vectors);
      from = first + texts.length;
      read += texts.length;
    }
    if (batches.length === 0) return knowledge;
    const vectors = new Float32Array(batches.reduce((sum, { length }) => sum + length, 0));
    batches.reduce((at, batch) => (vectors.set(batch, at), at + batch.length), 0);
    return this.connection.call('withVectors', { knowledge, model, added: { dimension, vectors } });
  }

  /** The passages that answer a question best, best first; with an embedder also by its vectors, where the base has them. */
  async find(
    knowledge: StoredKnowledge,
    question: string,
    { limit = 8, signal, embedder }: SearchOptions = {},
  ): Promise<Passage[]> {
    // prettier-ignore
    const isEmbedded = embedder && knowledge.summary.vectors?.model === embedder.model;
    const vector = isEmbedded ? (await embedder.embed([question], 'query', signal)).vectors : undefined;
    return this.connection.call('find', { knowledge, question, limit, vector }, { signal });
  }

  /**
   * What a turn needs of a base. A small one stands whole behind the instructions, in the system turn; of a larger one, the
   * best passages stand before the question.
   * @param contextTokens of the model; 0 where they are unknown
   */
  async forTurn(
    knowledge: StoredKnowledge,
    { instructions, question, contextTokens, ...options }: TurnNeeds,
  ): Promise<TurnKnowledge> {
    if (fitsWhole(knowledge.summary.tokens, contextTokens)) {
      const whole = await this.whole(knowledge, options.signal);
      return { system: systemText(instructions, whole), question, passages: [], isWhole: true };
    }
    const found = await this.find(knowledge, question, { ...options, limit: MOST_PASSAGES });
    const passages = fitting(found, contextTokens);
    const system = systemText(instructions, undefined);
    return { system, question: questionWith(passages, question), passages, isWhole: false };
  }

  /** The whole base as a text for the system turn. */
  whole(knowledge: StoredKnowledge, signal?: AbortSignal): Promise<string> {
    return this.connection.call('whole', { knowledge }, { signal });
  }

  /** Chunks in their order, of one file or of all. */
  chunks(
    knowledge: StoredKnowledge,
    { file, from = 0, limit = 50 }: { file?: string; from?: number; limit?: number } = {},
  ): Promise<KnowledgeCalls['chunks']['result']> {
    return this.connection.call('chunks', { knowledge, file, from, limit });
  }

  /** A .glmagent file. @throws AppError */
  writeAgent(agent: ReadAgent): Promise<Blob> {
    return this.connection.call('writeAgent', agent);
  }

  /**
   * Reads a .glmagent file. Its instructions and functions are a stranger's: show them before they are kept.
   * @throws AppError agent-unknown, agent-damaged, agent-version, agent-too-large
   */
  readAgent(file: File): Promise<ReadAgent> {
    return this.connection.call('readAgent', { file, name: file.name });
  }

  /** Ends the worker and frees its memory; the next call starts another. */
  close(): void {
    this.connection.close();
  }
}
