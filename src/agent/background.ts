// Work for the model in the background. Any other call that needs the engine stops it first, and starts the moment the
// engine is free.
import type { CallOptions, EngineClient } from '../client/engineClient';
import { EXCLUSIVE_CALLS } from '../protocol/calls';
import type { GenerateRequest, Part } from '../protocol/chat';
import { textOf, withPartEvent } from '../shared/parts';

export interface Background {
  /**
   * Writes an answer. @returns what it says, without thoughts
   * @returns null when something else needed the engine, a later call among it, or the signal fired.
   */
  write(request: GenerateRequest, options?: BackgroundOptions): Promise<string | null>;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
}

export interface BackgroundOptions extends CallOptions<'generate'> {
  /** Called with the reason of a failure. */
  onError?: (error: unknown) => void;
}

/** @returns the client for everything else, and the background work that gives way to its calls. */
export function withBackground(engine: EngineClient): { client: EngineClient; background: Background } {
  let running: { stop: () => void; settled: Promise<unknown> } | null = null;
  const background: Background = {
    async idle() {
      while (running) await running.settled;
    },
    async write(request, { signal, onEvent, onError } = {}) {
      const controller = new AbortController();
      const stop = () => controller.abort(new DOMException('Stopped', 'AbortError'));
      if (signal?.aborted) return null;
      const before = running;
      before?.stop();
      await before?.settled;
      if (running && running !== before) return null; // a later one was quicker
      signal?.addEventListener('abort', stop, { once: true });
      const last = request.messages.at(-1);
      let parts: readonly Part[] = (request.continue && last?.parts) || [];
      const answer = engine.call('generate', request, {
        signal: controller.signal,
        onEvent: (event) => {
          if ('index' in event) parts = withPartEvent<Part>(parts, event);
          if (!controller.signal.aborted) onEvent?.(event);
        },
      });
      const run = { stop, settled: answer.catch(() => undefined) };
      running = run;
      try {
        await answer;
        return controller.signal.aborted ? null : textOf(parts);
      } catch (error) {
        if (!controller.signal.aborted) onError?.(error);
        return null;
      } finally {
        signal?.removeEventListener('abort', stop);
        if (running === run) running = null;
      }
    },
  };
  const client: EngineClient = {
    ...engine,
    call(name, args, options) {
      if (!running || !EXCLUSIVE_CALLS.has(name)) return engine.call(name, args, options);
      const { settled, stop } = running;
      stop();
      return settled.then(() => engine.call(name, args, options));
    },
  };
  return { client, background };
}
