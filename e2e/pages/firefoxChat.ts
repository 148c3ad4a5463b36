// The chat page in Firefox, through Puppeteer: twin of chatPage.ts, limited to what the Firefox tests use.
import type { ElementHandle, HTTPRequest, Page } from 'puppeteer-core';
import { expect } from 'vitest';

/** Milliseconds. lavapipe compiles a model's pipelines in seconds; on a busy machine it takes a minute. */
const READY_MS = 120_000;
const ANSWER_MS = 60_000;

/** The controls' names by language. */
const NAMES = {
  en: { message: 'Message', stop: 'Stop', assistant: 'Assistant', you: 'You', settings: 'Settings' },
  zh: { message: '消息', stop: '停止', assistant: '助手', you: '您', settings: '设置' },
} as const;

/** One tab. */
export class FirefoxChat {
  /** Errors of the page and of its console. */
  readonly errors: string[] = [];
  /** Requested addresses. */
  readonly requests: string[] = [];
  private readonly names;

  constructor(
    readonly page: Page,
    language: keyof typeof NAMES = 'en',
  ) {
    this.names = NAMES[language];
    page.setDefaultTimeout(ANSWER_MS);
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    page.on('request', (request: HTTPRequest) => this.requests.push(request.url()));
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.modelReady();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.modelReady();
  }

  async modelReady(): Promise<void> {
    await this.page.waitForSelector('[data-status=ready]', { timeout: READY_MS });
  }

  /** The element with this role and name; waits for it. */
  async control(role: string, name: string): Promise<ElementHandle> {
    const found = await this.page.waitForSelector(`::-p-aria([name="${name}"][role="${role}"])`);
    if (!found) throw new Error(`no ${role} “${name}”`);
    return found;
  }

  async click(role: string, name: string): Promise<void> {
    await (await this.control(role, name)).click();
  }

  async openSettings(): Promise<void> {
    await this.click('button', this.names.settings);
    await this.control('dialog', this.names.settings);
  }

  async send(text: string): Promise<void> {
    await (await this.control('textbox', this.names.message)).type(text);
    await this.page.keyboard.press('Enter');
    await expect.poll(() => this.questions()).toContainEqual(expect.stringContaining(text));
  }

  /** The answer's text, once it is complete. */
  async ask(text: string): Promise<string> {
    await this.send(text);
    return this.answerEnds();
  }

  /** Waits until the answer has ended. @returns the last answer's text */
  async answerEnds(): Promise<string> {
    await this.page.waitForFunction(
      (stop) =>
        !document.querySelector(`button[aria-label="${stop}"], [aria-busy=true], [data-plain]`) &&
        document.querySelector('article [data-part=text]')?.textContent,
      { timeout: ANSWER_MS },
      this.names.stop,
    );
    return (await this.answers()).at(-1) ?? '';
  }

  answers(): Promise<string[]> {
    return this.articles(this.names.assistant, '[data-part=text]');
  }

  questions(): Promise<string[]> {
    return this.articles(this.names.you);
  }

  private articles(label: string, part?: string): Promise<string[]> {
    return this.page.$$eval(`article[aria-label="${label}"]${part ? ` ${part}` : ''}`, (all) =>
      all.map((element) => (element as HTMLElement).innerText),
    );
  }

  /** The line below the last answer: tokens per second and more. */
  async statistics(): Promise<string> {
    const groups = await this.page.$$eval('article [role=group]', (all) =>
      all.map((element) => (element as HTMLElement).innerText),
    );
    return groups.filter((text) => text.includes('tokens/s')).at(-1) ?? '';
  }

  /** Waits for a text anywhere on the page. */
  async shows(text: string): Promise<void> {
    await this.page.waitForFunction((wanted) => document.body.innerText.includes(wanted), {}, text);
  }

  /** Makes the page itself click Stop at the first words of the answer to `act`; a click from here may come too late. */
  async stopAtFirstWords(act: () => Promise<unknown>): Promise<void> {
    await this.page.evaluate(() => {
      const observer = new MutationObserver(() => {
        const stop = document.querySelector<HTMLButtonElement>('button[aria-keyshortcuts=Escape]');
        if (!stop || !document.querySelector('[aria-busy=true] [data-part=text]')?.textContent) return;
        observer.disconnect();
        stop.click();
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    await act();
    await this.answerEnds();
  }

  /** Writes into a field, at once. */
  async fill(selector: string, text: string): Promise<void> {
    await this.page.waitForSelector(selector);
    const write = (field: Element, value: string) => {
      const { prototype } = field.localName === 'textarea' ? HTMLTextAreaElement : HTMLInputElement;
      Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    await this.page.$eval(selector, write, text);
  }

  /** Drops files on the page, as from a file manager. */
  async drop(files: { name: string; bytes: Uint8Array }[]): Promise<void> {
    const drop = (items: { name: string; base64: string }[]) => {
      const data = new DataTransfer();
      for (const { name, base64 } of items) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        data.items.add(new File([bytes], name));
      }
      for (const type of ['dragenter', 'dragover', 'drop']) {
        const event = new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
        document.querySelector('main')?.dispatchEvent(event);
      }
    };
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
    await this.page.evaluate(
      drop,
      files.map(({ name, bytes }) => ({ name, base64: base64(bytes) })),
    );
  }

  /** Widths, in pixels, of the sent pictures that this page has decoded. */
  sentPictures(): Promise<number[]> {
    return this.page.$$eval(`article[aria-label="${this.names.you}"] img`, (all) =>
      all.map((image) => (image as HTMLImageElement).naturalWidth),
    );
  }

  /** Sets the file of the page's import field. */
  async importFile(path: string): Promise<void> {
    const input = (await this.page.waitForSelector('[data-import]')) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(path);
  }
}
