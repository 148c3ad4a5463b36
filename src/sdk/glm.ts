// The engine for other programs: an OpenAI-shaped client and a `LanguageModel`, over one worker. docs/embedding.md
import type { CachedModel, LoadOptions, LoadProgress, ModelInfo, ModelSource } from '../protocol/models';
import { AppError } from '../shared/errors';
import { createCompletions } from './completions';
import type { Completions } from './completionTypes';
import type { EngineClient } from '../client/engineClient';
import { createLanguageModel, type LanguageModelStatic } from './languageModel';
import { oneByOne } from './oneByOne';

export interface GlmLoadOptions extends LoadOptions {
  /** Stops the load; what was downloaded stays, and the next load goes on there. */
  signal?: AbortSignal;
  onProgress?: (progress: LoadProgress) => void;
}

export interface Glm {
  chat: { completions: Completions };
  /** The model in use; null before `load`. */
  readonly model: ModelInfo | null;
  /**
   * Brings a model here if it is not stored yet, and puts it on the GPU, in place of the one before.
   * @param source an absolute URL of a GGUF file, or any other source: files, a stored model.
   * @throws AppError with the reason; the signal's reason.
   */
  load(source: string | ModelSource, options?: GlmLoadOptions): Promise<ModelInfo>;
  /** Models stored in this origin. */
  listModels(): Promise<CachedModel[]>;
  deleteModel(id: string): Promise<void>;
  /** `LanguageModel` for a model, which its `create` loads if need be. */
  languageModel(source: string | ModelSource): LanguageModelStatic;
  /** Everything else the engine can do: src/protocol/calls.ts. */
  engine: EngineClient;
  /** Ends the worker and frees the GPU. */
  dispose(): void;
}

/** @param engine from createEngineClient, over a worker of the engine; one of these per engine. */
export function createGlmOver(engine: EngineClient): Glm {
  const queue = oneByOne();
  let model: { key: string; info: ModelInfo } | null = null;
  let loadingKey: string | null = null;
  engine.onDeviceLost(() => (model = null));
  const sourceOf = (source: string | ModelSource): ModelSource =>
    typeof source === 'string' ? { kind: 'url', url: source } : source;
  const keyOf = (source: ModelSource) =>
    JSON.stringify(source, (_, value: unknown) =>
      value instanceof File ? [value.name, value.size, value.lastModified] : value,
    );

  async function load(from: string | ModelSource, options: GlmLoadOptions = {}): Promise<ModelInfo> {
    const { signal, onProgress, ...rest } = options;
    const source = sourceOf(from);
    const key = keyOf(source);
    return queue(async () => {
      loadingKey = key;
      try {
        const args = { source, options: rest };
        const info = await engine.call('load', args, { signal, onEvent: onProgress });
        model = { key, info };
        return info;
      } catch (error) {
        model = null;
        throw error;
      } finally {
        loadingKey = null;
      }
    }, signal);
  }

  const loaded = (): ModelInfo => {
    if (!model) throw new AppError('no-model', 'No model is loaded: call load first.');
    return model.info;
  };

  return {
    chat: { completions: createCompletions({ client: engine, loaded, queue }) },
    get model() {
      return model?.info ?? null;
    },
    load,
    listModels: () => engine.call('listModels', {}),
    async deleteModel(id) {
      await engine.call('deleteModel', { id });
      if (model?.info.id === id) model = null;
    },
    languageModel(from) {
      const source = sourceOf(from);
      const key = keyOf(source);
      return createLanguageModel({
        client: engine,
        source,
        loaded: () => (model?.key === key ? model.info : null),
        isLoading: () => loadingKey === key,
        load: (signal, onProgress) => load(source, { signal, onProgress }),
        queue,
      });
    },
    engine,
    dispose: () => engine.dispose(),
  };
}
