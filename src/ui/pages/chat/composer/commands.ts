// Slash commands at the start of a message.
import type { AppState } from '../../../../store';
import type { TextKey } from '../../../useApp';
import { focusSystemPrompt } from '../../../shell/usePage';

export interface Command {
  /** Stands before the name; default: a slash. */
  sign?: '@';
  name: string;
  what: string;
  run: () => void;
}

/** The word after a leading @, which names an agent; null for a message without one. */
export const mentionWord = (draft: string): string | null =>
  /^@(\S{0,40})$/.exec(draft)?.[1].toLowerCase() ?? null;

type Action = (state: AppState) => void;

function openSystemPrompt(state: AppState): void {
  state.page.openDialog('settings');
  focusSystemPrompt();
}

const COMMANDS: [name: string, what: TextKey, action: Action][] = [
  ['new', 'slash.new', (s) => s.newChat()],
  ['models', 'slash.models', (s) => s.openModels()],
  ['prompts', 'slash.prompts', (s) => s.page.openDialog('prompts')],
  ['system', 'slash.system', openSystemPrompt],
  ['retry', 'slash.retry', (s) => s.regenerate()],
  ['clear', 'slash.clear', (s) => s.clearAttachments()],
  ['help', 'slash.help', (s) => s.page.openDialog('help')],
];

/** Commands and their texts, for the help. */
export const COMMAND_HELP = COMMANDS.map(([name, what]) => ({ name, what }));

/** The word after a leading slash; null for a message without one. */
export const slashWord = (draft: string): string | null =>
  /^\/([^\s/]*)$/.exec(draft)?.[1].toLowerCase() ?? null;

/**
 * Commands and saved prompts that match the typed word, best first.
 * @param insertPrompt puts a saved prompt into the message.
 */
export function commandsFor(
  word: string,
  state: () => AppState,
  t: (key: TextKey) => string,
  insertPrompt: (id: string) => void,
): Command[] {
  const own: Command[] = COMMANDS.map(([name, what, action]) => ({
    name,
    what: t(what),
    run: () => action(state()),
  }));
  const saved: Command[] = state().prompts.map(({ id, title, text }) => ({
    name: title,
    what: text.slice(0, 80).replace(/\s+/g, ' '),
    run: () => insertPrompt(id),
  }));
  const all = [...own, ...saved];
  const starts = all.filter(({ name }) => name.toLowerCase().startsWith(word));
  const contains = all.filter(
    (command) => !starts.includes(command) && `${command.name} ${command.what}`.toLowerCase().includes(word),
  );
  return [...starts, ...(word ? contains : [])];
}
