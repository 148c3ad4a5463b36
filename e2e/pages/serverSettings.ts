import { expect, type Locator, type Page } from '@playwright/test';

/** The server section of the open settings. */
export class ServerSettings {
  readonly section: Locator;
  readonly alert: Locator;
  readonly answeredBy: Locator;

  constructor(page: Page) {
    this.section = page.getByRole('region', { name: /^(Servers|服务器)$/ });
    this.alert = this.section.getByRole('alert');
    this.answeredBy = this.section.getByRole('combobox', {
      name: /^(This chat is answered by|本对话由谁回答)$/,
    });
  }

  async fill({
    address,
    key = '',
    name = '',
  }: {
    address: string;
    key?: string;
    name?: string;
  }): Promise<void> {
    const add = this.section.getByRole('button', { name: /^(Add a server|添加服务器)$/ });
    if (await add.isVisible()) await add.click();
    await this.section.getByRole('textbox', { name: /^(Base address|基础地址)$/ }).fill(address);
    await this.section.getByLabel(/^(API key|API 密钥)$/).fill(key);
    await this.section.getByRole('textbox', { name: /^(Name|名称)$/ }).fill(name);
  }

  async test(): Promise<void> {
    await this.section.getByRole('button', { name: /^(Test connection|测试连接)$/ }).click();
  }

  /** Saves and closes the form, and selects the server's first model for the chat. */
  async saveAndChoose(): Promise<void> {
    await this.section.getByRole('button', { name: /^(Save|保存)$/ }).click();
    await expect(this.answeredBy).toBeVisible();
    await this.answeredBy.selectOption({ index: 1 });
  }
}
