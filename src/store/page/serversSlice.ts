import { parseBaseUrl } from '../../servers/http';
import { listServerModels } from '../../servers/models';
import { continuesAnswers } from '../../servers/serverClient';
import { AppError, isAbort, toWireError } from '../../shared/errors';
import type { AppState, SliceMaker } from '../appState';
import type { Server, ServerDraft, ServersSlice } from './state';
import { currentChat } from '../chats/chatsSlice';
import type { ChatServer } from '../answerSettings';
import type { StoredServer } from './serverDb';

export const hostOf = ({ baseUrl }: Pick<Server, 'baseUrl'>): string => new URL(baseUrl).host;

/** The server that the current chat uses, if it does and it is still there. */
export function serverOfChat(state: AppState): Server | null {
  const { server } = currentChat(state);
  return (server && state.servers.find(({ id }) => id === server.id)) ?? null;
}

/** Questions of the current chat can be answered, now or as soon as the model is there. */
export const canAsk = (state: AppState): boolean =>
  currentChat(state).server !== undefined || ['ready', 'loading', 'importing'].includes(state.model.status);

/** What answers the current chat is ready. */
export const canAnswer = (state: AppState): boolean =>
  !state.turn && (currentChat(state).server !== undefined || state.model.status === 'ready');

/** Whether the server of a chat can go on from the middle of an answer; true for one that was removed. */
export function continuesOn(servers: readonly Server[], { id }: Pick<ChatServer, 'id'>): boolean {
  const server = servers.find((one) => one.id === id);
  return !server || continuesAnswers(server.kind);
}

/** What answers the current chat can go on from the middle of an answer. */
export function continues(state: AppState): boolean {
  const { server } = currentChat(state);
  return !server || continuesOn(state.servers, server);
}

const infoOf = ({ key, ...server }: StoredServer): Server => ({ ...server, hasKey: key !== '' });
const byName = (servers: Server[]): Server[] => [...servers].sort((a, b) => a.name.localeCompare(b.name));

export const createServersSlice: SliceMaker<ServersSlice> = (set, get, { serverDb }) => {
  /** For a browser without storage: they last as long as the page. */
  const kept = new Map<string, StoredServer>();
  let checking: AbortController | null = null;

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      set({ serverError: { ...toWireError(error), code: 'storage-unavailable', details: {} } });
      return undefined;
    }
  }
  const read = async (id: string) => kept.get(id) ?? (await attempt(() => serverDb.read(id)));

  /** The draft with its address made whole, and the key that belongs to it. @throws AppError */
  async function complete({ id, address, key }: ServerDraft): Promise<{ baseUrl: string; key: string }> {
    const baseUrl = parseBaseUrl(address);
    const before = id ? await read(id) : undefined;
    return { baseUrl, key: key.trim() || (before?.baseUrl === baseUrl ? before.key : '') };
  }

  return {
    servers: [],
    serverCheck: null,
    serverError: null,

    async openServers() {
      const stored = (await attempt(() => serverDb.list())) ?? [];
      for (const server of stored) kept.set(server.id, server);
      set({ servers: byName([...kept.values()].map(infoOf)) });
    },

    async checkServer(draft) {
      checking?.abort();
      const { signal } = (checking = new AbortController());
      set({ serverCheck: { status: 'checking' } });
      try {
        const listing = await listServerModels(await complete(draft), signal);
        if (!signal.aborted) set({ serverCheck: { status: 'answered', listing } });
      } catch (error) {
        if (signal.aborted || isAbort(error)) return;
        set({ serverCheck: { status: 'failed', error: toWireError(error) } });
      }
    },
    forgetCheck() {
      checking?.abort();
      set({ serverCheck: null });
    },

    async saveServer(draft, models) {
      try {
        const { baseUrl, key } = await complete(draft);
        const before = draft.id ? await read(draft.id) : undefined;
        const same = before?.baseUrl === baseUrl ? before : undefined;
        if (models.length === 0 && !same && get().serverCheck?.status !== 'answered')
          await get().checkServer(draft);
        const { serverCheck } = get();
        if (serverCheck?.status === 'failed') return false;
        const listing = serverCheck?.status === 'answered' ? serverCheck.listing : null;
        const known = listing?.models ?? same?.models ?? [];
        const kind = listing?.kind ?? same?.kind ?? 'other';
        const typed = models.filter((id) => !known.some((model) => model.id === id)).map((id) => ({ id }));
        if (known.length + typed.length === 0) return false;
        const server: StoredServer = {
          id: draft.id ?? crypto.randomUUID(),
          name: draft.name.trim() || hostOf({ baseUrl }),
          baseUrl,
          key,
          kind,
          models: [...known, ...typed],
        };
        kept.set(server.id, server);
        set({ servers: byName([...kept.values()].map(infoOf)), serverCheck: null, serverError: null });
        await attempt(() => serverDb.save(server));
        return true;
      } catch (error) {
        set({ serverCheck: { status: 'failed', error: toWireError(error) } });
        return false;
      }
    },

    async deleteServer(id) {
      kept.delete(id);
      set({ servers: get().servers.filter((server) => server.id !== id) });
      await attempt(() => serverDb.remove(id));
    },
    async deleteServers() {
      kept.clear();
      set({ servers: [], serverCheck: null });
      await attempt(() => serverDb.clear());
    },

    async serverChoice(server, sampling) {
      const found = await read(server.id);
      if (!found) throw new AppError('server-gone', `${server.name} was removed.`, { name: server.name });
      const { baseUrl, key, kind, models } = found;
      const contextTokens = models.find(({ id }) => id === server.model)?.contextTokens ?? 0;
      return { baseUrl, key, kind, model: server.model, contextTokens, sampling };
    },
  };
};
