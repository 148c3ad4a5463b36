// The answer under way in localStorage, token by token: when the page crashes, the next one goes on with it by itself.
// A page that is closed, reloaded or left in order leaves nothing behind: then the answer waits for "Continue".
import type { AnswerPrompt, Part } from '../../../protocol/chat';
import type { SmallStorage } from '../../ports';
import { withoutBytes } from '../bytes';

const KEY = 'glm-answering';
/** A long prompt makes the record large: it is then written less often; the tokens in between are computed again. */
const WRITE_EVERY_MS = { short: 500, long: 3000 };
const LONG_TOKENS = 4000;
/** An answer that ended the page so often is left to "Continue". */
const MOST_TRIES = 2;

/** An answer that a crash broke off. */
export interface UnendedAnswer {
  chatId: string;
  messageId: string;
  /** The question, or the message before. */
  parentId: string;
  seed: number;
  /** What it goes on from, without the bytes of files: its beginning when it was continued, or the last result of a tool. */
  start: Part[];
  /** As it was read; null before. */
  prompt: AnswerPrompt | null;
  ids: number[];
  /** Pages that it has ended. */
  tries: number;
}

export interface Pages {
  /** Names of the pages that are open now. */
  open(): Promise<ReadonlySet<string>>;
  /** Calls back when this page is closed, reloaded or left; a crash calls nothing. */
  onHide(listener: () => void): void;
  /** This page's name, known to the others while it lives. */
  name: string;
}

export class BrokenAnswers {
  private current: UnendedAnswer | null = null;
  private writtenAt = -Infinity;

  constructor(
    private readonly storage: SmallStorage,
    private readonly pages: Pages = browserPages(),
  ) {
    this.pages.onHide(() => this.end());
  }

  /** An answer begins. */
  begin(answer: UnendedAnswer): void {
    this.current = { ...answer, start: answer.start.map(withoutBytes) };
    this.write();
  }

  notePrompt(prompt: AnswerPrompt): void {
    if (!this.current) return;
    this.current = { ...this.current, prompt };
    this.write();
  }

  /** A call of a tool has come further: the answer goes on from these parts. */
  noteParts(parts: readonly Part[]): void {
    if (!this.current) return;
    this.current = { ...this.current, start: parts.map(withoutBytes), prompt: null, ids: [] };
    this.write();
  }

  noteToken(id: number): void {
    if (!this.current) return;
    this.current.ids.push(id);
    const isLong = (this.current.prompt?.promptIds.length ?? 0) > LONG_TOKENS;
    const wait = isLong ? WRITE_EVERY_MS.long : WRITE_EVERY_MS.short;
    if (performance.now() - this.writtenAt >= wait) this.write();
  }

  /** The answer ended, however it did. */
  end(): void {
    if (!this.current) return;
    this.current = null;
    this.write();
  }

  /** Takes the answer that a page which is gone left behind, if it may be tried again. */
  async take(): Promise<UnendedAnswer | null> {
    const left = this.read();
    const open = await this.pages.open();
    const gone = Object.keys(left).filter((page) => page !== this.pages.name && !open.has(page));
    if (gone.length === 0) return null;
    this.save(Object.fromEntries(Object.entries(this.read()).filter(([page]) => !gone.includes(page))));
    const found = left[gone[gone.length - 1]];
    return found.tries < MOST_TRIES ? { ...found, tries: found.tries + 1 } : null;
  }

  private write(): void {
    this.writtenAt = performance.now();
    const { [this.pages.name]: _, ...others } = this.read();
    this.save(this.current ? { ...others, [this.pages.name]: this.current } : others);
  }

  private read(): Record<string, UnendedAnswer> {
    try {
      const saved = JSON.parse(this.storage.getItem(KEY) || '{}') as unknown;
      return typeof saved === 'object' && saved !== null ? (saved as Record<string, UnendedAnswer>) : {};
    } catch {
      return {};
    }
  }

  private save(all: Record<string, UnendedAnswer>): void {
    try {
      this.storage.setItem(KEY, Object.keys(all).length > 0 ? JSON.stringify(all) : '');
    } catch {
      // Refused or full: then a crash leaves the answer to "Continue".
    }
  }
}

/** Pages of this browser, which know each other by the locks they hold. */
function browserPages(): Pages {
  const name = `glm-page ${crypto.randomUUID()}`;
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  void locks?.request(name, () => new Promise<never>(() => undefined));
  return {
    name,
    onHide: (listener) => globalThis.addEventListener?.('pagehide', listener),
    async open() {
      const { held = [] } = (await locks?.query().catch(() => null)) ?? {};
      return new Set(held.map((lock) => lock.name ?? ''));
    },
  };
}
