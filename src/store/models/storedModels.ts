import type { EngineClient } from '../../client/engineClient';
import type { CachedModel } from '../../protocol/models';
import { isAbort, toWireError, type WireError } from '../../shared/errors';
import { Observable } from '../observable';
import type { BrowserStorage } from './browser';
import type { StorageState, StoredJob } from './types';

const without = <T>(rows: Record<string, T>, id: string) =>
  Object.fromEntries(Object.entries(rows).filter(([key]) => key !== id));

export interface StoredModelsParts {
  client: EngineClient;
  storage: BrowserStorage;
  saveFile: (blob: Blob, fileName: string) => void;
  notify: (error: WireError) => void;
}

/** The models stored in this browser, and the space they take. */
export class StoredModels extends Observable<StorageState> {
  readonly #verifying = new Map<string, AbortController>();

  constructor(private readonly parts: StoredModelsParts) {
    super({ models: [], estimate: null, persisted: false, jobs: {}, checked: {} });
  }

  find(id: string): CachedModel | undefined {
    return this.state.models.find((model) => model.id === id);
  }

  /** Reads the list again. @returns it; [] after a failure, which is shown */
  async refresh(): Promise<CachedModel[]> {
    try {
      const models = await this.parts.client.call('listModels', {});
      this.patch({ models });
      return models;
    } catch (error) {
      this.parts.notify(toWireError(error));
      return [];
    }
  }

  async refreshSpace(): Promise<void> {
    const { storage } = this.parts;
    const [estimate, persisted] = await Promise.all([
      storage.estimate().catch(() => null),
      storage.persisted().catch(() => false),
    ]);
    this.patch({ estimate, persisted });
  }

  /** Asks the browser to keep what is stored; refused or unknown is no failure. */
  async askPersistence(): Promise<void> {
    if (this.state.persisted) return;
    await this.parts.storage.persist().catch(() => false);
    await this.refreshSpace();
  }

  /** Compares a stored model with its digests; damaged shards are fetched again. @param findFiles finds its files on disk */
  async verify(id: string, findFiles: () => Promise<File[] | undefined>): Promise<void> {
    if (this.state.jobs[id]) return;
    const controller = new AbortController();
    this.#verifying.set(id, controller);
    this.#setJob(id, { kind: 'verify', fraction: 0 });
    this.patch({ checked: without(this.state.checked, id) });
    try {
      const files = await findFiles();
      const { damagedShards, repairedShards } = await this.parts.client.call(
        'verifyModel',
        { id, ...(files && { files }) },
        {
          signal: controller.signal,
          onEvent: ({ doneBytes, totalBytes }) =>
            this.#setJob(id, { kind: 'verify', fraction: totalBytes > 0 ? doneBytes / totalBytes : 0 }),
        },
      );
      const found = { damaged: damagedShards.length, repaired: repairedShards.length };
      this.patch({ checked: { ...this.state.checked, [id]: found } });
    } catch (error) {
      if (!isAbort(error)) this.parts.notify(toWireError(error));
    } finally {
      this.#verifying.delete(id);
      this.#endJob(id);
    }
  }

  cancelVerify(id: string): void {
    this.#verifying.get(id)?.abort();
  }

  /** Saves a stored model as one file. */
  async export(id: string): Promise<void> {
    if (this.state.jobs[id]) return;
    this.#setJob(id, { kind: 'export', fraction: 0 });
    try {
      const { blob, fileName } = await this.parts.client.call('exportModel', { id });
      this.parts.saveFile(blob, fileName);
    } catch (error) {
      this.parts.notify(toWireError(error));
    } finally {
      this.#endJob(id);
    }
  }

  /** Deletes a model's bytes, or only its manifest when it lies on disk. @returns false after a failure, which is shown */
  async delete(id: string): Promise<boolean> {
    try {
      await this.parts.client.call('deleteModel', { id });
      return true;
    } catch (error) {
      this.parts.notify(toWireError(error));
      return false;
    }
  }

  #setJob(id: string, job: StoredJob): void {
    this.patch({ jobs: { ...this.state.jobs, [id]: job } });
  }

  #endJob(id: string): void {
    this.patch({ jobs: without(this.state.jobs, id) });
  }
}
