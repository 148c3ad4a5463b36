// Chats in and out of the browser as files, and the deletion of everything.
import { toWireError } from '../../shared/errors';
import { Observable } from '../observable';
import type { ChatBook } from './book';
import type { ExportFormat, TransferState } from './state';
import { chatsToJson, chatToMarkdown, exportName } from './transfer/exportFormat';
import type { ImportResult } from './transfer/importFile';
import type { Chat } from './types';

const NOTHING: TransferState = { busy: null, imported: null, error: null };
const today = () => new Date().toISOString().slice(0, 10);

export interface TransfersOptions {
  book: ChatBook;
  saveFile: (blob: Blob, fileName: string) => void;
  importChats: (file: File) => Promise<ImportResult>;
  /** All agents in one file; undefined where there are none. */
  agentsFile: () => Promise<Blob | undefined>;
  /** Notes of the memory, for a file of everything. @throws where they cannot be read */
  notes: () => Promise<unknown[]>;
}

export class Transfers extends Observable<TransferState> {
  constructor(private readonly options: TransfersOptions) {
    super(NOTHING);
  }

  /** @param you how the reader is called in Markdown */
  exportChat(id: string, format: ExportFormat, you: string): Promise<void> {
    return this.job('export', async () => {
      const { book, saveFile } = this.options;
      const chat = await book.whole(id);
      if (!chat) return;
      if (format === 'json') saveFile(await chatsToJson([chat]), exportName(chat.title, 'json'));
      else {
        const text = new Blob([chatToMarkdown(chat, you)], { type: 'text/markdown' });
        saveFile(text, exportName(chat.title, 'md'));
      }
    });
  }

  /** Exports all chats and agents; chats in Markdown as a zip with one file for each. */
  exportAll(format: ExportFormat, you: string): Promise<void> {
    return this.job('export', async () => {
      const { saveFile } = this.options;
      if (format === 'markdown') return saveFile(await this.markdownZip(you), `glm-chats-${today()}.zip`);
      for await (const { blob, fileName } of this.everything()) saveFile(blob, fileName);
    });
  }

  /** Writes all chats and agents by `write`; where that returns false, into the browser's downloads. @returns whether it succeeded */
  async backUp(write: (blob: Blob, fileName: string) => Promise<boolean>): Promise<boolean> {
    let done = false;
    await this.job('export', async () => {
      for await (const { blob, fileName } of this.everything())
        if (!(await write(blob, fileName))) this.options.saveFile(blob, fileName);
      done = true;
    });
    return done;
  }

  /** Imports what of the file can be read; the result tells the rest. */
  import(file: File): Promise<void> {
    return this.job('import', async () => {
      const imported = await this.options.importChats(file);
      await this.options.book.hear({ chatId: null, kind: 'changed' });
      this.patch({ imported });
    });
  }

  /** Deletes everything, with the progress and the failure of a job. */
  wipe(run: () => Promise<void>): Promise<void> {
    return this.job('wipe', run);
  }

  dismiss(): void {
    this.replace({ ...NOTHING, busy: this.state.busy });
  }

  /** One job at a time; a failure is shown where the job was started. */
  private async job(kind: NonNullable<TransferState['busy']>, run: () => Promise<void>): Promise<void> {
    if (this.state.busy) return;
    this.replace({ ...NOTHING, busy: kind });
    try {
      await run();
    } catch (error) {
      this.patch({ error: toWireError(error) });
    } finally {
      this.patch({ busy: null });
    }
  }

  /** The files of an export of everything. @throws after the chats, when the notes or the agents cannot be read */
  private async *everything(): AsyncGenerator<{ blob: Blob; fileName: string }> {
    const [notes] = await Promise.allSettled([this.options.notes()]);
    const noted = notes.status === 'fulfilled' ? notes.value : [];
    yield { blob: await chatsToJson(this.allChats(), noted), fileName: `glm-chats-${today()}.json` };
    const agents = await this.options.agentsFile();
    if (agents) yield { blob: agents, fileName: `glm-agents-${today()}.zip` };
    if (notes.status === 'rejected') throw notes.reason;
  }

  private async *allChats(): AsyncGenerator<Chat> {
    for (const { id } of this.options.book.state.chatIndex) {
      const chat = await this.options.book.whole(id);
      if (chat) yield chat;
    }
  }

  private async markdownZip(you: string): Promise<Blob> {
    const { strToU8, zipSync } = await import('fflate');
    const files: Record<string, Uint8Array> = {};
    const taken = new Set<string>();
    /** Names that differ in case, or in how an accent is written, are one name where they are unpacked. */
    const plain = (name: string) => name.normalize('NFC').toLowerCase();
    for await (const chat of this.allChats()) {
      let name = exportName(chat.title, 'md');
      for (let n = 2; taken.has(plain(name)); n++) name = exportName(`${chat.title.slice(0, 50)} ${n}`, 'md');
      taken.add(plain(name));
      files[name] = strToU8(chatToMarkdown(chat, you));
    }
    return new Blob([Uint8Array.from(zipSync(files))], { type: 'application/zip' });
  }
}
