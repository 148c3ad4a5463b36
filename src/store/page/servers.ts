import { listServerModels } from '../../network/network';
import { parseBaseUrl } from '../../servers/address';
import { continuesAnswers, takesToolsUnasked } from '../../servers/kinds';
import type { ServerChoice } from '../../servers/serverClient';
import { AppError, isAbort, toWireError } from '../../shared/errors';
import type { ChatServer, SamplingOverrides } from '../answerSettings';
import { Observable } from '../observable';
import type { ServerDb, StoredServer } from './serverDb';
import type { Server, ServerDraft, ServersState } from './types';

export const hostOf = ({ baseUrl }: Pick<Server, 'baseUrl'>): string => new URL(baseUrl).host;

const infoOf = ({ key, ...server }: StoredServer): Server => ({ ...server, hasKey: key !== '' });
const byName = (servers: Server[]): Server[] => [...servers].sort((a, b) => a.name.localeCompare(b.name));

/** Whether the server of a chat can go on from the middle of an answer; true for one that was removed. */
export function continuesOn(servers: readonly Server[], { id }: Pick<ChatServer, 'id'>): boolean {
  const server = servers.find((one) => one.id === id);
  return !server || continuesAnswers(server.kind);
}

/** The server is told of tools only once they are chosen. */
export function wantsChosenTools(servers: readonly Server[], { id }: Pick<ChatServer, 'id'>): boolean {
  const server = servers.find((one) => one.id === id);
  return server !== undefined && !takesToolsUnasked(server.kind);
}

/** Servers that can answer in place of this computer. */
export class Servers extends Observable<ServersState> {
  /** With their keys; in a browser without storage they last as long as the page. */
  readonly #kept = new Map<string, StoredServer>();
  #checking: AbortController | null = null;

  constructor(private readonly db: ServerDb) {
    super({ list: [], check: null, error: null });
  }

  /** Reads the stored ones. */
  async open(): Promise<void> {
    const stored = (await this.#attempt(() => this.db.list())) ?? [];
    for (const server of stored) this.#kept.set(server.id, server);
    this.#list();
    this.db.onChange?.(() => void this.#follow());
  }

  /** Another tab has changed them. */
  async #follow(): Promise<void> {
    const stored = await this.#attempt(() => this.db.list());
    if (!stored) return;
    this.#kept.clear();
    for (const server of stored) this.#kept.set(server.id, server);
    this.#list();
  }

  /** Asks the server for its models, as the form has it. Nothing is stored. */
  async check(draft: ServerDraft): Promise<void> {
    this.#checking?.abort();
    const controller = new AbortController();
    const { signal } = controller;
    this.#checking = controller;
    this.patch({ check: { status: 'checking' } });
    try {
      const listing = await listServerModels(await this.#complete(draft), signal);
      if (!signal.aborted) this.patch({ check: { status: 'answered', listing } });
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      this.patch({ check: { status: 'failed', error: toWireError(error) } });
    }
  }
  forgetCheck(): void {
    this.#checking?.abort();
    this.patch({ check: null });
  }

  /**
   * @param models names entered by hand where the server has no list
   * A server whose models are not known is asked for them first.
   * @returns whether it was stored; the reason against stands in `check`
   */
  async save(draft: ServerDraft, models: string[]): Promise<boolean> {
    try {
      const { baseUrl, key } = await this.#complete(draft);
      const before = draft.id ? await this.#read(draft.id) : undefined;
      const same = before?.baseUrl === baseUrl ? before : undefined;
      const { check } = this.state;
      const listing = check?.status === 'answered' ? check.listing : null;
      const known = listing?.models ?? same?.models ?? [];
      const kind = listing?.kind ?? same?.kind ?? 'other';
      const typed = models.filter((id) => !known.some((model) => model.id === id)).map((id) => ({ id }));
      if (known.length + typed.length === 0) {
        if (check?.status === 'answered') return false; // it lists none: names have to be typed
        await this.check(draft);
        const { check: asked } = this.state;
        return asked?.status === 'answered' && asked.listing.models.length > 0 && this.save(draft, models);
      }
      const server: StoredServer = {
        id: draft.id ?? crypto.randomUUID(),
        name: draft.name.trim() || hostOf({ baseUrl }),
        baseUrl,
        key,
        kind,
        models: [...known, ...typed],
        ...(draft.pictures && { pictures: true }),
      };
      this.#kept.set(server.id, server);
      this.#list();
      this.patch({ check: null, error: null });
      await this.#attempt(() => this.db.save(server));
      return true;
    } catch (error) {
      this.patch({ check: { status: 'failed', error: toWireError(error) } });
      return false;
    }
  }

  async delete(id: string): Promise<void> {
    this.#kept.delete(id);
    this.patch({ list: this.state.list.filter((server) => server.id !== id) });
    await this.#attempt(() => this.db.remove(id));
  }
  async deleteAll(): Promise<void> {
    this.#kept.clear();
    this.patch({ list: [], check: null });
    await this.#attempt(() => this.db.clear());
  }

  /** How to reach the server of a chat. @throws AppError 'server-gone' when it was removed */
  async choice(server: ChatServer, sampling: SamplingOverrides): Promise<ServerChoice> {
    const found = await this.#read(server.id);
    if (!found) throw new AppError('server-gone', `${server.name} was removed.`, { name: server.name });
    const { baseUrl, key, kind, models, pictures } = found;
    const contextTokens = models.find(({ id }) => id === server.model)?.contextTokens ?? 0;
    return {
      ...{ baseUrl, key, kind, model: server.model, contextTokens, sampling },
      ...(pictures && { pictures }),
    };
  }

  /** The draft with its full address, and the key that belongs to it. @throws AppError */
  async #complete({ id, address, key }: ServerDraft): Promise<{ baseUrl: string; key: string }> {
    const baseUrl = parseBaseUrl(address);
    const before = id ? await this.#read(id) : undefined;
    return { baseUrl, key: key.trim() || (before?.baseUrl === baseUrl ? before.key : '') };
  }

  #list(): void {
    this.patch({ list: byName([...this.#kept.values()].map(infoOf)) });
  }

  async #read(id: string): Promise<StoredServer | undefined> {
    return this.#kept.get(id) ?? (await this.#attempt(() => this.db.read(id)));
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.patch({ error: { ...toWireError(error), code: 'storage-unavailable', details: {} } });
      return undefined;
    }
  }
}
