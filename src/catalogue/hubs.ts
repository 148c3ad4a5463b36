// Where model files come from: Hugging Face, a mirror that speaks its paths, ModelScope. Only builds and reads
// addresses and listings; whoever calls brings the function that fetches.
import type { ModelSource } from '../protocol/engine';
import type { CatalogueModel, ModelVariant } from './types';

export type HubKind = 'huggingface' | 'mirror' | 'modelscope';

/** Plain data: can be kept in the preferences. */
export interface Hub {
  kind: HubKind;
  /** Without a slash at its end. */
  baseUrl: string;
}

export const HUGGING_FACE: Hub = { kind: 'huggingface', baseUrl: 'https://huggingface.co' };
export const MODELSCOPE: Hub = { kind: 'modelscope', baseUrl: 'https://www.modelscope.cn' };

/** GET as JSON. Should throw an AppError with the status (not-found, access-denied, network…). */
export type FetchJson = (url: string) => Promise<unknown>;

export interface HubFile {
  name: string;
  bytes: number;
  /** Hex; '' when the hub publishes none for this file (small text files in git). */
  sha256: string;
}

export type RemoteSource = Extract<ModelSource, { kind: 'remote' }>;

/** A mirror of Hugging Face from what a person typed. @throws AppError 'bad-request' unless https or localhost. */
export function mirrorHub(_text: string): Hub {
  throw new Error('stub');
}

/** The variant's repository on a hub; undefined when that hub has none. */
export function repoOn(_variant: ModelVariant, _hub: Hub): string | undefined {
  throw new Error('stub');
}

/** Address of a repository's page, for people. */
export function repoPage(_hub: Hub, _repo: string): string {
  throw new Error('stub');
}

/** Address of a file's bytes. */
export function fileUrl(_hub: Hub, _repo: string, _path: string): string {
  throw new Error('stub');
}

/** All files of a repository. @throws AppError 'http-error' when the answer is no listing; what fetchJson throws. */
export function listFiles(_hub: Hub, _repo: string, _fetchJson: FetchJson): Promise<HubFile[]> {
  throw new Error('stub');
}

/**
 * What to load: every file with its URL, with published sizes and digests where the hub lists them.
 * @throws AppError 'not-found' when the hub does not carry the variant or its listing lacks a file; 'access-denied'.
 */
export function resolveModel(_args: {
  model: CatalogueModel;
  variant: ModelVariant;
  hub: Hub;
  fetchJson: FetchJson;
  token?: string;
}): Promise<RemoteSource> {
  throw new Error('stub');
}
