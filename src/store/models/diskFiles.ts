// Models opened from disk: the File System Access handles of their files, kept so that they can be opened again
// without a picker. Where the browser has no such handles nothing is kept, and a plain file input does.
import { openSimpleDatabase } from '../../shared/database';
import { AppError } from '../../shared/errors';
import type { DiskModel } from './types';

/** The parts of the File System Access API that TypeScript's DOM library does not have yet. */
interface PermissionHandle {
  queryPermission?(options: { mode: 'read' }): Promise<PermissionState>;
  requestPermission?(options: { mode: 'read' }): Promise<PermissionState>;
}
interface PickerWindow {
  showOpenFilePicker?(options: { id: string; multiple: boolean }): Promise<FileSystemFileHandle[]>;
  showDirectoryPicker?(options: { id: string }): Promise<FileSystemDirectoryHandle>;
}
type DirectoryEntries = FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> };

/** Chosen files; `handles` are empty where the browser gives none. */
export interface PickedFiles {
  /** The name of the folder or of the first file. */
  name: string;
  files: File[];
  handles: FileSystemHandle[];
}

interface DiskRecord extends DiskModel {
  handles: FileSystemHandle[];
  /** The stored model that is read from these files at every load; absent when they were copied. */
  modelId?: string;
}

export interface DiskFiles {
  /** Where the browser has pickers with handles. @returns null when the picker was closed. */
  pickFiles?(): Promise<PickedFiles | null>;
  pickFolder?(): Promise<PickedFiles | null>;
  /** What was dropped, folders read through. */
  readHandles(handles: FileSystemHandle[]): Promise<PickedFiles>;
  /** Those of no stored model. */
  list(): Promise<DiskModel[]>;
  /** @returns its id; null where there are no handles to keep. */
  remember(picked: PickedFiles): Promise<string | null>;
  /**
   * Asks for permission again; call it from a click.
   * @throws AppError 'file-permission' when it is refused, 'file-unreadable' for files that are gone
   */
  open(id: string): Promise<File[]>;
  forget(id: string): Promise<void>;
  /** These files are the stored model from now on; null: they are no model's. */
  tie(id: string, modelId: string | null): Promise<void>;
  /** The record of a stored model, by its id. */
  recordOf(modelId: string): Promise<string | undefined>;
  /** Can they be read without asking? */
  isGranted(id: string): Promise<boolean>;
}

const MODEL_FILE = /\.(gguf|glmpack|safetensors|json|model)$/i;
const WEIGHTS_FILE = /\.(gguf|glmpack|safetensors)$/i;

/**
 * The files of a folder that belong to a model.
 * @throws AppError 'no-model-file' when there are no weights among them.
 */
export function modelFilesOf({ name, files, handles }: PickedFiles): PickedFiles {
  const wanted = files.filter((file) => MODEL_FILE.test(file.name));
  if (!wanted.some((file) => WEIGHTS_FILE.test(file.name))) {
    throw new AppError('no-model-file', `No model file in ${name}. Choose a .gguf file or another folder.`, {
      name,
    });
  }
  return { name, files: wanted, handles };
}

/** GGUF files and exported models can be read in place; original weights are quantised once, and copied. */
export function canStayInPlace({ files, handles }: PickedFiles): boolean {
  if (handles.length === 0 || files.length === 0) return false;
  return (
    files.every(({ name }) => /\.gguf$/i.test(name)) ||
    (files.length === 1 && /\.glmpack$/i.test(files[0].name))
  );
}

const EYES_FILE = /mmproj[^/]*\.gguf$/i;

/** Files of a model, and the file of its eyes (mmproj) among them. */
export function splitEyes(files: File[]): { files: File[]; eyes: File[] } {
  const isEyes = ({ name }: File) => EYES_FILE.test(name);
  return { files: files.filter((file) => !isEyes(file)), eyes: files.filter(isEyes) };
}

const isAbortedPicker = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';

/** Files directly in the folder; a model's repository is flat. */
async function filesOf(handle: FileSystemHandle): Promise<File[]> {
  if (handle.kind === 'file') return [await (handle as FileSystemFileHandle).getFile()];
  const files: File[] = [];
  for await (const entry of (handle as DirectoryEntries).values()) {
    if (entry.kind === 'file') files.push(await (entry as FileSystemFileHandle).getFile());
  }
  return files;
}

async function readHandles(handles: FileSystemHandle[]): Promise<PickedFiles> {
  const files = (await Promise.all(handles.map(filesOf))).flat();
  const name = handles[0]?.name ?? '';
  const hasFolder = handles.some(({ kind }) => kind === 'directory');
  return hasFolder ? modelFilesOf({ name, files, handles }) : { name, files, handles };
}

async function unlessClosed<T>(picking: Promise<T>): Promise<T | null> {
  try {
    return await picking;
  } catch (error) {
    if (isAbortedPicker(error)) return null;
    throw error;
  }
}

export function openDiskFiles(): DiskFiles {
  const database = openSimpleDatabase('glm-disk-files', 'handles');
  const records = () => database.read('handles', (all) => all.getAll() as IDBRequest<DiskRecord[]>);
  const change = (run: (all: IDBObjectStore) => void) =>
    database.write(['handles'], (transaction) => run(transaction.objectStore('handles')));
  const set = (id: string, record: DiskRecord) => change((all) => void all.put(record, id));
  const del = (id: string) => change((all) => void all.delete(id));
  const find = async (id: string) => (await records()).find((row) => row.id === id);
  const pickers = globalThis as PickerWindow;
  return {
    pickFiles: pickers.showOpenFilePicker
      ? async () => {
          const handles = await unlessClosed(pickers.showOpenFilePicker!({ id: 'models', multiple: true }));
          return handles && readHandles(handles);
        }
      : undefined,
    pickFolder: pickers.showDirectoryPicker
      ? async () => {
          const folder = await unlessClosed(pickers.showDirectoryPicker!({ id: 'models' }));
          return folder && readHandles([folder]);
        }
      : undefined,
    readHandles,
    async list() {
      const rows = (await records()).filter(({ modelId }) => modelId === undefined);
      return rows
        .map(({ id, name, bytes, openedAt }) => ({ id, name, bytes, openedAt }))
        .sort((a, b) => b.openedAt - a.openedAt);
    },
    async remember({ name, files, handles }) {
      if (handles.length === 0) return null;
      const bytes = files.reduce((sum, file) => sum + file.size, 0);
      const record: DiskRecord = { id: crypto.randomUUID(), name, bytes, openedAt: Date.now(), handles };
      // The same files again are the same row.
      for (const old of await records()) {
        const same = await Promise.all(
          old.handles.map((handle, i) => handles[i]?.isSameEntry(handle) ?? false),
        );
        if (!same.every(Boolean)) continue;
        if (old.modelId !== undefined) record.modelId = old.modelId;
        await del(old.id);
      }
      await set(record.id, record);
      return record.id;
    },
    async open(id) {
      const record = await find(id);
      const name = record?.name ?? id;
      const unreadable = (cause?: unknown) =>
        new AppError(
          'file-unreadable',
          `${name} can no longer be read. Plug its drive in, or open it again.`,
          { name },
          cause,
        );
      if (!record) throw unreadable();
      for (const handle of record.handles as PermissionHandle[]) {
        if ((await handle.queryPermission?.({ mode: 'read' })) === 'granted') continue;
        const answer = await handle.requestPermission?.({ mode: 'read' }).catch(() => 'denied');
        if (answer !== 'granted') throw refused(name);
      }
      try {
        return (await readHandles(record.handles)).files;
      } catch (error) {
        throw error instanceof AppError ? error : unreadable(error);
      }
    },
    forget: del,
    async tie(id, modelId) {
      const record = await find(id);
      if (!record) return;
      const { modelId: _, ...rest } = record;
      await set(id, modelId === null ? rest : { ...rest, modelId });
    },
    recordOf: async (modelId) => (await records()).find((row) => row.modelId === modelId)?.id,
    async isGranted(id) {
      const handles = ((await find(id))?.handles ?? []) as PermissionHandle[];
      const states = await Promise.all(handles.map((handle) => handle.queryPermission?.({ mode: 'read' })));
      return states.length > 0 && states.every((state) => state === 'granted');
    },
  };
}

function refused(name: string): AppError {
  return new AppError('file-permission', `The browser may not read ${name}. Load it again and allow it.`, {
    name,
  });
}
