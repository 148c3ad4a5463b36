// The way to the memory, for a page that does not use it: whether it is on, and its code when it is needed.
import { fetchPart } from '../../../shared/missingPart';
import type { ToolEntry } from '../../../tools/registry';
import type { SmallStorage } from '../../ports';
import type { Chat } from '../types';
import type { Memory, MemoryOptions } from './memory';
import { REMEMBER_SPEC } from './rememberSpec';

const KEY = 'glm-memory';

export interface MemoryDoorOptions extends MemoryOptions {
  storage: SmallStorage;
  /** The agent that a chat is with. */
  agentOf: (chatId: string) => string | undefined;
}

export interface NotesFor {
  /** The answer that is being written. */
  answerId: string;
  isSmall: boolean;
  /** Keeps the notes of a chat that begins. */
  keep: (ids: string[]) => void;
}

export class MemoryDoor {
  private opening: Promise<Memory> | undefined;

  constructor(private readonly options: MemoryDoorOptions) {}

  /** New chats begin with the notes, and models may propose some. Off until the user switches it on. */
  get isOn(): boolean {
    try {
      return this.options.storage.getItem(KEY) === 'on';
    } catch {
      return false;
    }
  }

  set isOn(on: boolean) {
    try {
      this.options.storage.setItem(KEY, on ? 'on' : 'off');
    } catch {
      // a browser without storage: off
    }
  }

  /** The notes, with their code. @throws where it cannot be fetched */
  async open(): Promise<Memory> {
    this.opening ??= fetchPart(() => import('./memory')).then(
      (code) => new code.Memory(this.options),
      (error: unknown) => {
        this.opening = undefined; // the next call asks again
        throw error;
      },
    );
    const memory = await this.opening;
    await memory.open();
    return memory;
  }

  /** The tool by which models propose notes; none while memory is off. */
  get entries(): ToolEntry[] {
    if (!this.isOn) return [];
    return [
      {
        spec: REMEMBER_SPEC,
        reach: 'caged',
        kind: 'built-in',
        usual: 'ask',
        each: true,
        load: async () => (await this.open()).tool(this.options.agentOf),
      },
    ];
  }

  /** What a chat's system text says of the notes; '' for nothing. A chat keeps the notes that it began with. */
  async textFor(chat: Pick<Chat, 'id' | 'notes' | 'messages'>, options: NotesFor): Promise<string> {
    const { answerId, isSmall, keep } = options;
    const isNew = !chat.messages.some(({ id, role }) => role === 'assistant' && id !== answerId);
    if (!this.isOn || (!chat.notes && !isNew)) return '';
    const memory = await this.open();
    const agentId = this.options.agentOf(chat.id);
    const ids = chat.notes ?? (await memory.idsFor({ agentId, isSmall }));
    if (!chat.notes && ids.length > 0) keep(ids);
    return memory.textOf(ids);
  }

  /** Deletes all notes, and switches memory off. */
  async clear(): Promise<void> {
    this.isOn = false;
    await (await this.open()).deleteAll();
  }
}
