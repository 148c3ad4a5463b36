// Runs tools of MCP servers.
import type { McpContent, McpListing, McpReplies, McpRequest, McpResult } from '../../network/mcp/types';
import type { ResultPart } from '../../protocol/chat';
import { AppError } from '../../shared/errors';
import { fault, type Fault } from '../faults';
import { failedOutcome, hostOf, whyUnread } from '../http/httpTool';
import type { Tool, ToolContext, ToolOutcome } from '../tool';
import { pinOf, type PinnedTool } from './pinned';

export interface McpDeps {
  url: string;
  /** Asks the server, with its key. */
  ask<R extends McpRequest>(request: R, signal?: AbortSignal): Promise<McpReplies[R['do']]>;
  /** The server describes a tool otherwise than approved. */
  onChanged(listing: McpListing): void;
}

export function mcpTool({ name, original, description, schema, hash }: PinnedTool, deps: McpDeps): Tool {
  const { ask, onChanged, url } = deps;
  return {
    spec: { type: 'function', name, description, parameters: schema },
    reach: 'sends',
    async run(args, context): Promise<ToolOutcome> {
      const { signal } = context;
      try {
        const listing = await ask({ do: 'list', only: 'tools' }, signal);
        const now = listing.tools.find((tool) => tool.name === original);
        if (!now) return failedOutcome(fault('noTool', { host: hostOf(url) }));
        if ((await pinOf(now)) !== hash) {
          onChanged(listing);
          return failedOutcome(fault('changed'));
        }
        const value = (args.trim() ? JSON.parse(args) : {}) as Record<string, unknown>;
        return outcomeOf(await ask({ do: 'call', tool: original, args: value }, signal), context);
      } catch (error) {
        if (signal.aborted || !(error instanceof AppError)) throw error;
        return failedOutcome(whyFailed(error, url));
      }
    },
  };
}

function whyFailed(error: AppError, url: string): Fault {
  const { code, details } = error;
  const host = hostOf(url);
  if (code === 'mcp-key' || code === 'sign-in') return fault('key', { host });
  if (code === 'mcp-headers') return fault('hidden', { host });
  if (code.startsWith('server-')) return whyUnread(error, url);
  return fault('server', { host, why: String(details.why ?? code) });
}

/** What a tool returned, for people and for the model. JSON is preferred to its rendering as text. */
export function outcomeOf(
  { content, structured, failed }: McpResult,
  { files }: Pick<ToolContext, 'files'>,
): ToolOutcome {
  const names = files.map(({ name }) => name);
  const parts: ResultPart['parts'] = [];
  const said: string[] = [];
  for (const one of content) {
    if (one.kind === 'text') {
      if (structured === undefined) parts.push({ type: 'text', text: one.text });
      said.push(one.text);
    } else if (one.kind === 'link') {
      const text = `${one.name}: ${one.uri}`;
      parts.push({ type: 'text', text });
      said.push(text);
    } else {
      const file = fileOf(one, names);
      names.push(file.name);
      if (/^image\/(?:png|jpeg|gif|webp)$/.test(one.mediaType))
        parts.push({ type: 'image', blob: one.blob, alt: file.name });
      parts.push(file);
      said.push(`[${one.mediaType}, shown to the user and kept as ${file.name}]`);
    }
  }
  if (structured !== undefined) parts.unshift({ type: 'text', text: structured });
  const words =
    structured === undefined ? said : [structured, ...said.filter((text) => text.startsWith('['))];
  const observation = words.join('\n');
  return {
    parts,
    observation: failed ? `The call failed. ${observation}` : observation,
    ...(failed && { failed }),
  };
}

function fileOf({ mediaType, blob, uri }: Extract<McpContent, { kind: 'data' }>, taken: readonly string[]) {
  const ending = (/\/(?:x-)?([\w]+)/.exec(mediaType)?.[1] ?? 'bin')
    .replace('jpeg', 'jpg')
    .replace('mpeg', 'mp3');
  const named = uri?.split(/[/?#]/).findLast((text) => /^[\w.-]+\.\w{1,8}$/.test(text));
  let name = named ?? `result-1.${ending}`;
  for (let n = 2; taken.includes(name); n++) name = named ? `${n}-${named}` : `result-${n}.${ending}`;
  return { type: 'file', id: crypto.randomUUID(), name, mediaType, blob } as const;
}
