import { expect, type Locator, type Page } from '@playwright/test';

const TABS = {
  catalogue: /^(Catalogue|模型库)/,
  own: /^(Own file|自己的文件)/,
  here: /^(On this device|本机)/,
};

/** The model dialog: the catalogue, local files, stored models. */
export class ModelDialog {
  readonly dialog: Locator;
  readonly alert: Locator;
  readonly progress: Locator;
  readonly loadCard: Locator;
  readonly sheet: DownloadSheet;
  /** The choice between reading in place and copying. */
  readonly choice: Locator;

  constructor(private readonly page: Page) {
    this.dialog = page.getByRole('dialog', { name: /^(Models|模型)$/ });
    this.alert = this.dialog.getByRole('alert');
    this.progress = this.dialog.getByRole('progressbar');
    this.loadCard = this.dialog.getByRole('region', { name: /^(Loading|Downloading|正在加载|正在下载) / });
    this.sheet = new DownloadSheet(page);
    this.choice = this.dialog.getByRole('form', { name: /^(Open|打开) / });
  }

  async show(tab: keyof typeof TABS): Promise<void> {
    await this.dialog.getByRole('tab', { name: TABS[tab] }).click();
  }

  /** Chooses a file in the chooser that a click opens. */
  async openFiles(files: { name: string; bytes: Uint8Array }[]): Promise<void> {
    await this.show('own');
    const choosing = this.page.waitForEvent('filechooser');
    await this.dialog.getByRole('button', { name: /^(Open files|打开文件)…$/ }).click();
    const payload = files.map(({ name, bytes }) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(bytes),
    }));
    await (await choosing).setFiles(payload);
  }

  /** Chooses a file with the browser's picker, which ChatPage.pickFromOrigin replaces. */
  async pickFiles(): Promise<void> {
    await this.show('own');
    await this.dialog.getByRole('button', { name: /^(Open files|打开文件)…$/ }).click();
  }

  async openUrl(url: string): Promise<void> {
    await this.show('own');
    await this.dialog.getByRole('textbox', { name: /^(Address of a model|模型地址)$/ }).fill(url);
    await this.dialog.getByRole('button', { name: /Load from address|从地址加载/ }).click();
  }

  /** A card of the catalogue, or a row of a list. */
  row(name: string | RegExp): Locator {
    return this.dialog.getByRole('listitem').filter({ hasText: name });
  }

  /** A row among the stored models. */
  stored(name: string): Locator {
    return this.dialog
      .getByRole('region', { name: /^(Your models|您的模型)$/ })
      .getByRole('listitem')
      .filter({ hasText: name });
  }

  card(name: string): Locator {
    return this.dialog
      .getByRole('listitem')
      .filter({ has: this.page.getByRole('heading', { name, exact: true }) });
  }

  /** Opens the sheet of a catalogue model. */
  async ask(name: string): Promise<void> {
    await this.show('catalogue');
    await this.card(name)
      .getByRole('button', { name: /^(Download|下载) / })
      .click();
    await expect(this.sheet.dialog).toBeVisible();
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await expect(this.dialog).toBeHidden();
  }
}

/** The confirmation before a download. */
export class DownloadSheet {
  readonly dialog: Locator;
  readonly accept: Locator;
  readonly start: Locator;

  constructor(page: Page) {
    this.dialog = page.getByRole('dialog', { name: /^(Download|下载) / });
    this.accept = this.dialog.getByRole('checkbox', { name: /I have read and accept|我已阅读并接受/ });
    this.start = this.dialog.getByRole('button', { name: /^(Download|下载) [\d.]+ \wB$/ });
  }

  source(name: string): Locator {
    return this.dialog.getByRole('radio', { name, exact: true });
  }
}
