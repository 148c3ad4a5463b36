// The engine in a page of scripts/cli/cliPage.ts, called from Node through Playwright or Puppeteer.
import type { CallName } from '../../src/protocol/calls';
import type { WireError } from '../../src/shared/errors';
import { fromWireError } from '../../src/shared/errors';
import type { CliEngine } from './cliEngine';

interface EngineRequest {
  name: CallName;
  args: unknown;
}

/** The part of the page API common to both drivers. */
export interface EnginePage {
  exposeFunction(name: string, listener: (name: string, event: unknown) => void): Promise<unknown>;
  goto(url: string): Promise<unknown>;
  waitForFunction(condition: () => boolean): Promise<unknown>;
  evaluate(run: (request: EngineRequest) => Promise<unknown>, request: EngineRequest): Promise<unknown>;
}

/** Opens the page at `url` and waits for its engine. */
export async function openEngine(page: EnginePage, url: string): Promise<CliEngine['call']> {
  let listener: ((event: unknown) => void) | undefined;
  await page.exposeFunction('engineEvent', (_name: string, event: unknown) => listener?.(event));
  await page.goto(url);
  await page.waitForFunction(() => 'engineCall' in window);
  return async (name, args, onEvent) => {
    listener = onEvent as typeof listener;
    const answer = (await page.evaluate((call) => window.engineCall(call.name, call.args as never), {
      name,
      args,
    })) as { result: never } | { error: WireError };
    if ('error' in answer) throw fromWireError(answer.error);
    return answer.result;
  };
}
