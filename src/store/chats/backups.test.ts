// When a reader is reminded, and where a backup goes.
import 'fake-indexeddb/auto';
import { beforeEach, afterEach, expect, test, vi } from 'vitest';
import { IDBFactory } from 'fake-indexeddb';
import { memoryBackups, setUp, until } from '../scriptedStore';
import { openBackupPlace, type BackupRecord } from './backupPlace';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) }));
afterEach(() => vi.useRealTimers());
const DAY = 24 * 3600 * 1000;

async function talk(kit: ReturnType<typeof setUp>, answers: number) {
  for (let n = 0; n < answers; n++) {
    kit.store.getState().send(`Question ${n}`);
    await until(() => kit.store.getState().turn === null);
  }
  await new Promise((resolve) => setTimeout(resolve));
}

async function open(place = memoryBackups()) {
  const kit = setUp({}, { backupPlace: place });
  await kit.store.getState().openBackups();
  await kit.store.getState().desk.startModel();
  return { ...kit, place, reminder: () => kit.store.getState().backup.reminder };
}

test('after ten answers the browser is asked to keep the chats, once, by a click', async () => {
  const kit = await open();
  await talk(kit, 9);
  expect(kit.reminder()).toBeNull();
  await talk(kit, 1);
  expect(kit.reminder()).toBe('keep');
  expect(kit.persistAsked()).toBe(0);
  await kit.store.getState().keepChats();
  expect(kit.persistAsked()).toBe(1);
  await until(() => kit.reminder() === null);
  expect((await open(kit.place)).reminder()).toBeNull();
});

test('a backup is due after twenty answers and two weeks, and can be put off for as long', async () => {
  const kit = await open();
  await talk(kit, 20);
  kit.store.getState().putOffBackup(); // whether the browser shall keep them
  await until(() => kit.reminder() === null);
  vi.setSystemTime(Date.now() + 15 * DAY);
  const later = await open(kit.place);
  expect(later.reminder()).toBe('backup');
  later.store.getState().putOffBackup();
  await until(() => later.reminder() === null);
  vi.setSystemTime(Date.now() + 15 * DAY);
  const last = await open(later.place);
  expect(last.reminder()).toBe('backup');
  await talk(last, 1);
  await last.store.getState().backUp();
  await until(() => last.reminder() === null);
  expect(last.savedFiles.map(({ fileName }) => fileName)).toEqual(['glm-chats-2026-01-31.json']);
});

test('with a folder it goes there; when the folder is gone, to the downloads', async () => {
  const written: string[] = [];
  let there = true;
  const folder = { name: 'Backups' } as FileSystemDirectoryHandle;
  const place = {
    ...memoryBackups(),
    pickFolder: async () => folder,
    write: async (_: FileSystemDirectoryHandle, name: string, blob: Blob) => {
      if (there) written.push(`${name}: ${await blob.text()}`);
      return there;
    },
  };
  const { store, savedFiles, ...kit } = await open(place);
  await talk({ store, savedFiles, ...kit }, 1);
  await store.getState().chooseBackupFolder();
  expect(written[0]).toMatch(/^glm-chats-2026-01-01\.json: .*Question 0/s);
  await until(() => store.getState().backup.backedUpAt === Date.now());
  expect(store.getState().backup.folder).toBe('Backups');
  expect(savedFiles).toEqual([]);
  there = false;
  await store.getState().backUp();
  expect(savedFiles).toHaveLength(1);
});

test('an answer in another tab leaves the folder and the last backup as they are', async () => {
  const folder = { name: 'Backups' } as FileSystemDirectoryHandle;
  const shared = memoryBackups();
  const place = { ...shared, pickFolder: async () => folder, write: async () => true };
  const [one, two] = [await open(place), await open(place)];
  await talk(one, 2);
  await one.store.getState().chooseBackupFolder();
  await talk(two, 1);
  expect(shared.record).toMatchObject({ folder, backedUpAt: Date.now(), answers: 1 });
  expect(two.store.getState().backup).toMatchObject({ folder: 'Backups', backedUpAt: Date.now() });
});

test('the database changes what is stored', async () => {
  globalThis.indexedDB = new IDBFactory();
  const [one, two] = [openBackupPlace(), openBackupPlace()];
  const fresh: BackupRecord = { backedUpAt: 0, answers: 0, quietFrom: 0, askedToKeep: false };
  const count = (place: typeof one) =>
    place.change((stored = fresh) => ({ ...stored, answers: stored.answers + 1 }));
  const both = await Promise.all([count(one), count(two)]);
  expect(both.map(({ answers }) => answers).sort()).toEqual([1, 2]);
  expect(await one.read()).toEqual({ ...fresh, answers: 2 });
  await two.clear();
  expect(await one.read()).toBeUndefined();
});

test('an import of chats asks the browser to keep them', async () => {
  const kit = await open();
  await kit.store.getState().importChats(new File(['{}'], 'x.json'));
  expect(kit.persistAsked()).toBe(1);
});
