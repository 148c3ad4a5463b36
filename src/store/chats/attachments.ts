// Files that go with the next question, by chat: read, counted, cut to what fits.
import type { Background } from '../../agent/background';
import { documentBlock, PASTED } from '../../agent/documentPrompt';
import { promptTurns } from '../../agent/turnRequest';
import type { EngineClient } from '../../client/engineClient';
import { readDocument, type Encoding } from '../../documents/readDocument';
import type { FilePart, ImagePart, Part, ToolSpec, Turn } from '../../protocol/chat';
import { isAbort, toWireError } from '../../shared/errors';
import { fetchPart } from '../../shared/missingPart';
import { Observable } from '../observable';
import type { ChatsPorts } from '../ports';
import type { ChatBook } from './book';
import type { ChatDb, KeptFile } from './chatDb';
import type { Drafts } from './drafts';
import { draftKeyOf } from './selectors';
import type { AttachmentsState } from './state';
import { shownPath } from './tree';
import type { ToolDesk } from './answers/toolDesk';
import type { Turns } from './answers/turns';
import type { DraftAttachment, FileText, PageTask } from './types';

/** Share of the context that is left free for the answer. */
const ANSWER_SHARE = 1 / 8;
const MAX_ANSWER_TOKENS = 1024;
/** Words about a picture are stored with its file, so not at every key. */
const SAVE_AFTER_MS = 300;
const NONE: DraftAttachment[] = [];

/** The beginning of a text, ended at a paragraph, a sentence or a word where one is near. */
function beginningOf(text: string, length: number): string {
  const cut = text.slice(0, length);
  for (const end of [/\n(?=[^\n]*$)/, /[.!?。！？](?=[^.!?。！？]*$)/, /\s(?=\S*$)/]) {
    const at = cut.search(end);
    if (at > length * 0.9) return cut.slice(0, at + 1).trimEnd();
  }
  return cut.replace(/[\uD800-\uDBFF]$/, '');
}

/** The files that could be read, as parts of a question. */
const filesOf = (attachments: readonly DraftAttachment[]): FilePart[] =>
  attachments.flatMap(({ id, name, document, file }): FilePart[] =>
    document ? [{ type: 'file', id, name, mediaType: file.type, blob: file, document }] : [],
  );

/** The pictures that could be read, as parts of a question. */
const picturesIn = (attachments: readonly DraftAttachment[]): ImagePart[] =>
  attachments.flatMap(({ picture, file }): ImagePart[] => {
    if (!picture) return [];
    const { width, height, alt } = picture;
    return [{ type: 'image', blob: file.slice(0, file.size, file.type), alt: alt.trim(), width, height }];
  });

/** Pictures that browsers draw; SVG is read as text. */
const isPicture = ({ type, name }: File): boolean =>
  /^image\/(?!svg)/.test(type) || /\.(png|jpe?g|webp|gif|avif|bmp|heic|heif)$/i.test(name);

const isReady = ({ document, picture }: Partial<DraftAttachment>): boolean =>
  document !== undefined || picture !== undefined;

export interface AttachmentsOptions {
  client: Pick<EngineClient, 'call'>;
  background: Background;
  chatDb: Pick<ChatDb, 'draftFiles' | 'saveDraftFiles'>;
  book: ChatBook;
  drafts: Drafts;
  turns: Turns;
  tools: ToolDesk;
  ports: Pick<ChatsPorts, 'model' | 'answering'>;
}

export class Attachments extends Observable<AttachmentsState> {
  private readonly reading = new Map<string, AbortController>();
  private measuring = 0;
  private readonly unsaved = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: AttachmentsOptions) {
    super({ attachments: {}, draftMeasure: null });
    options.book.onEvent((event) => {
      if (event.kind === 'cleared') this.patch({ attachments: {} });
      if (event.kind === 'back' && this.state.attachments[event.chatId]) this.keep(event.chatId);
    });
  }

  /** Those of the current chat. */
  get current(): DraftAttachment[] {
    return this.state.attachments[this.key] ?? NONE;
  }

  /** Brings back the files of unsent messages from before a reload. */
  async open(): Promise<void> {
    const stored = await this.options.chatDb.draftFiles().catch(() => ({}) as Record<string, KeptFile[]>);
    const found = Object.entries(stored).map(([key, files]): [string, DraftAttachment[]] => [
      key,
      files.map((kept) => ({
        ...kept,
        sizeBytes: kept.file.size,
        fraction: 0,
        status: isReady(kept) ? 'ready' : 'reading',
      })),
    ]);
    this.patch({ attachments: { ...Object.fromEntries(found), ...this.state.attachments } });
    for (const [key, list] of found) {
      for (const one of list) if (one.status === 'reading') void this.read(key, one);
    }
  }

  /** Adds files to the current chat's question, and reads each. */
  add(files: readonly File[], { pasted = false } = {}): void {
    const { key } = this;
    const added = files.map((file): DraftAttachment => ({
      id: crypto.randomUUID(),
      name: file.name,
      sizeBytes: file.size,
      status: 'reading',
      fraction: 0,
      file,
      ...(pasted && { pasted }),
    }));
    this.put(key, [...this.current, ...added]);
    this.keep(key);
    for (const one of added) void this.read(key, one);
  }

  remove(id: string): void {
    this.reading.get(id)?.abort();
    const { key } = this;
    this.put(
      key,
      this.current.filter((one) => one.id !== id),
    );
    this.keep(key);
  }

  /** Moves a pasted text back into the draft. */
  async intoDraft(id: string): Promise<void> {
    const one = this.current.find((attachment) => attachment.id === id);
    if (!one) return;
    const text = await one.file.text();
    if (!this.current.includes(one)) return; // another chat, or removed meanwhile
    this.remove(id);
    await this.options.drafts.add(text);
  }

  /** Reads an attached text file again, in an encoding that the user chose. */
  async readAs(id: string, encoding: Encoding): Promise<void> {
    const one = this.current.find((attachment) => attachment.id === id);
    if (!one) return;
    this.reading.get(id)?.abort();
    await this.read(this.key, one, encoding);
    await this.measure();
  }

  /** Removes all files of the current chat. */
  clear(): void {
    for (const { id } of this.current) this.remove(id);
  }

  /** Keeps the beginning of a document, as much as fits. */
  async cut(id: string): Promise<void> {
    const { key } = this;
    const one = this.current.find((attachment) => attachment.id === id);
    if (!one?.document) return;
    const { document, name } = one;
    const whole = document.tokens ?? (await this.countDocument(name, document.text));
    await this.measure();
    const excess = this.state.draftMeasure?.excess ?? 0;
    if (!whole || excess <= 0) return;
    const room = Math.max(whole - excess, 0);
    let text = document.text;
    let tokens = whole;
    // Tokens per character vary along a text, so the cut is approached.
    for (let attempt = 0; attempt < 6 && tokens > room && text; attempt++) {
      text = beginningOf(text, Math.floor(text.length * (room / tokens) * 0.98));
      tokens = (await this.countDocument(name, text)) ?? room;
    }
    if (!text) return this.remove(id);
    this.change(key, id, { document: { ...document, text, tokens, cutFrom: document.cutFrom ?? whole } });
    await this.measure();
  }

  /** Counts what the draft, its files and its chat take of the context. */
  async measure(): Promise<void> {
    const number = ++this.measuring;
    const { book, drafts, ports } = this.options;
    const { key, current: attachments } = this;
    const chat = book.current;
    const info = ports.model.info();
    const { systemPrompt } = chat;
    const text = { type: 'text' as const, text: drafts.current.trim() };
    const question: Turn = {
      role: 'user',
      parts: [...picturesIn(attachments), ...filesOf(attachments), text],
    };
    const whole = promptTurns({ systemPrompt, history: [...shownPath(chat), question] }, this.sees);
    const tools = this.options.tools.specsOf(chat);
    const tokens = await this.countTokens(whole, tools);
    if (number !== this.measuring) return; // a later count is under way
    if (tokens === undefined || !info) return this.patch({ draftMeasure: null });
    const { contextTokens } = info;
    const answer = Math.min(MAX_ANSWER_TOKENS, Math.floor(contextTokens * ANSWER_SHARE));
    let excess = tokens + answer - contextTokens;
    if (excess > 0 && ports.answering.settings(chat.settings).contextPolicy !== 'stop') {
      // Older turns may be left out: only the question has to fit.
      const alone = await this.countTokens(
        promptTurns({ systemPrompt, history: [question] }, this.sees),
        tools,
      );
      if (number !== this.measuring) return;
      excess = (alone ?? tokens) + answer - contextTokens;
    }
    this.patch({ draftMeasure: { tokens, contextTokens, excess } });
    for (const { id, name, document, picture, file } of attachments) {
      if (picture) await this.countPicture(key, id, { picture, file });
      if (!document || document.tokens !== undefined) continue; // those were read while no model was there
      const counted = await this.countDocument(name, document.text);
      this.change(key, id, { document: { ...document, tokens: counted } });
    }
  }

  /** Takes what could be read out of the draft, for sending: pictures first, as the models were trained. */
  take(): Part[] {
    const taken = [...picturesIn(this.current), ...filesOf(this.current)];
    this.clear();
    return taken;
  }

  /** Has the model read the pages of a PDF as pictures; goes on where it was stopped. */
  async readPages(id: string, task: PageTask): Promise<void> {
    const { key } = this;
    const one = this.current.find((attachment) => attachment.id === id);
    const info = this.options.ports.model.info();
    if (!one || one.reading?.running || !info?.eyes) return;
    this.reading.get(id)?.abort();
    const controller = new AbortController();
    this.reading.set(id, controller);
    const { signal } = controller;
    try {
      const { readPages } = await fetchPart(() => import('./pictures/readPages'));
      const { pictureTokens } = this.options.ports.answering.settings(this.options.book.current.settings);
      await readPages(one, {
        ...{ task, signal, pictureTokens, background: this.options.background },
        ...{ family: info.family, contextTokens: info.contextTokens },
        isFree: () => this.options.turns.state.turn === null || signal.aborted,
        onPage: (next) => this.change(key, id, { ...next, status: 'ready', error: undefined }),
      });
    } catch (error) {
      if (!signal.aborted) this.change(key, id, { error: toWireError(error) });
    } finally {
      const now = this.state.attachments[key]?.find((attachment) => attachment.id === id)?.reading;
      if (now) this.change(key, id, { reading: { ...now, running: false } });
      if (this.reading.get(id) === controller) this.reading.delete(id);
    }
    await this.measure();
  }

  /** Pages of some document are being read. */
  get isReadingPages(): boolean {
    return Object.values(this.state.attachments).some((list) => list.some(({ reading }) => reading?.running));
  }

  /** Stops reading pages; those that were read stay. */
  stopPages(id: string): void {
    this.reading.get(id)?.abort();
  }

  /** Words about a picture. */
  describe(id: string, alt: string): void {
    const { key } = this;
    const picture = this.current.find((one) => one.id === id)?.picture;
    if (!picture) return;
    this.set(key, id, { picture: { ...picture, alt } });
    this.unsaved.add(key);
    this.timer ??= setTimeout(() => this.save(), SAVE_AFTER_MS);
  }

  /** Stores at once what has not been stored yet. */
  save(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const key of this.unsaved) this.keep(key);
  }

  /** The model of this computer sees pictures. */
  private get sees(): boolean {
    return Boolean(this.options.ports.model.info()?.eyes);
  }

  private get key(): string {
    return draftKeyOf(this.options.book.current);
  }

  private put(key: string, list: DraftAttachment[]): void {
    this.patch({ attachments: { ...this.state.attachments, [key]: list } });
  }

  /** Stores the files. Without storage they last as long as the page; the book has already reported that. */
  private keep(key: string): void {
    this.unsaved.delete(key);
    const files = (this.state.attachments[key] ?? NONE).map(
      ({ id, name, file, document, picture, reading, pasted }): KeptFile => ({
        id,
        name,
        file,
        ...(document && { document }),
        ...(picture && { picture }),
        ...(reading && { reading: { ...reading, running: false } }),
        ...(pasted && { pasted }),
      }),
    );
    this.options.chatDb.saveDraftFiles(key, files).catch(() => {});
  }

  private change(key: string, id: string, next: Partial<DraftAttachment>): void {
    this.set(key, id, next);
    if (isReady(next) || next.reading) this.keep(key);
  }

  private set(key: string, id: string, next: Partial<DraftAttachment>): void {
    const list = this.state.attachments[key] ?? NONE;
    this.put(
      key,
      list.map((one) => (one.id === id ? { ...one, ...next } : one)),
    );
  }

  private async read(
    key: string,
    { id, name, file, pasted }: DraftAttachment,
    encoding?: Encoding,
  ): Promise<void> {
    const controller = new AbortController();
    this.reading.set(id, controller);
    try {
      if (isPicture(file)) {
        const { readPicture } = await fetchPart(() => import('./pictures/readPicture'));
        const picture = await readPicture(file);
        controller.signal.throwIfAborted();
        return this.change(key, id, { status: 'ready', error: undefined, picture });
      }
      const { pageStarts: _, ...read } = await readDocument(file, {
        signal: controller.signal,
        encoding,
        onProgress: (fraction) => this.change(key, id, { fraction }),
      });
      const document: FileText = read;
      const tokens = await this.countDocument(name, document.text);
      this.change(key, id, {
        status: 'ready',
        error: undefined,
        document: { ...document, tokens, ...(pasted && { kind: PASTED }) },
      });
    } catch (error) {
      if (!isAbort(error)) this.change(key, id, { status: 'failed', error: toWireError(error) });
    } finally {
      if (this.reading.get(id) === controller) this.reading.delete(id);
    }
  }

  /** @returns undefined when no model of this computer is free to count */
  private async countTokens(messages: Turn[], tools?: ToolSpec[]): Promise<number | undefined> {
    const { client, book, turns, ports } = this.options;
    if (!ports.model.info() || turns.state.turn || book.current.server) return undefined;
    const { pictureTokens } = ports.answering.settings(book.current.settings);
    const asked = { messages, ...(tools?.length && { tools }), ...(pictureTokens && { pictureTokens }) };
    return client.call('countTokens', asked).then(
      ({ tokens }) => tokens,
      () => undefined, // the model went away meanwhile; the draft is counted again when one is back
    );
  }

  /** Counts the tokens of a picture, which depend on the model and on the setting. */
  private async countPicture(
    key: string,
    id: string,
    { picture, file }: Required<Pick<DraftAttachment, 'picture' | 'file'>>,
  ): Promise<void> {
    const text = { type: 'text' as const, text: '.' };
    const count = (parts: Part[]) => this.countTokens([{ role: 'user', parts: [...parts, text] }]);
    const [image] = picturesIn([{ picture, file } as DraftAttachment]);
    const [whole, empty] = this.sees ? [await count([image]), await count([])] : [];
    const tokens = whole === undefined || empty === undefined ? undefined : whole - empty;
    const now = this.current.find((one) => one.id === id)?.picture;
    if (now && now.tokens !== tokens) this.change(key, id, { picture: { ...now, tokens } });
  }

  private countDocument(name: string, text: string): Promise<number | undefined> {
    const block = documentBlock({ name, text });
    return this.countTokens([{ role: 'user', parts: [{ type: 'text', text: block }] }]);
  }
}
