import { expect, type Locator, type Page } from '@playwright/test';

/** The settings drawer. */
export class SettingsDialog {
  readonly dialog: Locator;
  readonly systemPrompt: Locator;
  readonly reset: Locator;

  constructor(private readonly page: Page) {
    this.dialog = page.getByRole('dialog', { name: /^(Settings|设置)$/ });
    this.systemPrompt = this.dialog.getByRole('textbox', { name: /^(System prompt|系统提示词)$/ });
    this.reset = this.dialog.getByRole('button', { name: /recommended values|推荐值/ });
  }

  number(name: string): Locator {
    return this.dialog.getByRole('spinbutton', { name, exact: true });
  }

  async choose(option: string): Promise<void> {
    await this.dialog.getByRole('radio', { name: option, exact: true }).check({ force: true });
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await expect(this.dialog).toBeHidden();
  }
}
