// The engine in a page of scripts/cliPage.ts, called from Node through Playwright.
import type { Page } from 'playwright';
import type { WireError } from '../src/shared/errors';
import { fromWireError } from '../src/shared/errors';
import type { CliEngine } from './cliEngine';

/** Opens `url`, the page, and waits for its engine. */
export async function openEngine(page: Page, url: string): Promise<CliEngine['call']> {
  let listener: ((event: unknown) => void) | undefined;
  await page.exposeFunction('engineEvent', (_name: string, event: unknown) => listener?.(event));
  await page.goto(url);
  await page.waitForFunction(() => 'engineCall' in window);
  return async (name, args, onEvent) => {
    listener = onEvent as typeof listener;
    const answer = (await page.evaluate(([n, a]) => window.engineCall(n, a as never), [
      name,
      args,
    ] as const)) as { result: never } | { error: WireError };
    if ('error' in answer) throw fromWireError(answer.error);
    return answer.result;
  };
}
