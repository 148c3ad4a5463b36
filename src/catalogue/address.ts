// What a person may type to name a model: a direct link, a page of a hub, or owner/repository.
import type { FetchJson, Hub, RemoteSource } from './hubs';

export type ModelAddress =
  /** One GGUF (or the first part of a split set): loads as { kind: 'url', url }. */
  | { kind: 'url'; url: string; name: string }
  /** A repository: {@link listChoices} tells what is in it. */
  | { kind: 'repo'; hub: Hub; repo: string };

/** A loadable thing in a repository. */
export interface RepoChoice {
  /** 'glm-4-9b-chat-Q4_K_M.gguf'; a split set by its first part; 'model.safetensors' for original weights. */
  name: string;
  kind: 'gguf' | 'safetensors';
  bytes: number;
  source: RemoteSource;
}

/**
 * Reads a direct .gguf URL, a repository or file page of Hugging Face, ModelScope or the mirror, or `owner/repo`
 * (on `hub`). Links to a file's page become links to its bytes.
 * @throws AppError 'bad-request' with what is accepted.
 */
export function parseModelAddress(_text: string, _hub: Hub): ModelAddress {
  throw new Error('stub');
}

/** What can be loaded from a repository, smallest first. @throws AppError 'not-found' when nothing can. */
export function listChoices(
  _address: Extract<ModelAddress, { kind: 'repo' }>,
  _fetchJson: FetchJson,
  _token?: string,
): Promise<RepoChoice[]> {
  throw new Error('stub');
}
