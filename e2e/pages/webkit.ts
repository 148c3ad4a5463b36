// WebKit through its driver: a small W3C WebDriver client (https://www.w3.org/TR/webdriver2/) with only the commands that
// the tests use. Playwright's WebKit is a separate build that must be downloaded; Debian's is the one GNOME users run.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { findWebKit } from '../../scripts/browsers/browser.mjs';

const START_MS = 20_000;
const ELEMENT_MS = 15_000;
/** Key of an element reference in responses, fixed by the standard. */
const ELEMENT_KEY = 'element-6066-11e4-a52e-4f735466cecf';

/** A virtual display, shared by several browsers. */
export interface Display {
  name: string;
  close(): void;
}

/** Starts Xvfb on a free display. */
export async function openDisplay(): Promise<Display> {
  const { display } = installed();
  const size = ['-screen', '0', '1400x1000x24'];
  const server = spawn(display, ['-displayfd', '3', ...size], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise<string>((resolve, reject) => {
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    (server.stdio[3] as Readable).once('data', (data: Buffer) => resolve(data.toString().trim()));
  });
  return { name: `:${number}`, close: () => void server.kill() };
}

function installed() {
  const found = findWebKit();
  if (!found) throw new Error('WebKit is not installed');
  return found;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** One browser with a fresh profile and one window. */
export class WebKit {
  private session = '';

  private constructor(
    private readonly driver: ChildProcess,
    private readonly address: string,
    /** The profile's home; downloads go to `Downloads` in it. */
    readonly home: string,
  ) {}

  /** @param language of the browser: 'en_US' or 'zh_CN' */
  static async launch(display: Display, language: string): Promise<WebKit> {
    const { driver, browser } = installed();
    const home = mkdtempSync(join(tmpdir(), 'webkit-'));
    mkdirSync(join(home, '.config'));
    mkdirSync(join(home, 'Downloads'));
    writeFileSync(join(home, '.config', 'user-dirs.dirs'), 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n');
    const port = await freePort();
    const child = spawn(driver, [`--port=${port}`], {
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        DISPLAY: display.name,
        HOME: home,
        XDG_RUNTIME_DIR: home,
        LC_ALL: 'C.UTF-8',
        LANGUAGE: language, // the browser's language; needs no generated locale
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', // tests run as root, and in containers
      },
    });
    const webkit = new WebKit(child, `http://127.0.0.1:${port}`, home);
    const options = { binary: browser, args: ['--automation'] };
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
    const { sessionId } = await webkit.started<{ sessionId: string }>(capabilities);
    webkit.session = `/session/${sessionId}`;
    return webkit;
  }

  private async started<T>(capabilities: object): Promise<T> {
    const deadline = Date.now() + START_MS;
    for (;;) {
      try {
        return await this.call<T>('POST', '/session', { capabilities });
      } catch (error) {
        if (!(error instanceof TypeError) || Date.now() > deadline) throw error; // TypeError: nothing listens yet
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** @throws the driver's error, or a TypeError when it cannot be reached */
  private async call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    const response = await fetch(this.address + path, { method, body: body && JSON.stringify(body) });
    const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
    if (!response.ok) throw new Error(`WebDriver ${path}: ${value.error}: ${value.message}`);
    return value;
  }

  async open(url: string): Promise<void> {
    await this.call('POST', `${this.session}/url`, { url });
  }

  async reload(): Promise<void> {
    await this.call('POST', `${this.session}/refresh`, {});
  }

  /** Runs the body of a function in the page. @returns what it returns or resolves to, as JSON */
  run<T>(body: string, ...args: unknown[]): Promise<T> {
    return this.call<T>('POST', `${this.session}/execute/sync`, { script: body, args });
  }

  /** All text of the page. */
  text(): Promise<string> {
    return this.run('return document.body.innerText');
  }

  /**
   * Waits for the first visible button (or radio label) with this name and clicks it through the driver, which clicks
   * where the element was when it looked: again, when the page had moved it by then.
   */
  async click(name: string): Promise<void> {
    for (;;) {
      const element = await this.element(
        `const named = [...document.querySelectorAll('button, label')].find((element) =>
           [element.getAttribute('aria-label'), element.innerText.trim()].includes(arguments[0]) && element.checkVisibility());
         named?.scrollIntoView({ block: 'center' }); // the driver scrolls no further than below a sticky header
         const see = ({ target }) => (window.clickWasSeen = named.contains(target));
         if (named) addEventListener('click', see, { once: true, capture: true });
         return named`,
        name,
      );
      await this.call('POST', `${element}/click`, {});
      if ((await this.run<boolean | undefined>('return window.clickWasSeen')) !== false) return; // undefined: a new page
    }
  }

  /** Waits for the element and types into it; a path into a file field. */
  async type(selector: string, text: string): Promise<void> {
    const element = await this.element('return document.querySelector(arguments[0])', selector);
    await this.call('POST', `${element}/value`, { text });
  }

  /** Waits until a script finds an element. @returns the URL of the element's commands */
  private async element(script: string, what: string): Promise<string> {
    for (const deadline = Date.now() + ELEMENT_MS; Date.now() < deadline;) {
      const found = await this.run<Record<string, string> | null>(script, what);
      if (found) return `${this.session}/element/${found[ELEMENT_KEY]}`;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`nothing is called “${what}” on the page`);
  }

  /** Resizes the window; the page is smaller by the browser's toolbars. */
  async resize(width: number, height: number): Promise<void> {
    await this.call('POST', `${this.session}/window/rect`, { x: 0, y: 0, width, height });
  }

  /** PNG of the page. */
  async screenshot(): Promise<Buffer> {
    return Buffer.from(await this.call<string>('GET', `${this.session}/screenshot`), 'base64');
  }

  async close(): Promise<void> {
    await this.call('DELETE', this.session).catch(() => undefined);
    this.driver.kill();
    rmSync(this.home, { recursive: true, force: true });
  }
}
