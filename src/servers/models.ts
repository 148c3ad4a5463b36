// Lists the models of a server and detects the server's kind.
import { AppError } from '../shared/errors';
import type { ServerKind } from './kinds';
import { askServer, parseJson, type ServerAddress } from './http';

export type { ServerKind };

export interface ServerModel {
  id: string;
  /** Present if the server reports it. */
  contextTokens?: number;
}

export interface ServerListing {
  kind: ServerKind;
  models: ServerModel[];
}

const KINDS: readonly string[] = ['llamacpp', 'vllm', 'sglang'] satisfies ServerKind[];
const MOST_MODELS = 1000;

function modelOf(item: unknown): ServerModel[] {
  const { id, max_model_len, meta } = (item ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || !id) return [];
  const { n_ctx } = (meta ?? {}) as Record<string, unknown>;
  const contextTokens = [max_model_len, n_ctx].find((value) => typeof value === 'number' && value > 0);
  return [typeof contextTokens === 'number' ? { id, contextTokens } : { id }];
}

/**
 * Requests the list of models; also serves as the connection test.
 * @throws AppError server-not-openai for any other response; those of askServer.
 */
export async function listServerModels(server: ServerAddress, signal?: AbortSignal): Promise<ServerListing> {
  const response = await askServer(server, { path: '/models', signal });
  const body = parseJson(await response.text());
  const { data } = (body ?? {}) as Record<string, unknown>;
  if (!Array.isArray(data)) {
    const url = `${server.baseUrl}/models`;
    throw new AppError('server-not-openai', `${url} is no list of models.`, { url });
  }
  const items = data as unknown[];
  const owner = items.map((item) => (item as { owned_by?: unknown } | null)?.owned_by);
  const kind = owner.find((name) => KINDS.includes(String(name)));
  return {
    kind: (kind as ServerKind | undefined) ?? 'other',
    models: items.slice(0, MOST_MODELS).flatMap(modelOf),
  };
}
