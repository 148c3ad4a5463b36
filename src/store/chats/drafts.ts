// Texts that were begun and not sent, by chat. They survive reloads.
import { Observable } from '../observable';
import type { ChatBook } from './book';
import type { ChatDb } from './chatDb';
import { draftKeyOf } from './selectors';
import type { DraftsState } from './state';

const SAVE_AFTER_MS = 300;

export class Drafts extends Observable<DraftsState> {
  private readonly unsaved = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly chatDb: Pick<ChatDb, 'drafts' | 'saveDraft'>,
    private readonly book: ChatBook,
  ) {
    super({ drafts: {} });
    book.onEvent(({ kind }) => {
      if (kind === 'cleared') this.forget();
    });
  }

  async open(): Promise<void> {
    const stored = await this.chatDb.drafts().catch(() => ({}));
    this.patch({ drafts: { ...stored, ...this.state.drafts } });
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

  /** Writes at once what has not been written yet. */
  save(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const key of this.unsaved) {
      // Without storage a draft lasts as long as the page; the book has already reported that.
      this.chatDb.saveDraft(key, this.state.drafts[key] ?? '').catch(() => {});
    }
    this.unsaved.clear();
  }

  private forget(): void {
    this.unsaved.clear();
    this.patch({ drafts: {} });
  }
}
