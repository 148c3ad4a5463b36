// Backups of all chats by one click, the reminder of them, and the request that the browser keep the chats.
import { Observable } from '../observable';
import type { StoragePort } from '../ports';
import type { BackupPlace, BackupRecord } from './backupPlace';
import type { BackupState } from './state';
import type { Transfers } from './transfers';
import type { Turns } from './answers/turns';

/** So many answers are worth asking the browser to keep them, and worth a backup. */
const WORTH_KEEPING = 10;
const WORTH_A_BACKUP = 20;
const REMIND_AFTER_MS = 14 * 24 * 3600 * 1000;
const FRESH: BackupRecord = { backedUpAt: 0, answers: 0, quietFrom: 0, askedToKeep: false };

export interface BackupsOptions {
  place: BackupPlace;
  transfers: Transfers;
  turns: Turns;
  storage: StoragePort;
}

export class Backups extends Observable<BackupState> {
  private record = FRESH;

  constructor(private readonly options: BackupsOptions) {
    super({
      backedUpAt: 0,
      folder: null,
      hasFolders: options.place.pickFolder !== undefined,
      reminder: null,
    });
    options.turns.subscribe(({ turn }, before) => {
      if (before.turn && !turn) this.change(({ answers }) => ({ answers: answers + 1 }));
    });
  }

  async open(): Promise<void> {
    this.record = (await this.options.place.read().catch(() => undefined)) ?? FRESH;
    await this.look();
  }

  /** Writes all chats into the chosen folder, or into the browser's downloads. */
  async run(): Promise<void> {
    const { place, transfers } = this.options;
    const { folder } = this.record;
    const done = await transfers.backUp(async (blob, fileName) =>
      folder ? place.write(folder, fileName, blob) : false,
    );
    if (done) this.change(() => ({ backedUpAt: Date.now(), answers: 0 }));
  }

  /** Lets the reader choose the folder of backups, and writes the first. */
  async chooseFolder(): Promise<void> {
    const folder = await this.options.place.pickFolder?.();
    if (!folder) return;
    this.change(() => ({ folder }));
    await this.run();
  }

  /** Asks the browser to keep the chats; some ask the reader. */
  async keepChats(): Promise<void> {
    this.change(() => ({ askedToKeep: true }));
    await this.options.storage.persist();
  }

  /** The reader puts the reminder off. */
  putOff(): void {
    if (this.state.reminder === 'keep') this.change(() => ({ askedToKeep: true }));
    else this.change(() => ({ quietFrom: Date.now() }));
  }

  async clear(): Promise<void> {
    this.record = FRESH;
    await this.options.place.clear().catch(() => {});
    await this.look();
  }

  /** Another tab may have stored other changes since: this one is made to what is stored. */
  private change(change: (record: BackupRecord) => Partial<BackupRecord>): void {
    const changed = (before = FRESH): BackupRecord => {
      const record = { ...before, ...change(before) };
      record.quietFrom ||= Date.now();
      return record;
    };
    this.record = changed(this.record);
    void this.look();
    this.options.place.change(changed).then(
      (stored) => {
        this.record = stored;
        return this.look();
      },
      () => undefined, // without storage a reminder lasts as long as the page; the outbox reports that
    );
  }

  /** Shows what there is, and reminds of what is due. */
  private async look(): Promise<void> {
    const { folder, backedUpAt, answers, quietFrom, askedToKeep } = this.record;
    const asks = answers >= WORTH_KEEPING && !askedToKeep && !(await this.options.storage.persisted());
    const since = Math.max(backedUpAt, quietFrom);
    const isDue = answers >= WORTH_A_BACKUP && Date.now() - since > REMIND_AFTER_MS;
    const reminder = asks ? 'keep' : isDue ? 'backup' : null;
    this.patch({ backedUpAt, folder: folder?.name ?? null, reminder });
  }
}
