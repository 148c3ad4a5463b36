import { toWireError } from '../../shared/errors';
import type { SliceMaker } from '../appState';
import type { TransferState, TransferSlice } from './state';
import type { Chat } from './types';
import { chatsToJson, chatToMarkdown, exportName } from './transfer/exportFormat';
import { holdsChats } from './transfer/sniffChats';

const NOTHING: TransferState = { busy: null, imported: null, error: null };
const YOU = 'You';

export const createTransferSlice: SliceMaker<TransferSlice> = (set, get, deps) => {
  const { chatDb, saveFile, importChats, ports } = deps;
  const patch = (change: Partial<TransferState>) => set({ transfer: { ...get().transfer, ...change } });

  /** One job at a time; a failure is told where it was asked for. */
  async function job(kind: NonNullable<TransferState['busy']>, run: () => Promise<void>): Promise<void> {
    if (get().transfer.busy) return;
    set({ transfer: { ...NOTHING, busy: kind } });
    try {
      await run();
    } catch (error) {
      patch({ error: toWireError(error) });
    } finally {
      patch({ busy: null });
    }
  }

  async function* allChats(): AsyncGenerator<Chat> {
    for (const { id } of get().chatIndex) {
      const chat = await chatDb.load(id);
      if (chat) yield chat;
    }
  }

  const today = () => new Date().toISOString().slice(0, 10);

  async function markdownZip(you: string): Promise<Blob> {
    const { strToU8, zipSync } = await import('fflate');
    const files: Record<string, Uint8Array> = {};
    for await (const chat of allChats()) {
      let name = exportName(chat.title, 'md');
      for (let n = 2; name in files; n++) name = exportName(`${chat.title.slice(0, 50)} ${n}`, 'md');
      files[name] = strToU8(chatToMarkdown(chat, you));
    }
    return new Blob([Uint8Array.from(zipSync(files))], { type: 'application/zip' });
  }

  return {
    transfer: NOTHING,

    exportChat: (id, format, you = YOU) =>
      job('export', async () => {
        const chat = (await chatDb.load(id)) ?? get().chats[id];
        if (!chat) return;
        if (format === 'json') saveFile(await chatsToJson([chat]), exportName(chat.title, 'json'));
        else {
          const text = new Blob([chatToMarkdown(chat, you)], { type: 'text/markdown' });
          saveFile(text, exportName(chat.title, 'md'));
        }
      }),

    exportAll: (format, you = YOU) =>
      job('export', async () => {
        if (format === 'json') saveFile(await chatsToJson(allChats()), `glm-chats-${today()}.json`);
        else saveFile(await markdownZip(you), `glm-chats-${today()}.zip`);
      }),

    importChats: (file) =>
      job('import', async () => {
        const imported = await importChats(file);
        await get().hearChange({ chatId: null, kind: 'changed' });
        patch({ imported });
      }),

    async takeChatFiles(files) {
      const others: File[] = [];
      for (const file of files) {
        // A file that cannot be read is somebody else's to complain about.
        if (await holdsChats(file).catch(() => false)) await get().importChats(file);
        else others.push(file);
      }
      return others;
    },

    dismissTransfer: () => set({ transfer: { ...NOTHING, busy: get().transfer.busy } }),

    wipe: (withModels) =>
      job('wipe', async () => {
        await get().clearChats();
        await ports.wipeRest(withModels);
      }),
  };
};
