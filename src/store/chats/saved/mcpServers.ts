// The user's MCP servers: their approved tools, and requests with their keys.
import type { McpAuth, McpListing, McpReplies, McpRequest } from '../../../network/mcp/types';
import { askMcp } from '../../../network/network';
import { AppError } from '../../../shared/errors';
import { fetchPart } from '../../../shared/missingPart';
import type { ToolEntry } from '../../../tools/registry';
import { Observable } from '../../observable';
import type { McpState } from '../state';
import type { McpDraft, McpServerInfo, StoredMcp } from '../types';
import type { ServiceDb, StoredService } from './serviceDb';

export interface McpOptions {
  db: ServiceDb;
  /** The tools have changed. */
  onChange: () => void;
}

/** Name of the channel on which signed-in.js hands the code over: the page it opens in has no opener. */
const CHANNEL = 'glm-sign-in';

const infoOf = ({ key, auth, ...server }: StoredMcp, changed: boolean): McpServerInfo => ({
  ...server,
  ...{ hasKey: key !== '', signedIn: auth?.tokens !== undefined, changed },
});

export class McpServers extends Observable<McpState> {
  readonly #kept = new Map<string, StoredMcp>();
  /** Servers that describe an approved tool otherwise. */
  readonly #changed = new Set<string>();
  /** Sign-ins of servers that are not saved yet. */
  readonly #begun = new Map<string, McpAuth>();

  constructor(private readonly options: McpOptions) {
    super({ mcpServers: [] });
  }

  /** Holds those that are stored, and no others. */
  take(stored: readonly StoredService[]): void {
    this.#kept.clear();
    for (const one of stored) if (one.kind === 'mcp') this.#kept.set(one.id, one);
    this.#list();
  }

  get entries(): ToolEntry[] {
    return [...this.#kept.values()].flatMap(({ id, url, tools }) =>
      tools.map((tool): ToolEntry => ({
        spec: { type: 'function', name: tool.name, description: tool.description, parameters: tool.schema },
        ...{ key: `${tool.name}@${tool.hash}`, reach: 'sends', kind: 'function', usual: 'ask' },
        reachOf: async () => ({ reach: 'sends', hosts: [new URL(url).host] }),
        load: async () => {
          const { mcpTool } = await fetchPart(() => import('../../../tools/mcp/mcpTool'));
          return mcpTool(tool, {
            url,
            ask: (request, signal) => this.#ask(this.#draftOf(id), request, signal),
            onChanged: () => {
              this.#changed.add(id);
              this.#list();
            },
          });
        },
      })),
    );
  }

  /** What the server offers. @throws AppError of askMcp */
  list(draft: McpDraft, signal?: AbortSignal): Promise<McpListing> {
    return this.#ask(draft, { do: 'list' }, signal);
  }

  /** The text or data of a resource, or of a prompt. @throws AppError of askMcp */
  read(id: string, request: Extract<McpRequest, { do: 'read' | 'prompt' }>): Promise<McpReplies['read']> {
    return this.#ask(this.#draftOf(id), request);
  }

  /**
   * Begins a sign-in.
   * @returns where the user signs in, and the end of it, which waits for the page that the server sends back
   * @throws AppError sign-in
   */
  async signIn(draft: McpDraft, signal: AbortSignal): Promise<{ url: string; done: Promise<void> }> {
    const state = crypto.randomUUID();
    const redirectUrl = new URL('signed-in.html', document.baseURI).href;
    const { url } = await this.#ask(draft, { do: 'signIn', redirectUrl, state }, signal);
    const { host } = new URL(draft.url);
    const isPage = URL.canParse(url) && /^https:|^http:\/\/(?:localhost|127\.0\.0\.1)[:/]/.test(url);
    if (!isPage)
      throw new AppError('sign-in', 'no address', { host, why: 'the server names no page for it' });
    const done = this.#returned(state, host, signal).then(async ({ code, iss }) => {
      await this.#ask(draft, { do: 'finish', redirectUrl, code, ...(iss && { iss }) }, signal);
    });
    return { url, done };
  }

  #returned(state: string, host: string, signal: AbortSignal): Promise<{ code: string; iss?: string }> {
    return new Promise((resolve, reject) => {
      const channel = new BroadcastChannel(CHANNEL);
      const end = (finish: () => void) => {
        channel.close();
        finish();
      };
      signal.addEventListener('abort', () => end(() => reject(signal.reason as Error)), { once: true });
      channel.onmessage = ({ data }: MessageEvent<Record<string, unknown>>) => {
        if (data.state !== state) return;
        const { code, iss, error = 'no code came back' } = data;
        end(() =>
          typeof code === 'string' && code
            ? resolve({ code, ...(typeof iss === 'string' && { iss }) })
            : reject(new AppError('sign-in', String(error), { host, why: String(error).slice(0, 200) })),
        );
      };
    });
  }

  /** Keeps a server with the tools that were approved, as the listing describes them. */
  async save(draft: McpDraft, name: string, listing: McpListing, chosen: readonly string[]): Promise<void> {
    const { pinnedAll, prefixOf } = await fetchPart(() => import('../../../tools/mcp/pinned'));
    const { id, url } = draft;
    const before = this.#kept.get(id);
    const others = [...this.#kept.values()].filter((one) => one.id !== id).map(({ prefix }) => prefix);
    let prefix = before?.prefix ?? prefixOf(name || listing.name);
    for (let n = 2; others.includes(prefix); n++) prefix = `${prefixOf(name || listing.name)}${n}`;
    const approved = listing.tools.filter((tool) => chosen.includes(tool.name));
    const server: StoredMcp = {
      ...{ id, url, prefix, name: name.trim() || listing.name || new URL(url).host },
      key: draft.key || (before?.url === url ? before.key : ''),
      auth: this.#authOf(draft),
      tools: await pinnedAll(approved, prefix),
    };
    this.#kept.set(id, server);
    this.#begun.delete(id);
    this.#changed.delete(id);
    this.#list();
    this.options.onChange();
    await this.options.db.save({ kind: 'mcp', ...server }).catch(() => undefined);
  }

  async delete(id: string): Promise<void> {
    this.#kept.delete(id);
    this.#list();
    this.options.onChange();
    void askMcp({ id, url: '', key: '' }, { do: 'close' }).catch(() => undefined);
    await this.options.db.remove(`mcp ${id}`).catch(() => undefined);
  }

  clear(): void {
    this.#kept.clear();
    this.#begun.clear();
    this.#list();
  }

  #draftOf(id: string): McpDraft {
    const { url = '', key = '' } = this.#kept.get(id) ?? {};
    return { id, url, key };
  }

  #authOf({ id, url }: McpDraft): McpAuth | undefined {
    const kept = this.#kept.get(id);
    return this.#begun.get(id) ?? (kept?.url === url ? kept.auth : undefined);
  }

  /** Asks with the key and the sign-in of the server, which belong to its address. */
  async #ask<R extends McpRequest>(
    draft: McpDraft,
    request: R,
    signal?: AbortSignal,
  ): Promise<McpReplies[R['do']]> {
    const { id, url } = draft;
    const kept = this.#kept.get(id);
    const key = draft.key || (kept?.url === url ? kept.key : '');
    const { value, auth } = await askMcp({ id, url, key, auth: this.#authOf(draft) }, request, signal);
    if (auth) await this.#keepAuth(draft, auth);
    return value;
  }

  async #keepAuth({ id, url }: McpDraft, auth: McpAuth): Promise<void> {
    const kept = this.#kept.get(id);
    if (kept?.url !== url || this.#begun.has(id)) return void this.#begun.set(id, auth);
    const server = { ...kept, auth };
    this.#kept.set(id, server);
    this.#list();
    await this.options.db.save({ kind: 'mcp', ...server }).catch(() => undefined);
  }

  #list(): void {
    const servers = [...this.#kept.values()].map((server) => infoOf(server, this.#changed.has(server.id)));
    this.patch({ mcpServers: servers.sort((a, b) => a.name.localeCompare(b.name)) });
  }
}
