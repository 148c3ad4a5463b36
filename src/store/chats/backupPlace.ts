// Where backups go: a folder that the user chose once (File System Access), else the browser's downloads.
import { openSimpleDatabase } from '../../shared/database';

/** What is known of backups. Times in ms since 1970; 0: never. */
export interface BackupRecord {
  folder?: FileSystemDirectoryHandle;
  /** The last backup. */
  backedUpAt: number;
  /** Answers since then. */
  answers: number;
  /** When the reader last put a reminder off, or the first answer came. */
  quietFrom: number;
  /** The reader was asked whether the browser shall keep the chats. */
  askedToKeep: boolean;
}

/** Every method may reject when the browser refuses IndexedDB. */
export interface BackupPlace {
  read(): Promise<BackupRecord | undefined>;
  /** Changes what is stored, which another tab may have changed since. @returns what is stored now */
  change(to: (stored: BackupRecord | undefined) => BackupRecord): Promise<BackupRecord>;
  clear(): Promise<void>;
  /** Absent where the browser has no folders. @returns null when the picker was closed */
  pickFolder?(): Promise<FileSystemDirectoryHandle | null>;
  /** Call it from a click: the browser may ask. @returns false when the folder may not be written, or is gone */
  write(folder: FileSystemDirectoryHandle, fileName: string, blob: Blob): Promise<boolean>;
}

/** The parts of the File System Access API that TypeScript's DOM library does not have yet. */
interface PermissionHandle {
  requestPermission?(options: { mode: 'readwrite' }): Promise<PermissionState>;
}
interface PickerWindow {
  showDirectoryPicker?(options: { id: string; mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

const KEY = 'backup';

export function openBackupPlace(): BackupPlace {
  const database = openSimpleDatabase('glm-backup', 'records');
  const { showDirectoryPicker } = globalThis as PickerWindow;
  return {
    read: () =>
      database.read('records', (records) => records.get(KEY) as IDBRequest<BackupRecord | undefined>),
    async change(to) {
      let changed: BackupRecord | undefined;
      const readAndWrite = (transaction: IDBTransaction) => {
        const records = transaction.objectStore('records');
        const request: IDBRequest<BackupRecord | undefined> = records.get(KEY);
        request.onsuccess = () => {
          try {
            records.put((changed = to(request.result)), KEY);
          } catch {
            transaction.abort(); // refused, which the write reports
          }
        };
      };
      await database.write(['records'], readAndWrite, { failsInPart: true }); // committed after the answer
      return changed ?? to(undefined);
    },
    clear: () => database.write(['records'], (transaction) => transaction.objectStore('records').clear()),
    pickFolder:
      showDirectoryPicker &&
      (() =>
        showDirectoryPicker.call(globalThis, { id: 'backup', mode: 'readwrite' }).catch((error: unknown) => {
          if (error instanceof DOMException && error.name === 'AbortError') return null;
          throw error;
        })),
    async write(folder, fileName, blob) {
      try {
        const answer = await (folder as PermissionHandle).requestPermission?.({ mode: 'readwrite' });
        if (answer !== 'granted') return false;
        const file = await folder.getFileHandle(fileName, { create: true });
        const stream = await file.createWritable(); // into a copy, which replaces the file when it is closed
        await stream.write(blob);
        await stream.close();
        return true;
      } catch (error) {
        if (error instanceof DOMException) return false; // the folder was moved, or its drive unplugged
        throw error;
      }
    },
  };
}
