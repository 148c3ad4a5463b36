import { documentBlock, documentPrompt } from '../../agent/documentPrompt';
import { readDocument } from '../../documents/readDocument';
import type { ChatTurn, FilePart } from '../../protocol/chat';
import { isAbort, toWireError } from '../../shared/errors';
import type { AppState, SliceMaker } from '../appState';
import type { AttachmentsSlice } from './state';
import type { KeptFile } from './chatDb';
import { currentChat, shownMessages } from './chatsSlice';
import { toChatTurn } from './chatTurns';
import { currentDraft, draftKey } from './draftsSlice';
import type { DraftAttachment, FileText } from './types';

/** Of the context, kept for the answer. */
const ANSWER_SHARE = 1 / 8;
const MAX_ANSWER_TOKENS = 1024;
const NONE: DraftAttachment[] = [];

export const currentAttachments = (state: AppState): DraftAttachment[] =>
  state.attachments[draftKey(state)] ?? NONE;

/** The beginning of a text, ended at a paragraph, a sentence or a word where one is near. */
function beginningOf(text: string, length: number): string {
  const cut = text.slice(0, length);
  for (const end of [/\n(?=[^\n]*$)/, /[.!?。！？](?=[^.!?。！？]*$)/, /\s(?=\S*$)/]) {
    const at = cut.search(end);
    if (at > length * 0.9) return cut.slice(0, at + 1).trimEnd();
  }
  return cut.replace(/[\uD800-\uDBFF]$/, '');
}

export const createAttachmentsSlice: SliceMaker<AttachmentsSlice> = (set, get, { client, chatDb, ports }) => {
  /** Without storage they last as long as the page; the chats have already told. */
  const keep = (key: string) => {
    const files = (get().attachments[key] ?? NONE).map(({ id, name, file, document }) => ({
      ...{ id, name, file },
      ...(document && { document }),
    }));
    chatDb.saveDraftFiles(key, files).catch(() => {});
  };
  const reading = new Map<string, AbortController>();
  let measuring = 0;

  const countTokens = async (messages: ChatTurn[]): Promise<number | undefined> => {
    if (get().model.status !== 'ready' || get().turn || currentChat(get()).server) return undefined;
    return client.call('countTokens', { messages }).then(
      ({ tokens }) => tokens,
      () => undefined, // the model went away meanwhile; the draft is counted again when one is back
    );
  };
  const countDocument = (name: string, text: string) =>
    countTokens([{ role: 'user', content: documentBlock({ name, text }) }]);

  function change(key: string, id: string, next: Partial<DraftAttachment>): void {
    const { attachments } = get();
    const list = attachments[key] ?? NONE;
    const changed = list.map((one) => (one.id === id ? { ...one, ...next } : one));
    set({ attachments: { ...attachments, [key]: changed } });
    if (next.document) keep(key);
  }

  async function read(key: string, { id, name, file }: DraftAttachment): Promise<void> {
    const controller = new AbortController();
    reading.set(id, controller);
    try {
      const document: FileText = await readDocument(file, {
        signal: controller.signal,
        onProgress: (fraction) => change(key, id, { fraction }),
      });
      const tokens = await countDocument(name, document.text);
      change(key, id, { status: 'ready', document: { ...document, tokens } });
    } catch (error) {
      if (!isAbort(error)) change(key, id, { status: 'failed', error: toWireError(error) });
    } finally {
      reading.delete(id);
    }
  }

  return {
    attachments: {},
    draftMeasure: null,

    async openAttachments() {
      const stored = await chatDb.draftFiles().catch(() => ({}) as Record<string, KeptFile[]>);
      const found = Object.entries(stored).map(([key, files]): [string, DraftAttachment[]] => [
        key,
        files.map(({ document, ...rest }) => ({
          ...rest,
          sizeBytes: rest.file.size,
          fraction: 0,
          ...(document ? { status: 'ready', document } : { status: 'reading' }),
        })),
      ]);
      set({ attachments: { ...Object.fromEntries(found), ...get().attachments } });
      for (const [key, list] of found) {
        for (const one of list) if (one.status === 'reading') void read(key, one);
      }
    },

    attachFiles(files) {
      const key = draftKey(get());
      const added = files.map((file): DraftAttachment => ({
        id: crypto.randomUUID(),
        name: file.name,
        sizeBytes: file.size,
        status: 'reading',
        fraction: 0,
        file,
      }));
      const { attachments } = get();
      set({ attachments: { ...attachments, [key]: [...(attachments[key] ?? NONE), ...added] } });
      keep(key);
      for (const one of added) void read(key, one);
    },

    removeAttachment(id) {
      reading.get(id)?.abort();
      const { attachments } = get();
      const key = draftKey(get());
      set({
        attachments: { ...attachments, [key]: currentAttachments(get()).filter((one) => one.id !== id) },
      });
      keep(key);
    },

    clearAttachments() {
      for (const { id } of currentAttachments(get())) get().removeAttachment(id);
    },

    async cutAttachment(id) {
      const key = draftKey(get());
      const one = currentAttachments(get()).find((attachment) => attachment.id === id);
      if (!one?.document) return;
      const { document, name } = one;
      const whole = document.tokens ?? (await countDocument(name, document.text));
      await get().measureDraft();
      const excess = get().draftMeasure?.excess ?? 0;
      if (!whole || excess <= 0) return;
      const room = Math.max(whole - excess, 0);
      let text = document.text;
      let tokens = whole;
      // Tokens per character vary along a text, so the cut is approached.
      for (let attempt = 0; attempt < 6 && tokens > room && text; attempt++) {
        text = beginningOf(text, Math.floor(text.length * (room / tokens) * 0.98));
        tokens = (await countDocument(name, text)) ?? room;
      }
      if (!text) return get().removeAttachment(id);
      change(key, id, { document: { ...document, text, tokens, cutFrom: document.cutFrom ?? whole } });
      await get().measureDraft();
    },

    async measureDraft() {
      const number = ++measuring;
      const state = get();
      const { info } = state.model;
      const attachments = currentAttachments(state);
      const documents = attachments.flatMap(({ name, document }) =>
        document ? [{ name, text: document.text }] : [],
      );
      const { systemPrompt } = currentChat(state);
      const system: ChatTurn[] = systemPrompt.trim()
        ? [{ role: 'system', content: systemPrompt.trim() }]
        : [];
      const question: ChatTurn = {
        role: 'user',
        content: documentPrompt(documents, currentDraft(state).trim()),
      };
      const tokens = await countTokens([...system, ...shownMessages(state).map(toChatTurn), question]);
      if (number !== measuring) return; // a later count is under way
      if (tokens === undefined || !info) return set({ draftMeasure: null });
      const { contextTokens } = info;
      const answer = Math.min(MAX_ANSWER_TOKENS, Math.floor(contextTokens * ANSWER_SHARE));
      let excess = tokens + answer - contextTokens;
      if (excess > 0 && ports.answering.settings(currentChat(state).settings).contextPolicy !== 'stop') {
        // Older turns may be left out: what has to fit is the question alone.
        const alone = await countTokens([...system, question]);
        if (number !== measuring) return;
        excess = (alone ?? tokens) + answer - contextTokens;
      }
      set({ draftMeasure: { tokens, contextTokens, excess } });
      for (const { id, name, document } of attachments) {
        if (!document || document.tokens !== undefined) continue; // read while no model was there
        change(draftKey(state), id, {
          document: { ...document, tokens: await countDocument(name, document.text) },
        });
      }
    },

    takeAttachments() {
      const taken = currentAttachments(get()).flatMap(({ id, name, document, file }): FilePart[] =>
        document ? [{ type: 'file', id, name, mediaType: file.type, blob: file, document }] : [],
      );
      get().clearAttachments();
      return taken;
    },
  };
};
