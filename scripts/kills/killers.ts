// Ways to end what the engine needs: its worker, its GPU device, the GPU process, the page's renderer, the owner's tab.
import type { Browser, Page, Worker } from 'playwright';

export type Victim = 'worker' | 'device' | 'gpu-process' | 'renderer' | 'tab';

/** The engine's worker; others of the page have other names. */
export const isEngine = (worker: Worker): boolean => /worker\/main|main-/.test(worker.url());

/** The engine's worker of this page; waits for it. */
export async function engineWorker(page: Page): Promise<Worker> {
  return page.workers().find(isEngine) ?? page.waitForEvent('worker', { predicate: isEngine });
}

/** Ends the worker from within, as a crash would: no event tells the page. */
async function killWorker(page: Page): Promise<void> {
  const worker = await engineWorker(page);
  void worker.evaluate(() => self.close()).catch(() => undefined);
}

/** Destroys the device at its next command or allocation. */
async function killDevice(page: Page): Promise<void> {
  const worker = await engineWorker(page);
  await worker.evaluate(() => {
    const prototype = GPUDevice.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const name of ['createCommandEncoder', 'createBuffer', 'createBindGroup', 'createShaderModule']) {
      const original = prototype[name];
      prototype[name] = function (this: GPUDevice, ...args: unknown[]) {
        const state = self as unknown as { killed?: boolean };
        if (!state.killed) {
          state.killed = true;
          this.destroy();
        }
        return original.apply(this, args);
      };
    }
  });
}

/** Kills one victim of this page; resolves when the order is given. */
export async function kill(browser: Browser, page: Page, victim: Victim): Promise<void> {
  if (victim === 'worker') return killWorker(page);
  if (victim === 'device') return killDevice(page);
  if (victim === 'tab') return page.close({ runBeforeUnload: false });
  if (victim === 'renderer') {
    const session = await page.context().newCDPSession(page);
    void session.send('Page.crash').catch(() => undefined);
    return;
  }
  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess');
}
