// The tools of this app. A tool is known by its description; its code is loaded with its first call.
import type { ToolSpec, Turn } from '../protocol/chat';
import type { ToolPermission } from './permissions';
import type { CallReach, Tool, ToolReach } from './tool';

/** A tool as it is known before its code is loaded. */
export interface ToolEntry {
  spec: ToolSpec;
  /** Whom a permission is for; default: the name. */
  key?: string;
  reach: ToolReach;
  kind: 'built-in' | 'function';
  /** Until a person chooses another. */
  usual: ToolPermission;
  /** Off until a person switches it on in a chat or the settings. */
  byChoice?: true;
  /** A person is asked for every call, whatever was allowed before. */
  each?: true;
  /** What one call would reach; missing: `reach`, for every call. */
  reachOf?(args: string, chat: readonly Turn[]): Promise<CallReach>;
  /** Why it cannot be used in this browser; missing: it can. */
  missing?(): string | undefined;
  load(): Promise<Tool>;
}

/** A tool ready to be called. */
export interface ReadyTool extends Tool {
  /** Whom a permission is for. */
  key: string;
  usual: ToolPermission;
  each?: true;
  reachOf?: ToolEntry['reachOf'];
}

export class ToolRegistry {
  private readonly entries = new Map<string, ToolEntry>();
  private readonly loaded = new Map<string, Promise<Tool>>();
  /** Names of those that `setAdded` added. */
  private added: string[] = [];

  constructor(entries: readonly ToolEntry[]) {
    for (const entry of entries) this.entries.set(entry.spec.name, entry);
  }

  /** All tools, built-in ones first. */
  get list(): ToolEntry[] {
    return [...this.entries.values()];
  }

  /** Replaces what was added to the app's own tools. One that has the name of another tool is left out. */
  setAdded(added: readonly ToolEntry[]): void {
    for (const name of this.added) {
      this.entries.delete(name);
      this.loaded.delete(name);
    }
    const free = added.filter(
      ({ spec }, index) =>
        !this.entries.has(spec.name) && !added.slice(0, index).some((other) => other.spec.name === spec.name),
    );
    for (const entry of free) this.entries.set(entry.spec.name, entry);
    this.added = free.map(({ spec }) => spec.name);
  }

  /** Whom a permission for the tool of this name is for. */
  keyOf(name: string): string {
    return this.entries.get(name)?.key ?? name;
  }

  /** The tools of these names that can be used, in this order. */
  tools(names: readonly string[]): ReadyTool[] {
    return names.flatMap((name) => {
      const entry = this.entries.get(name);
      if (!entry || entry.missing?.() !== undefined) return [];
      const { spec, reach, usual, each, reachOf, key = spec.name } = entry;
      return [
        {
          spec,
          key,
          reach,
          usual,
          ...(each && { each }),
          ...(reachOf && { reachOf }),
          run: async (args, context) => (await this.open(entry)).run(args, context),
        },
      ];
    });
  }

  /** Ends what tools keep for a chat; without an id, everything. */
  forget(chatId?: string): void {
    for (const tool of this.loaded.values())
      void tool.then(
        (opened) => opened.forget?.(chatId),
        () => undefined,
      );
  }

  /** A tool that could not be loaded is tried again with the next call. */
  private open(entry: ToolEntry): Promise<Tool> {
    const { name } = entry.spec;
    const known = this.loaded.get(name);
    if (known) return known;
    const opening = entry.load();
    this.loaded.set(name, opening);
    opening.catch(() => this.loaded.delete(name));
    return opening;
  }
}
