import { expect, type Locator, type Page } from '@playwright/test';

/** The model picker. */
export class ModelDialog {
  readonly dialog: Locator;
  readonly alert: Locator;
  readonly progress: Locator;

  constructor(private readonly page: Page) {
    this.dialog = page.getByRole('dialog', { name: /^(Models|模型)$/ });
    this.alert = this.dialog.getByRole('alert');
    this.progress = this.dialog.getByRole('progressbar');
  }

  /** Through the file chooser, as a click opens it. */
  async openFiles(files: { name: string; bytes: Uint8Array }[]): Promise<void> {
    const choosing = this.page.waitForEvent('filechooser');
    await this.dialog.getByRole('button', { name: /Open a GGUF file|打开 GGUF 文件/ }).click();
    const payload = files.map(({ name, bytes }) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(bytes),
    }));
    await (await choosing).setFiles(payload);
  }

  async openUrl(url: string): Promise<void> {
    await this.dialog.getByRole('textbox', { name: /GGUF/ }).fill(url);
    await this.dialog.getByRole('button', { name: /Load from address|从地址加载/ }).click();
  }

  row(name: string | RegExp): Locator {
    return this.dialog.getByRole('listitem').filter({ hasText: name });
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await expect(this.dialog).toBeHidden();
  }
}
