// The way of chats into the database. A record whose write was refused waits here and is tried again: after growing
// pauses, before every later write, and when the page is left. A chat's records go together, parents first; when that
// is refused they go one by one, so that one that can never be stored holds up no other.
import { AppError, toWireError } from '../../shared/errors';
import { Observable } from '../observable';
import type { ChatDb, ChatWrite, SaveOutcome } from './chatDb';
import type { Rescue, WaitingChat } from './rescue';
import type { OutboxState, StorageTrouble } from './state';
import { byCreation } from './tree';
import type { Chat, ChatRow, Message } from './types';

/** Pauses between attempts. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** A write that has not ended by then counts as refused; should it end after all, its records count as stored. */
const PATIENCE_MS = 10_000;

/** What waits of one chat. */
interface Waiting {
  row?: ChatRow;
  /** null: to be deleted. */
  messages: Map<string, Message | null>;
  /** The whole chat is to be deleted. */
  deleted: boolean;
  quiet: boolean;
  strict: boolean;
}

const isEmpty = ({ row, messages, deleted }: Waiting) => !row && messages.size === 0 && !deleted;

export interface OutboxOptions {
  chatDb: Pick<ChatDb, 'save' | 'remove'>;
  rescue: Rescue;
  /** A chat was deleted in another tab while something was written into it here. */
  onGone: (chatId: string) => void;
  /** The browser has no room: frees what can be computed again. */
  makeRoom?: () => Promise<unknown>;
}

export class Outbox extends Observable<OutboxState> {
  private readonly waiting = new Map<string, Waiting>();
  private readonly sending = new Map<string, Promise<void>>();
  /** Chats whose row is stored, as far as this page knows. */
  private readonly known = new Set<string>();
  private readonly again = new Set<() => void>();
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private outdated = false;
  /** Room was made since a write last succeeded. */
  private madeRoom = false;

  constructor(private readonly options: OutboxOptions) {
    super({ storageTrouble: null });
  }

  /** Resolves when the database has answered, whether the records are stored or wait. */
  save({
    chatId,
    row,
    messages = [],
    removed = [],
    quiet = false,
    strict = false,
  }: ChatWrite): Promise<void> {
    const next = this.of(chatId);
    if (row) next.row = row;
    for (const message of messages) next.messages.set(message.id, message);
    for (const id of removed) next.messages.set(id, null);
    next.deleted = false;
    next.quiet &&= quiet;
    next.strict ||= strict;
    if (this.state.storageTrouble) this.keepCopy();
    return this.flush();
  }

  remove(chatId: string): Promise<void> {
    this.waiting.set(chatId, { messages: new Map(), deleted: true, quiet: false, strict: false });
    this.known.delete(chatId);
    return this.flush();
  }

  /** What waits of a chat is no longer wanted: it was deleted in another tab. @returns whether anything waited */
  forget(chatId: string): boolean {
    this.known.delete(chatId);
    const had = this.waiting.delete(chatId);
    this.settle();
    return had;
  }

  /** These chats are stored. */
  noteStored(chatIds: Iterable<string>): void {
    for (const id of chatIds) this.known.add(id);
  }

  /** A stored chat with what waits of it on top; undefined when there is neither. */
  overlay(id: string, stored: Chat | undefined): Chat | undefined {
    const waits = this.waiting.get(id);
    if (!waits) return stored;
    if (waits.deleted) return undefined;
    const row = waits.row ?? stored;
    if (!row) return undefined;
    const rest = stored?.messages.filter((message) => !waits.messages.has(message.id)) ?? [];
    const own = [...waits.messages.values()].filter((message) => message !== null);
    return { ...row, messages: [...rest, ...own].sort(byCreation) };
  }

  /** Runs a read; a failure is shown until one succeeds. `again` runs after the next pause. */
  async read<T>(run: () => Promise<T>, again?: () => void): Promise<T | undefined> {
    try {
      const value = await run();
      if (!this.outdated && this.waiting.size === 0) {
        this.recover();
        this.settle();
      }
      return value;
    } catch (error) {
      if (again) this.again.add(again);
      this.fail(error);
      return undefined;
    }
  }

  /** Tries everything that waits. With an open database the writes begin before this returns. */
  async flush(): Promise<void> {
    if (this.outdated) return this.keepCopy();
    await Promise.all([...this.waiting.keys()].map((chatId) => this.send(chatId)));
  }

  /** The page may end any moment: what waits is copied, and every write begins now, also beside one under way. */
  leave(): void {
    if (this.waiting.size === 0) return;
    this.keepCopy();
    if (this.outdated) return;
    for (const chatId of this.waiting.keys()) void this.attempt(chatId);
  }

  /** A tab with an older version of the page holds the database. */
  noteBlocked(): void {
    this.failures ||= 1;
    this.patch({ storageTrouble: { code: 'storage-blocked', unsaved: this.unsaved() } });
  }

  /** A newer version of the page has the database: nothing can be written any more. */
  noteOutdated(): void {
    this.leave();
    this.fail(new AppError('storage-outdated', 'A newer version of the page has the database.'));
  }

  clear(): void {
    this.waiting.clear();
    this.known.clear();
    this.options.rescue.clear();
    this.settle();
  }

  private of(chatId: string): Waiting {
    const found = this.waiting.get(chatId);
    if (found) return found;
    const fresh: Waiting = { messages: new Map(), deleted: false, quiet: true, strict: false };
    this.waiting.set(chatId, fresh);
    return fresh;
  }

  /** One write of a chat at a time: an older value never arrives after a newer one. */
  private send(chatId: string): Promise<void> {
    const running = this.sending.get(chatId);
    if (running) return running;
    const sent = this.attempt(chatId).finally(() => this.sending.delete(chatId));
    this.sending.set(chatId, sent);
    return sent.then(() => {
      // What was added meanwhile; what failed waits for the pause.
      if (this.failures === 0 && this.waiting.has(chatId)) return this.send(chatId);
    });
  }

  private async attempt(chatId: string): Promise<void> {
    const waits = this.waiting.get(chatId);
    if (!waits) return;
    try {
      await this.write(chatId, waits);
      this.recover();
    } catch (error) {
      this.fail(error);
    }
    this.settle();
  }

  private async write(chatId: string, waits: Waiting): Promise<void> {
    const { chatDb } = this.options;
    if (waits.deleted) {
      await patient(chatDb.remove(chatId));
      this.known.delete(chatId);
      if (this.waiting.get(chatId) === waits && waits.deleted) this.waiting.delete(chatId);
      return;
    }
    const { quiet, strict } = waits;
    const known = this.known.has(chatId);
    const whole: ChatWrite = { chatId, ...recordsOf(waits), quiet, strict, known };
    waits.quiet = true;
    waits.strict = false;
    try {
      await this.store(whole);
    } catch (error) {
      waits.quiet &&= quiet;
      waits.strict ||= strict;
      const single = singles(whole);
      if (single.length === 1 || codeOf(error) === 'storage-outdated') throw error;
      // The first refusal that remains is thrown, after all have been tried.
      const refused: unknown[] = [];
      for (const one of single) await this.store(one).catch((reason: unknown) => refused.push(reason));
      if (refused.length > 0) throw refused[0];
    }
  }

  private async store(write: ChatWrite): Promise<void> {
    const saving = this.options.chatDb.save(write).then((outcome) => this.note(write, outcome));
    await patient(saving);
  }

  /** Records that were stored wait no longer, unless they changed meanwhile. */
  private note({ chatId, row, messages = [], removed = [] }: ChatWrite, outcome: SaveOutcome): void {
    if (outcome === 'gone') {
      this.forget(chatId);
      return this.options.onGone(chatId);
    }
    const waits = this.waiting.get(chatId);
    // A write that ends after its chat was deleted: undo brings the chat back as a new one.
    if (row && !waits?.deleted) this.known.add(chatId);
    if (waits) this.cross(chatId, waits, { row, messages, removed });
    this.recover();
    this.settle();
  }

  private cross(
    chatId: string,
    waits: Waiting,
    { row, messages, removed }: Pick<ChatWrite, 'row'> & { messages: Message[]; removed: string[] },
  ): void {
    if (row && waits.row === row) delete waits.row;
    for (const message of messages)
      if (waits.messages.get(message.id) === message) waits.messages.delete(message.id);
    for (const id of removed) if (waits.messages.get(id) === null) waits.messages.delete(id);
    if (isEmpty(waits)) this.waiting.delete(chatId);
  }

  private fail(error: unknown): void {
    const code = codeOf(error);
    this.outdated ||= code === 'storage-outdated';
    this.failures++;
    this.patch({
      storageTrouble: { code: this.outdated ? 'storage-outdated' : code, unsaved: this.unsaved() },
    });
    this.keepCopy();
    if (this.outdated) return clearTimeout(this.timer);
    if (code === 'storage-quota') this.makeRoom();
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (this.failures - 1), LONGEST_PAUSE_MS);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.retry(), pause);
  }

  /** Words go before caches: what the engine stored to go on from is deleted, once, and the writes are tried again. */
  private makeRoom(): void {
    if (this.madeRoom || !this.options.makeRoom) return;
    this.madeRoom = true;
    void this.options
      .makeRoom()
      .then(() => Promise.all(this.sending.values())) // those began without the room
      .then(() => this.flush())
      .catch(() => undefined); // the pauses go on
  }

  private async retry(): Promise<void> {
    const again = [...this.again];
    this.again.clear();
    for (const run of again) run();
    await this.flush();
  }

  /** The database answers again. */
  private recover(): void {
    if (this.failures === 0) return;
    this.failures = 0;
    this.madeRoom = false;
    clearTimeout(this.timer);
    if (this.again.size > 0 || this.waiting.size > 0) this.timer = setTimeout(() => void this.retry(), 0);
  }

  /** Ends the trouble when nothing waits any more, and the copy with it. */
  private settle(): void {
    const unsaved = this.unsaved();
    const { storageTrouble } = this.state;
    if (this.waiting.size === 0) this.options.rescue.keep({ chats: [] });
    else if (storageTrouble) this.keepCopy();
    if (!storageTrouble || this.outdated) return;
    if (this.waiting.size === 0 && this.failures === 0) this.patch({ storageTrouble: null });
    else if (storageTrouble.unsaved !== unsaved)
      this.patch({ storageTrouble: { ...storageTrouble, unsaved } });
  }

  private keepCopy(): void {
    const chats = [...this.waiting].map(([chatId, { row, messages, deleted }]): WaitingChat => ({
      chatId,
      ...(row && { row }),
      messages: [...messages],
      ...(deleted && { deleted }),
    }));
    this.options.rescue.keep({ chats });
  }

  /** Messages that wait. */
  private unsaved(): number {
    return [...this.waiting.values()].reduce((sum, { messages }) => sum + messages.size, 0);
  }
}

function recordsOf({ row, messages }: Waiting): Pick<ChatWrite, 'row' | 'messages' | 'removed'> {
  const kept = [...messages.values()].filter((message) => message !== null);
  const removed = [...messages].flatMap(([id, message]) => (message === null ? [id] : []));
  return { ...(row && { row }), messages: kept.sort(byCreation), removed };
}

/** A write record by record, parents first. */
function singles({ chatId, row, messages = [], removed = [], ...how }: ChatWrite): ChatWrite[] {
  return [
    ...(row ? [{ chatId, row, ...how }] : []),
    ...messages.map((message) => ({ chatId, messages: [message], ...how })),
    ...removed.map((id) => ({ chatId, removed: [id], ...how })),
  ];
}

function codeOf(error: unknown): StorageTrouble['code'] {
  const { code } = toWireError(error);
  return code === 'storage-quota' || code === 'storage-outdated' ? code : 'storage-unavailable';
}

async function patient<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The database does not answer')), PATIENCE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
