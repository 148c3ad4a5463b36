import { expect, type Locator, type Page } from '@playwright/test';
import { ModelDialog } from './modelDialog';
import { SettingsDialog } from './settingsDialog';

/** Accessible names of the controls, by language. */
const NAMES = {
  message: /^(Message|消息)$/,
  messages: /^(Messages|消息)$/,
  send: /^(Send|发送)$/,
  stop: /^(Stop|停止)$/,
  newChat: /^(New chat|新对话)$/,
  chats: /^(Chats|对话列表)$/,
  you: /^(You|您)$/,
  assistant: /^(Assistant|助手)$/,
  regenerate: /^(Regenerate answer|重新回答)$/,
  settings: /^(Settings|设置)$/,
  model: /^(Model:|当前模型：)/,
};

/** The chat page, by roles and labels. */
export class ChatPage {
  readonly field: Locator;
  readonly sendButton: Locator;
  readonly stopButton: Locator;
  readonly questions: Locator;
  readonly answers: Locator;
  readonly regenerateButton: Locator;
  readonly chatList: Locator;
  readonly modelButton: Locator;
  readonly loading: Locator;
  readonly alert: Locator;
  readonly models: ModelDialog;
  readonly settings: SettingsDialog;

  constructor(readonly page: Page) {
    const { message, send, stop, you, assistant, regenerate, chats, model } = NAMES;
    this.field = page.getByRole('textbox', { name: message });
    this.sendButton = page.getByRole('button', { name: send });
    this.stopButton = page.getByRole('button', { name: stop });
    this.questions = page.getByRole('article', { name: you });
    this.answers = page.getByRole('article', { name: assistant });
    this.regenerateButton = page.getByRole('button', { name: regenerate });
    this.chatList = page.getByRole('navigation', { name: chats });
    this.modelButton = page.getByRole('button', { name: model });
    this.loading = page.getByRole('main').getByRole('progressbar');
    this.alert = page.getByRole('alert');
    this.models = new ModelDialog(page);
    this.settings = new SettingsDialog(page);
  }

  async open(address = './'): Promise<void> {
    await this.page.goto(address);
    await expect(this.field).toBeVisible();
  }

  /** Opens the page and waits for its model. */
  async openReady(address = './'): Promise<void> {
    await this.open(address);
    await this.modelReady();
  }

  async modelReady(): Promise<void> {
    await expect(this.page.locator('[data-status=ready]')).toBeVisible({ timeout: 240_000 });
  }

  async send(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press('Enter');
    await expect(this.questions.last()).toContainText(text); // the version switcher may be part of the name
  }

  /** Sends and waits for the whole answer. */
  async ask(text: string): Promise<Locator> {
    await this.send(text);
    await this.answerEnds();
    return this.answers.last();
  }

  async answerStarts(): Promise<void> {
    await expect(this.answers.last().locator('[data-part=text]')).not.toBeEmpty({ timeout: 240_000 });
  }

  /** Waits until the answer is complete and fully formatted. */
  async answerEnds(): Promise<void> {
    await expect(this.stopButton).toBeHidden({ timeout: 480_000 });
    await expect(this.sendButton).toBeVisible();
    await expect(this.page.locator('[aria-busy=true], [data-plain]')).toHaveCount(0);
  }

  /** Makes the page itself click Stop at the first words of the answer to `act`; a click from here may come too late. */
  async stopAtFirstWords(act: () => Promise<unknown>): Promise<void> {
    const stopped = this.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const observer = new MutationObserver(() => {
            const stop = document.querySelector<HTMLButtonElement>('button[aria-keyshortcuts=Escape]');
            if (!stop || !document.querySelector('[aria-busy=true] [data-part=text]')?.textContent) return;
            observer.disconnect();
            stop.click();
            resolve();
          });
          observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        }),
    );
    await act();
    await stopped;
  }

  /** Resumes what the fake engine holds, once it holds something. */
  async goOn(): Promise<void> {
    await this.page.waitForFunction(() => Number(document.documentElement.dataset.held) > 0);
    await this.page.evaluate(() => dispatchEvent(new Event('online')));
  }

  async newChat(): Promise<void> {
    await this.chatList.getByRole('button', { name: NAMES.newChat }).click();
  }

  chat(title: string): Locator {
    return this.chatList.getByRole('button', { name: title, exact: true });
  }

  /** An action from the menu of a chat's row. */
  async rowAction(title: string, action: string): Promise<void> {
    const row = this.chatList.getByRole('listitem').filter({ hasText: title });
    await row.hover();
    await row.getByRole('button', { name: /^(More for|“)/ }).click();
    await this.page.getByRole('menuitem', { name: action, exact: true }).click();
  }

  async openSettings(): Promise<void> {
    await this.chatList.getByRole('button', { name: NAMES.settings }).click();
    await expect(this.settings.dialog).toBeVisible();
  }

  async openModels(): Promise<void> {
    await this.modelButton.click();
    await expect(this.models.dialog).toBeVisible();
  }

  /**
   * Replaces the browser's file picker: it returns a file of the origin's private file system, a real handle that is
   * always readable. Call it before the page opens.
   */
  async pickFromOrigin(name: string, bytes: Uint8Array): Promise<void> {
    const base64 = Buffer.from(bytes).toString('base64');
    await this.page.addInitScript(
      ([fileName, content]) => {
        const pick = async () => {
          const root = await navigator.storage.getDirectory();
          const handle = await root.getFileHandle(fileName, { create: true });
          if ((await handle.getFile()).size > 0) return [handle];
          const writer = await handle.createWritable();
          await writer.write(Uint8Array.from(atob(content), (char) => char.charCodeAt(0)));
          await writer.close();
          return [handle];
        };
        Object.assign(window, { showOpenFilePicker: pick });
      },
      [name, base64] as const,
    );
  }

  /** Changes that file without notifying the page; null removes it. */
  async rewriteInOrigin(name: string, bytes: Uint8Array | null): Promise<void> {
    const content = bytes && Buffer.from(bytes).toString('base64');
    await this.page.evaluate(
      async ([fileName, base64]) => {
        const root = await navigator.storage.getDirectory();
        if (base64 === null) return root.removeEntry(fileName);
        const writer = await (await root.getFileHandle(fileName, { create: true })).createWritable();
        await writer.write(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
        await writer.close();
      },
      [name, content] as const,
    );
  }

  /** Drops files on the page. */
  async drop(files: { name: string; bytes: Uint8Array }[]): Promise<void> {
    const transfer = await this.page.evaluateHandle(
      (items) => {
        const data = new DataTransfer();
        for (const { name, base64 } of items) {
          const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
          data.items.add(new File([bytes], name));
        }
        return data;
      },
      files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') })),
    );
    for (const type of ['dragenter', 'dragover', 'drop']) {
      await this.page.getByRole('main').dispatchEvent(type, { dataTransfer: transfer });
    }
  }
}
