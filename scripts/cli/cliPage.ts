// The page behind the command line: the app's own client and worker, callable from Playwright.
import { createEngineClient, type EngineClient } from '../../src/client/engineClient';
import type { CallName, EngineCalls } from '../../src/protocol/calls';
import { fromWireError, toWireError, type WireError } from '../../src/shared/errors';
import type { AgentRequest, AgentStep } from './agentPage';
import { revived } from './pictures';

declare global {
  interface Window {
    engineCall: (name: CallName, args: never) => Promise<unknown>;
    /** Aborts all running calls. */
    engineStop: () => void;
    /** Exposed by scripts/cli/glm.ts. */
    engineEvent?: (name: CallName, event: unknown) => void;
    /** Answers with tools. @returns why it failed */
    agentRun: (request: AgentRequest) => Promise<WireError | undefined>;
    /** Exposed by scripts/cli/agentCommand.ts. */
    agentStep?: (step: AgentStep) => Promise<void>;
    agentNote?: (note: string) => Promise<void>;
    /** Exposed by scripts/cli/agentCommand.ts: an engine outside of the page. */
    lentEngine?: (
      name: CallName,
      args: unknown,
    ) => Promise<{ result?: unknown; error?: WireError; events: unknown[] }>;
  }
}

const worker = new Worker(new URL('../../src/worker/main.ts', import.meta.url), { type: 'module' });
const client = createEngineClient(worker);

const underWay = new Set<AbortController>();
window.engineStop = () => underWay.forEach((controller) => controller.abort());

window.engineCall = async (name, args) => {
  const controller = new AbortController();
  underWay.add(controller);
  try {
    const onEvent = (event: EngineCalls[CallName]['event']) => void window.engineEvent?.(name, event);
    return { result: await client.call(name, revived(args), { onEvent, signal: controller.signal }) };
  } catch (error) {
    return { error: toWireError(error) };
  } finally {
    underWay.delete(controller);
  }
};

/** The client of an engine outside of the page. */
const lentClient = (lent: NonNullable<Window['lentEngine']>): Pick<EngineClient, 'call'> => ({
  call: async (name, args, { onEvent } = {}) => {
    const { result, error, events } = await lent(name, args);
    for (const event of events) onEvent?.(event as never);
    if (error) throw fromWireError(error);
    return result as never;
  },
});

window.agentRun = async (request) => {
  let told = Promise.resolve();
  try {
    const { runAgent } = await import('./agentPage');
    const engine = window.lentEngine ? lentClient(window.lentEngine) : client;
    const then = (next: () => unknown) => (told = told.then(next) as Promise<void>);
    await runAgent(
      engine,
      revived(request),
      (step) => then(() => window.agentStep?.(step)),
      (note) => then(() => window.agentNote?.(note)),
    );
  } catch (error) {
    return toWireError(error);
  } finally {
    await told;
  }
};
