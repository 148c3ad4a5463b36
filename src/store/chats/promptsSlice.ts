import { AppError, toWireError } from '../../shared/errors';
import type { SliceMaker } from '../appState';
import type { PromptsSlice } from './state';
import type { SavedPrompt } from './promptDb';

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

export const createPromptsSlice: SliceMaker<PromptsSlice> = (set, get, { promptDb, saveFile, ports }) => {
  /** Without storage prompts last as long as the page, and the dialog says so. */
  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const { code, message, details } = toWireError(error);
      set({ promptError: { code: code === 'bug' ? 'storage-unavailable' : code, message, details } });
      return undefined;
    }
  }
  async function put(prompt: SavedPrompt): Promise<void> {
    set({ prompts: byTitle([...get().prompts.filter(({ id }) => id !== prompt.id), prompt]) });
    await attempt(() => promptDb.save(prompt));
  }
  const fresh = (title: string, text: string): SavedPrompt => ({
    id: crypto.randomUUID(),
    title,
    text,
    updatedAt: Date.now(),
  });

  return {
    prompts: [],
    promptError: null,
    promptAsked: null,
    askForPrompt: (promptAsked) => {
      set({ promptAsked });
      if (promptAsked) ports.page.openPrompts();
    },
    async openPrompts() {
      const stored = (await attempt(() => promptDb.list())) ?? [];
      const known = new Set(get().prompts.map(({ id }) => id));
      set({ prompts: byTitle([...get().prompts, ...stored.filter(({ id }) => !known.has(id))]) });
    },
    async savePrompt({ id, title, text }) {
      set({ promptError: null });
      const prompt = fresh(title.trim(), text);
      await put(id ? { ...prompt, id } : prompt);
    },
    async deletePrompt(id) {
      set({ prompts: get().prompts.filter((prompt) => prompt.id !== id), promptError: null });
      await attempt(() => promptDb.remove(id));
    },
    async importPrompts(file) {
      set({ promptError: null });
      const added = await attempt(async () => {
        if (file.size > MAX_IMPORT_BYTES) {
          throw new AppError('bad-prompts', `${file.name} is too big for a prompt library.`, {
            name: file.name,
          });
        }
        return parsePrompts(await file.text(), file.name);
      });
      const has = ({ title, text }: { title: string; text: string }) =>
        get().prompts.some((prompt) => prompt.title === title && prompt.text === text);
      for (const prompt of added ?? []) if (!has(prompt)) await put(fresh(prompt.title, prompt.text));
    },
    exportPrompts() {
      const prompts = get().prompts.map(({ title, text }) => ({ title, text }));
      const json = JSON.stringify({ version: 1, prompts }, null, 2);
      saveFile(new Blob([json], { type: 'application/json' }), 'glm-prompts.json');
    },
  };
};
