// The library of saved prompts.
import { AppError, toWireError } from '../../../shared/errors';
import { Observable } from '../../observable';
import type { PromptDb, SavedPrompt } from './promptDb';
import type { PromptsState } from '../state';

const byTitle = (prompts: SavedPrompt[]): SavedPrompt[] =>
  [...prompts].sort((a, b) => a.title.localeCompare(b.title));

const VARIABLE = /\{\{\s*([^{}]{1,60}?)\s*\}\}/g;

/** Names in `{{…}}`, each once, in order. */
export const promptVariables = (text: string): string[] => [
  ...new Set([...text.matchAll(VARIABLE)].map(([, name]) => name)),
];

/** The prompt with its names replaced; a value may hold braces, and is not looked through again. */
export const fillPrompt = (text: string, values: Record<string, string>): string =>
  text.replace(VARIABLE, (all, name: string) => values[name] ?? all);

const MAX_IMPORT_BYTES = 5e6;

/** @throws AppError bad-prompts */
export function parsePrompts(json: string, name: string): { title: string; text: string }[] {
  const bad = (cause?: unknown) =>
    new AppError('bad-prompts', `${name} is no prompt library.`, { name }, cause);
  let list: unknown;
  try {
    const data = JSON.parse(json) as unknown;
    list = Array.isArray(data) ? data : (data as { prompts?: unknown } | null)?.prompts;
  } catch (error) {
    throw bad(error);
  }
  if (!Array.isArray(list)) throw bad();
  const prompts = (list as unknown[]).flatMap((item) => {
    const { title, text, content } = (item ?? {}) as Record<string, unknown>;
    const words = text ?? content; // other apps say content
    return typeof title === 'string' && typeof words === 'string' && title.trim() && words.trim()
      ? [{ title: title.trim().slice(0, 200), text: words }]
      : [];
  });
  if (prompts.length === 0) throw bad();
  return prompts;
}

const fresh = (title: string, text: string): SavedPrompt => ({
  id: crypto.randomUUID(),
  title,
  text,
  updatedAt: Date.now(),
});

export class Prompts extends Observable<PromptsState> {
  constructor(
    private readonly promptDb: PromptDb,
    private readonly saveFile: (blob: Blob, fileName: string) => void,
  ) {
    super({ prompts: [], promptError: null, promptAsked: null });
  }

  async open(): Promise<void> {
    const stored = (await this.attempt(() => this.promptDb.list())) ?? [];
    const known = new Set(this.state.prompts.map(({ id }) => id));
    const added = stored.filter(({ id }) => !known.has(id));
    this.patch({ prompts: byTitle([...this.state.prompts, ...added]) });
    this.promptDb.onChange?.(() => void this.follow());
  }

  /** Another tab has changed them. */
  private async follow(): Promise<void> {
    const stored = await this.attempt(() => this.promptDb.list());
    if (stored) this.patch({ prompts: byTitle(stored) });
  }

  /** Asks for the variables of this prompt; null: shows the list. */
  ask(promptAsked: string | null): void {
    this.patch({ promptAsked });
  }

  /** Saves a new prompt, or changes the one with this id. */
  async save({ id, title, text }: { id?: string; title: string; text: string }): Promise<void> {
    this.patch({ promptError: null });
    const prompt = fresh(title.trim(), text);
    await this.put(id ? { ...prompt, id } : prompt);
  }

  async delete(id: string): Promise<void> {
    this.patch({ prompts: this.state.prompts.filter((prompt) => prompt.id !== id), promptError: null });
    await this.attempt(() => this.promptDb.remove(id));
  }

  async deleteAll(): Promise<void> {
    this.patch({ prompts: [], promptError: null });
    await this.attempt(() => this.promptDb.clear());
  }

  /** Adds the prompts of an exported file, except those that are here with the same title and text. */
  async import(file: File): Promise<void> {
    this.patch({ promptError: null });
    const added = await this.attempt(async () => {
      const { name } = file;
      if (file.size > MAX_IMPORT_BYTES)
        throw new AppError('bad-prompts', `${name} is too big for a prompt library.`, { name });
      return parsePrompts(await file.text(), name);
    });
    const has = ({ title, text }: { title: string; text: string }) =>
      this.state.prompts.some((prompt) => prompt.title === title && prompt.text === text);
    for (const prompt of added ?? []) if (!has(prompt)) await this.put(fresh(prompt.title, prompt.text));
  }

  export(): void {
    const prompts = this.state.prompts.map(({ title, text }) => ({ title, text }));
    const json = JSON.stringify({ version: 1, prompts }, null, 2);
    this.saveFile(new Blob([json], { type: 'application/json' }), 'glm-prompts.json');
  }

  /** Without storage prompts last as long as the page, and the dialog says so. */
  private async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const { code, message, details } = toWireError(error);
      this.patch({ promptError: { code: code === 'bug' ? 'storage-unavailable' : code, message, details } });
      return undefined;
    }
  }

  private async put(prompt: SavedPrompt): Promise<void> {
    const others = this.state.prompts.filter(({ id }) => id !== prompt.id);
    this.patch({ prompts: byTitle([...others, prompt]) });
    await this.attempt(() => this.promptDb.save(prompt));
  }
}
