import type { CachedModel, ModelSource } from '../../protocol/models';
import { AppError, toWireError, type WireError } from '../../shared/errors';
import { Observable } from '../observable';
import { canStayInPlace, modelFilesOf, splitEyes, type DiskFiles, type PickedFiles } from './diskFiles';
import type { DiskState } from './types';

/** Files that are read in place, and the record of their handles. */
export interface InPlace {
  files: File[];
  /** null where the browser keeps no handles. */
  record: string | null;
}

/** Models in files on disk: picked or dropped, copied into the browser or read in place at every load. */
export class DiskModels extends Observable<DiskState> {
  /** The files that the choice is about; handles are no state. */
  #chosen: PickedFiles | null = null;
  #last: InPlace | null = null;

  constructor(
    private readonly files: DiskFiles,
    private readonly notify: (error: WireError) => void,
  ) {
    super({
      models: [],
      choice: null,
      askAgain: null,
      picksFiles: files.pickFiles !== undefined,
      picksFolders: files.pickFolder !== undefined,
    });
  }

  /** Lists the models that can be opened again. Without IndexedDB there are none, which the page says elsewhere. */
  async refresh(): Promise<void> {
    const models = await this.files.list().catch(() => null);
    if (models) this.patch({ models });
  }

  pickFiles(): Promise<File[] | null> {
    return this.#picked(async () => this.files.pickFiles?.());
  }
  pickFolder(): Promise<File[] | null> {
    return this.#picked(async () => this.files.pickFolder?.());
  }
  openHandles(handles: FileSystemHandle[]): Promise<File[] | null> {
    return this.#picked(() => this.files.readHandles(handles));
  }
  /** From a file input or a drop without handles. @param folder its name, if it is one */
  openFiles(files: File[], folder?: string): Promise<File[] | null> {
    return this.#picked(async () => {
      const picked: PickedFiles = { name: folder ?? files[0]?.name ?? '', files, handles: [] };
      return folder === undefined ? picked : modelFilesOf(picked);
    });
  }

  /** Ends the choice. @returns the chosen files */
  takeChoice(): PickedFiles | null {
    const chosen = this.#chosen;
    this.#chosen = null;
    this.patch({ choice: null });
    return chosen;
  }

  /** Keeps the handles. A browser that cannot keep them costs the list, not the model. @returns the record's id */
  async remember(picked: PickedFiles): Promise<string | null> {
    const id = await this.files.remember(picked).catch(() => null);
    await this.refresh();
    return id;
  }

  /** @returns the files of a record; null after a failure, which is shown */
  reopen(record: string): Promise<File[] | null> {
    return this.#attempt(() => this.files.open(record));
  }

  async forget(record: string): Promise<void> {
    await this.#attempt(() => this.files.forget(record));
    await this.refresh();
  }

  /** Forgets the handles of all files that are no stored model's. */
  async forgetAll(): Promise<void> {
    const models = (await this.#attempt(() => this.files.list())) ?? [];
    for (const { id } of models) await this.#attempt(() => this.files.forget(id));
    await this.refresh();
  }

  /** These files were loaded in place as this model. */
  async tie(record: string, modelId: string): Promise<void> {
    await this.files.tie(record, modelId).catch(() => undefined);
    await this.refresh();
  }

  /** Files of the last load in place. */
  get lastInPlace(): InPlace | null {
    return this.#last;
  }
  noteInPlace(inPlace: InPlace): void {
    this.#last = inPlace;
  }

  /** The files as they are now, tied to no model. @returns null after a failure, which is shown */
  reread({ files, record }: InPlace): Promise<InPlace | null> {
    return this.#attempt(async () => {
      if (record === null) return { files, record };
      await this.files.tie(record, null);
      return { files: splitEyes(await this.files.open(record)).files, record };
    });
  }

  /** The source of a model that lies on disk, with its files. @throws AppError file-permission, file-unreadable */
  async sourceOf(model: CachedModel): Promise<ModelSource> {
    const files = await this.filesOf(model);
    if (!files) return { kind: 'cached', id: model.id };
    this.#last = { files, record: (await this.files.recordOf(model.id)) ?? null };
    this.patch({ askAgain: null });
    return { kind: 'disk', id: model.id, files };
  }

  /** @returns undefined for a model of the cache. @throws AppError file-permission, file-unreadable */
  async filesOf(model: CachedModel | undefined): Promise<File[] | undefined> {
    if (!model?.disk) return undefined;
    const record = await this.files.recordOf(model.id);
    if (record !== undefined) return splitEyes(await this.files.open(record)).files;
    const { name } = model.disk[0];
    throw new AppError('file-unreadable', `Where ${name} lies is not known any more. Open it again.`, {
      name,
    });
  }

  /** As `filesOf`, but a failure is shown, and is null like files that are not on disk. */
  findFiles(model: CachedModel | undefined): Promise<File[] | null> {
    return this.#attempt(async () => (await this.filesOf(model)) ?? null);
  }

  /** Whether the model may be read without a click, as at the start; if not, the page asks for one. */
  async isReadable({ id, name }: CachedModel): Promise<boolean> {
    const record = await this.files.recordOf(id).catch(() => undefined);
    if (record !== undefined && (await this.files.isGranted(record).catch(() => false))) return true;
    this.patch({ askAgain: { id, name } });
    return false;
  }

  /** The model is no longer stored; its files stay where they are. */
  async forgetModel(modelId: string): Promise<void> {
    const record = await this.files.recordOf(modelId).catch(() => undefined);
    if (record !== undefined) await this.files.forget(record).catch(() => undefined);
    if (this.state.askAgain?.id === modelId) this.patch({ askAgain: null });
  }

  dismissAskAgain(): void {
    this.patch({ askAgain: null });
  }

  /** @returns files to copy into the browser; null when there are none, or the page asks whether to copy them */
  #picked(pick: () => Promise<PickedFiles | null | undefined>): Promise<File[] | null> {
    return this.#attempt(async () => {
      const picked = await pick();
      if (!picked || picked.files.length === 0) return null;
      if (!canStayInPlace(picked)) {
        void this.remember(picked);
        return picked.files;
      }
      this.#chosen = picked;
      const bytes = picked.files.reduce((sum, file) => sum + file.size, 0);
      this.patch({ choice: { name: picked.name, bytes, parts: picked.files.length } });
      return null;
    });
  }

  /** Failures here belong to no model: the page shows them once. */
  async #attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      this.notify(toWireError(error));
      return null;
    }
  }
}
