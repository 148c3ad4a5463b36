// The built app with greedy answers, and what a user sees of one.
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page } from 'playwright';
import { preview } from 'vite';

/** A long answer of Nano's. */
export const QUESTION = 'Tell me about the sea.';

/** Serves a build. */
export async function serveApp(outDir = 'dist'): Promise<{ url: string; close: () => Promise<void> }> {
  const server = await preview({
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const { port } = server.httpServer.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

/** Settings under which an answer depends on its question alone. */
export async function answerGreedily(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    if (localStorage.getItem('glm-preferences')) return;
    const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 };
    localStorage.setItem('glm-preferences', JSON.stringify({ sampling, seed: 1, language: 'en' }));
  });
}

/** One tab of the app. */
export class Stage {
  constructor(readonly page: Page) {}

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.getByRole('textbox', { name: 'Message' }).waitFor();
  }

  async newChat(): Promise<void> {
    await this.page
      .getByRole('button', { name: /^New chat$/ })
      .first()
      .click();
  }

  async ask(question = QUESTION): Promise<void> {
    const field = this.page.getByRole('textbox', { name: 'Message' });
    await field.fill(question);
    await field.press('Enter');
  }

  async ready(): Promise<void> {
    await this.page.locator('[data-status=ready]').waitFor({ timeout: 240_000 });
  }

  /** Waits until an answer is on screen, written or being written. */
  async answering(): Promise<void> {
    await this.page.getByRole('article', { name: 'Assistant' }).last().waitFor({ timeout: 240_000 });
  }

  /** Words of the last answer on screen. */
  text(): Promise<string> {
    return this.page.evaluate(lastAnswer);
  }

  /** Waits until the answer has so many characters. */
  async reaches(length: number): Promise<void> {
    const answered = this.page.waitForFunction(
      (least) =>
        ([...document.querySelectorAll('[data-part=text]')].at(-1)?.textContent?.length ?? 0) >= least,
      length,
      { polling: 20, timeout: 240_000 },
    );
    await answered;
  }

  /** The load phase on screen: '' when none is. */
  async phase(): Promise<string> {
    const bar = this.page.getByRole('main').getByRole('progressbar').first();
    const text = await bar.getAttribute('aria-valuetext', { timeout: 200 }).catch(() => null);
    return text?.replace(/:.*/, '') ?? '';
  }

  /** The state on screen, for reports of failures. */
  async describe(): Promise<string> {
    const notices = await this.page.locator('[role=alert], [role=status]').allInnerTexts();
    return notices.join(' | ').replaceAll(/\s+/g, ' ').slice(0, 300);
  }

  /** Waits for the end of the answer. @returns it, or null after `timeoutMs` */
  async ended(timeoutMs = 120_000): Promise<string | null> {
    const stop = this.page.getByRole('button', { name: /^Stop$/ });
    try {
      await stop.waitFor({ state: 'hidden', timeout: timeoutMs });
      await this.page
        .locator('[aria-busy=true], [data-plain]')
        .first()
        .waitFor({ state: 'hidden', timeout: 20_000 });
      return await this.text();
    } catch {
      return null;
    }
  }
}

function lastAnswer(): string {
  return [...document.querySelectorAll('[data-part=text]')].at(-1)?.textContent ?? '';
}
