// The stored embedding model as an agent's knowledge uses it. It shares the GPU with the model that answers: files are read only
// while nothing is answered, and a batch under way stops when a question comes. A question's own vector is made at once.
import type { Background } from '../../../agent/background';
import type { EngineClient } from '../../../client/engineClient';
import type { Embedder } from '../../../knowledge/worker/knowledge';

export interface EmbedderParts {
  client: EngineClient;
  background: Background;
  /** The turn of a chat. */
  turns: { isAnswering(): boolean; subscribe(listener: () => void): () => void };
  /** Id of the stored embedding model; null without one. */
  model: () => string | null;
}

/** Gives way to an answer: files wait. */
const PAUSED = new DOMException('Paused', 'AbortError');

/** undefined while no embedding model is stored */
export function openEmbedder({ client, background, turns, model }: EmbedderParts): Embedder | undefined {
  const id = model();
  if (id === null) return undefined;
  const isFree = () => !turns.isAnswering();
  /** Resolves when nothing is answered; or when the signal fires. */
  const untilFree = async (signal: AbortSignal) => {
    if (!isFree())
      await new Promise<void>((resolve) => {
        const check = () => {
          if (!isFree() && !signal.aborted) return;
          end();
          signal.removeEventListener('abort', check);
          resolve();
        };
        const end = turns.subscribe(check);
        signal.addEventListener('abort', check);
      });
    await background.idle();
  };
  return {
    model: id,
    async embed(texts, kind, signal = new AbortController().signal) {
      if (kind === 'query') return client.call('embed', { model: id, texts, kind }, { signal });
      for (;;) {
        await untilFree(signal);
        signal.throwIfAborted();
        const controller = new AbortController();
        const end = turns.subscribe(() => {
          if (!isFree()) controller.abort(PAUSED);
        });
        const stop = () => controller.abort(signal.reason);
        signal.addEventListener('abort', stop);
        try {
          return await client.call('embed', { model: id, texts, kind }, { signal: controller.signal });
        } catch (error) {
          if (controller.signal.reason !== PAUSED) throw error;
        } finally {
          end();
          signal.removeEventListener('abort', stop);
        }
      }
    },
  };
}
