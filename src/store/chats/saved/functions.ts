// The user's functions: kept in the database, offered as tools.
import { AppError, toWireError } from '../../../shared/errors';
import { fetchPart } from '../../../shared/missingPart';
import type { StoredFunction } from '../../../tools/functions/definition';
import { functionEntry } from '../../../tools/functions/entry';
import type { ToolRegistry } from '../../../tools/registry';
import { Observable } from '../../observable';
import type { ToolDesk } from '../answers/toolDesk';
import type { FunctionDb } from './functionDb';
import type { FunctionsState } from '../state';

export interface FunctionsOptions {
  db: FunctionDb;
  registry: ToolRegistry;
  tools: ToolDesk;
}

export class Functions extends Observable<FunctionsState> {
  private kept: StoredFunction[] = [];

  constructor(private readonly options: FunctionsOptions) {
    super({ functionError: null });
  }

  /** Reads the stored ones. */
  async open(): Promise<void> {
    const stored = await this.options.db.list().catch(() => []);
    this.show([...stored.filter(({ name }) => !this.kept.some((one) => one.name === name)), ...this.kept]);
  }

  /** Adds the functions of a file; one of a name we have takes its place, and asks for permission anew. */
  async import(file: File): Promise<void> {
    try {
      const { hashOf, MOST_FILE_BYTES, readFunctions } = await fetchPart(
        () => import('../../../tools/functions/definition'),
      );
      if (file.size > MOST_FILE_BYTES) {
        const why = `${file.size} bytes, at most ${MOST_FILE_BYTES} are read`;
        throw new AppError('bad-functions', `${file.name}: ${why}`, {
          name: file.name,
          where: 'the start',
          why,
        });
      }
      const read = readFunctions(await file.text(), file.name);
      const added = await Promise.all(read.map(async (one) => ({ ...one, hash: await hashOf(one) })));
      const names = new Set(added.map(({ name }) => name));
      this.show([...this.kept.filter(({ name }) => !names.has(name)), ...added]);
      this.patch({ functionError: null });
      await this.options.db.save(added);
    } catch (error) {
      this.patch({ functionError: toWireError(error) });
    }
  }

  async delete(name: string): Promise<void> {
    this.show(this.kept.filter((one) => one.name !== name));
    await this.options.db.remove(name).catch(() => undefined);
  }

  async deleteAll(): Promise<void> {
    this.show([]);
    this.patch({ functionError: null });
    await this.options.db.clear().catch(() => undefined);
  }

  dismissError(): void {
    this.patch({ functionError: null });
  }

  private show(functions: StoredFunction[]): void {
    const { registry, tools } = this.options;
    this.kept = functions.sort((a, b) => (a.name < b.name ? -1 : 1));
    registry.setFunctions(this.kept.map(functionEntry));
    tools.refresh();
  }
}
