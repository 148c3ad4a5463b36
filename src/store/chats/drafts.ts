// Texts that were begun and not sent, by chat. They survive reloads.
import { Observable } from '../observable';
import type { ChatBook } from './book';
import type { ChatDb } from './chatDb';
import type { Rescue } from './rescue';
import { draftKeyOf } from './selectors';
import type { DraftsState } from './state';

const SAVE_AFTER_MS = 300;

export class Drafts extends Observable<DraftsState> {
  private readonly unsaved = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly chatDb: Pick<ChatDb, 'drafts' | 'saveDraft'>,
    private readonly book: ChatBook,
    private readonly rescue: Rescue,
  ) {
    super({ drafts: {} });
    book.onEvent((event) => {
      if (event.kind === 'cleared') this.forget();
      if (event.kind !== 'back' || !this.state.drafts[event.chatId]) return;
      this.unsaved.add(event.chatId);
      this.save();
    });
  }

  async open(): Promise<void> {
    // Before the database answers: by then the book may have carried over what lies there.
    const left = Object.assign({}, ...[...this.rescue.left().values()].map(({ drafts }) => drafts)) as object;
    const stored = await this.chatDb.drafts().catch(() => ({}));
    this.patch({ drafts: { ...stored, ...left, ...this.state.drafts } });
    for (const key of Object.keys(left)) this.unsaved.add(key);
    if (this.unsaved.size > 0) this.save();
  }

  /** The draft of the current chat. */
  get current(): string {
    return this.state.drafts[draftKeyOf(this.book.current)] ?? '';
  }

  /** Changes the draft of the current chat. */
  set(text: string): void {
    const key = draftKeyOf(this.book.current);
    if ((this.state.drafts[key] ?? '') === text) return;
    this.patch({ drafts: { ...this.state.drafts, [key]: text } });
    this.unsaved.add(key);
    this.timer ??= setTimeout(() => this.save(), SAVE_AFTER_MS);
  }

  /** Adds text from elsewhere below what was begun in the current chat. */
  async add(text: string): Promise<void> {
    await this.open(); // at the start of the page the stored draft is not read yet
    const begun = this.current;
    this.set(begun.trim() ? `${begun.trimEnd()}\n\n${text}` : text);
  }

  /** Writes at once what has not been written yet. What is refused goes with the next draft, and is kept meanwhile. */
  save(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const copy = () => this.rescue.keep({ drafts: Object.fromEntries([...this.unsaved].map(this.entry)) });
    copy();
    for (const [key, text] of [...this.unsaved].map(this.entry)) {
      this.chatDb.saveDraft(key, text).then(
        () => {
          if (this.entry(key)[1] === text) this.unsaved.delete(key);
          copy();
        },
        () => {},
      );
    }
  }

  private readonly entry = (key: string): [key: string, text: string] => [key, this.state.drafts[key] ?? ''];

  private forget(): void {
    this.unsaved.clear();
    this.patch({ drafts: {} });
  }
}
