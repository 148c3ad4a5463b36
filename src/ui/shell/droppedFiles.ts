// Files dropped on the page: persistent handles where the browser offers them, else files; folders are read recursively.
export interface Dropped {
  handles: FileSystemHandle[];
  files: File[];
  /** Name of a dropped folder, when the files are from one. */
  folder?: string;
}

/** Chrome's way to handles; TypeScript's DOM library does not have it yet. */
type HandleItem = DataTransferItem & { getAsFileSystemHandle?(): Promise<FileSystemHandle | null> };

/** Files of models; all others are documents. */
export const isModelFile = (name: string): boolean =>
  /\.(?:gguf|safetensors|glmpack)$/i.test(name) || /^(?:config|tokenizer)(?:_config)?\.json$/i.test(name);

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** Files directly in a folder; readEntries returns them in batches, the last one empty. */
async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return files;
    for (const entry of entries) if (entry.isFile) files.push(await fileOf(entry as FileSystemFileEntry));
  }
}

/** The handle of a dropped file, if it is readable: a file that a script added to the transfer has an unreadable one. */
async function usable(item: HandleItem): Promise<FileSystemHandle | null> {
  try {
    const handle = (await item.getAsFileSystemHandle?.()) ?? null;
    if (handle?.kind === 'file') await (handle as FileSystemFileHandle).getFile();
    return handle;
  } catch {
    return null;
  }
}

/** To be called during the drop event: the browser empties the transfer afterwards. */
export async function readDrop(transfer: DataTransfer): Promise<Dropped> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file') as HandleItem[];
  const files = [...transfer.files];
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  const handles = await Promise.all(items.map(usable)); // each asks for its handle before the first await
  if (handles.length > 0 && handles.every((handle) => handle !== null)) return { handles, files: [] };
  const folder = entries.find((entry) => entry?.isDirectory);
  if (!folder) return { handles: [], files };
  return { handles: [], files: await filesIn(folder as FileSystemDirectoryEntry), folder: folder.name };
}
