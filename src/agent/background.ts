// Work for the model that nobody waits for. It never stands in the way: any other call that needs the engine stops
// it first, and starts the moment the engine is free.
import type { EngineClient } from '../client/engineClient';
import { EXCLUSIVE_CALLS, type GenerateRequest } from '../protocol/engine';

export interface Background {
  /**
   * The model's text for a request, in one piece.
   * @returns null when something else needed the engine, or `stop` was called.
   */
  write(request: GenerateRequest): Promise<string | null>;
  stop(): void;
}

/** @returns the client that everybody else has to use, and what runs when they do not. */
export function withBackground(engine: EngineClient): { client: EngineClient; background: Background } {
  let running: { controller: AbortController; settled: Promise<unknown> } | null = null;
  const background: Background = {
    async write(request) {
      if (running) return null;
      const controller = new AbortController();
      let text = '';
      const answer = engine.call('generate', request, {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.kind === 'text') text += event.text;
        },
      });
      const run = { controller, settled: answer.catch(() => undefined) };
      running = run;
      try {
        await answer;
        return controller.signal.aborted ? null : text;
      } catch {
        return null; // nobody asked for it, nobody is told
      } finally {
        if (running === run) running = null;
      }
    },
    stop: () => running?.controller.abort(new DOMException('Stopped', 'AbortError')),
  };
  const client: EngineClient = {
    ...engine,
    call(name, args, options) {
      if (!running || !EXCLUSIVE_CALLS.has(name)) return engine.call(name, args, options);
      const { settled } = running;
      background.stop();
      return settled.then(() => engine.call(name, args, options));
    },
  };
  return { client, background };
}
