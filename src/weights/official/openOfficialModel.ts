// An original repository (safetensors, configuration, tokenizer) behind the structure that openGguf returns.
import { AppError } from '../../shared/errors';
import type { GgufFile } from '../gguf';
import type { WeightSource } from '../types';

/** One file of a repository. */
export interface RepositoryFile {
  /** Its name in the repository: 'config.json', 'model-00001-of-00010.safetensors'. Folders in front do not matter. */
  name: string;
  source: WeightSource;
}

export interface OfficialOptions {
  /** What people call the model, 'GLM-4-9B-Chat': families are told apart by it. */
  name: string;
  /** Licence identifier of the model card, where there is one. */
  license?: string;
  /** q4: float matrices are quantised to INT4 while they are imported. none: they keep their type. Default q4. */
  quantize?: 'q4' | 'none';
}

/** Are these the files of an original repository (rather than GGUF parts)? Decided by names. */
export function isOfficialModel(files: readonly { name: string }[]): boolean {
  return files.some(({ name }) => /\.safetensors$/i.test(name));
}

/**
 * Opens an original repository: config.json, generation_config.json, the tokenizer's files, *.safetensors and their
 * index. Metadata and tensors come out under GGUF's names, so that importer, planner and tokenizer work unchanged.
 * @throws AppError missing-file, bad-safetensors, bad-config, file-truncated, missing-tensor, and what sources throw.
 */
export function openOfficialModel(
  files: RepositoryFile[],
  options: OfficialOptions,
  _signal?: AbortSignal,
): Promise<GgufFile> {
  throw new AppError('bug', `openOfficialModel is not built yet (${options.name}, ${files.length} files)`);
}
