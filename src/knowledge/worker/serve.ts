// The worker's side of calls.ts: message in, call, messages out.
import { isAbort, toWireError } from '../../shared/errors';
import type { FromKnowledge, KnowledgeCall, ToKnowledge } from './calls';
import { knowledgeHandlers, type CallContext } from './handlers';

/** @returns what takes the page's messages */
export function serveKnowledge(post: (message: FromKnowledge) => void): (message: ToKnowledge) => void {
  const handlers = knowledgeHandlers();
  const running = new Map<number, AbortController>();

  async function run(id: number, name: KnowledgeCall, args: unknown): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    const onProgress = (fraction: number) => post({ kind: 'progress', id, fraction });
    const handler = handlers[name] as (args: unknown, context: CallContext) => unknown;
    try {
      post({ kind: 'result', id, result: await handler(args, { signal: controller.signal, onProgress }) });
    } catch (error) {
      if (isAbort(error)) post({ kind: 'aborted', id });
      else post({ kind: 'error', id, error: toWireError(error) });
    } finally {
      running.delete(id);
    }
  }

  return (message) => {
    if (message.kind === 'abort') running.get(message.id)?.abort();
    else void run(message.id, message.name, message.args);
  };
}
