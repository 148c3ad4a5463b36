// The user's functions: kept in the database, offered as tools.
import { AppError, toWireError } from '../../../shared/errors';
import { fetchPart } from '../../../shared/missingPart';
import type { StoredFunction, UserFunction } from '../../../tools/functions/definition';
import { functionEntry } from '../../../tools/functions/entry';
import type { Secret } from '../../../tools/http/secrets';
import type { ToolEntry, ToolRegistry } from '../../../tools/registry';
import type { ToolOutcome } from '../../../tools/tool';
import { Observable } from '../../observable';
import type { ToolDesk } from '../answers/toolDesk';
import type { FunctionDb } from './functionDb';
import type { FunctionsState } from '../state';
import type { FunctionReview } from '../types';
import type { Secrets } from './secrets';

export interface FunctionsOptions {
  db: FunctionDb;
  registry: ToolRegistry;
  tools: ToolDesk;
  secrets: Secrets;
  saveFile: (blob: Blob, fileName: string) => void;
}

const loadDefinition = () => fetchPart(() => import('../../../tools/functions/definition'));
const loadKeepSecrets = () => fetchPart(() => import('../../../tools/http/keepSecrets'));

export class Functions extends Observable<FunctionsState> {
  /** Tools that draw, and those of MCP servers. */
  private others: ToolEntry[] = [];
  /** Keys that stood in a file, by the function that may be shown; they become secrets when it is kept. */
  private readonly withheld = new WeakMap<UserFunction, Secret[]>();

  constructor(private readonly options: FunctionsOptions) {
    super({ functions: [], functionError: null, functionReview: null });
  }

  /** Reads the stored ones. */
  async open(): Promise<void> {
    const { db } = this.options;
    db.onChange?.(
      () =>
        void db.list().then(
          (all) => this.show(all),
          () => undefined,
        ),
    ); // another tab has changed them
    const stored = await db.list().catch(() => []);
    const { functions } = this.state;
    this.show([...stored.filter(({ name }) => !functions.some((one) => one.name === name)), ...functions]);
  }

  /** Reads the functions of a file, for a person to look at before they are kept. */
  async import(file: File): Promise<void> {
    try {
      const { MOST_FILE_BYTES } = await loadDefinition();
      if (file.size > MOST_FILE_BYTES) {
        const why = `${file.size} bytes, at most ${MOST_FILE_BYTES} are read`;
        throw new AppError('bad-functions', `${file.name}: ${why}`, {
          name: file.name,
          where: 'the start',
          why,
        });
      }
      this.review({ source: file.name, functions: await this.read(await file.text(), file.name) });
    } catch (error) {
      this.patch({ functionError: toWireError(error) });
    }
  }

  /**
   * The functions of a file with placeholders in place of the keys that stand in it: no page shows a key.
   * @throws AppError 'bad-functions' with the place
   */
  async read(json: string, source: string): Promise<UserFunction[]> {
    const [{ readFunctions }, { withoutSecrets }] = await Promise.all([loadDefinition(), loadKeepSecrets()]);
    const known: Pick<Secret, 'name' | 'origin'>[] = [...this.options.secrets.state.secrets];
    return readFunctions(json, source).map((one) => {
      const { made, secrets } = withoutSecrets(one, known);
      known.push(...secrets.map(({ name }) => ({ name, origin: '' }))); // each function of a file has names of its own
      this.withheld.set(made, secrets);
      return made;
    });
  }

  /** Shows functions that someone else may have written; null: away with them. */
  review(functionReview: FunctionReview | null): void {
    this.patch({ functionReview, functionError: null });
  }

  /**
   * Keeps functions; one of a name we have takes its place, and asks for permission anew. Values that look like secrets
   * are taken out and kept apart; those that no function names any more are deleted.
   * @param insteadOf the name of a function that these replace
   */
  async keep(functions: readonly UserFunction[], insteadOf?: string): Promise<void> {
    const [{ hashOf }, { withoutSecrets }] = await Promise.all([loadDefinition(), loadKeepSecrets()]);
    const { secrets, db } = this.options;
    const clean = functions.map((made) => {
      const read = this.withheld.get(made);
      return read ? { made, secrets: read } : withoutSecrets(made, secrets.state.secrets);
    });
    for (const secret of clean.flatMap((one) => one.secrets)) await secrets.save(secret);
    const added = await Promise.all(
      clean.map(async ({ made }): Promise<StoredFunction> => ({ ...made, hash: await hashOf(made) })),
    );
    const names = new Set([...added.map(({ name }) => name), ...(insteadOf ? [insteadOf] : [])]);
    const replaced = this.state.functions.filter(({ name }) => names.has(name));
    this.show([...this.state.functions.filter(({ name }) => !names.has(name)), ...added]);
    this.patch({ functionError: null, functionReview: null });
    try {
      await db.save(added);
      if (insteadOf && !added.some(({ name }) => name === insteadOf)) await db.remove(insteadOf);
    } catch {
      return; // what is stored is there after a reload, and needs its secrets
    }
    await this.dropSecrets(replaced);
  }

  /** Saves functions as a file, without secrets. @param names default: all */
  async export(names?: readonly string[]): Promise<void> {
    const { writeFunctions } = await loadDefinition();
    const chosen = this.state.functions.filter(({ name }) => names?.includes(name) ?? true);
    const fileName = chosen.length === 1 ? `${chosen[0].name}.json` : 'functions.json';
    this.options.saveFile(new Blob([writeFunctions(chosen)], { type: 'application/json' }), fileName);
  }

  /** Runs a function as it is being written, outside of any chat. */
  async try(made: UserFunction, args: string, signal: AbortSignal): Promise<ToolOutcome> {
    const tool = await functionEntry({ ...made, hash: '' }, this.options.secrets.read).load();
    return tool.run(args, {
      ...{ chatId: '', chat: [], files: [], maxObservationTokens: Infinity, signal },
      onProgress: () => undefined,
    });
  }

  /** Deletes a function, and its secrets that no other function needs. */
  async delete(name: string): Promise<void> {
    const gone = this.state.functions.find((one) => one.name === name);
    this.show(this.state.functions.filter((one) => one.name !== name));
    try {
      await this.options.db.remove(name);
    } catch {
      return; // it is there after a reload, and needs its secrets
    }
    if (gone) await this.dropSecrets([gone]);
  }

  /** Deletes the secrets of functions that are no more, where no function needs them. */
  private async dropSecrets(gone: readonly StoredFunction[]): Promise<void> {
    if (!gone.some(({ http }) => http)) return;
    const part = await loadKeepSecrets().catch(() => null); // a missing part deletes no secret
    if (!part) return;
    const { secretsLeftBy } = part;
    for (const left of gone.flatMap((one) => secretsLeftBy(one, this.state.functions)))
      await this.options.secrets.delete(left);
  }

  async deleteAll(): Promise<void> {
    this.show([]);
    this.patch({ functionError: null, functionReview: null });
    await this.options.db.clear().catch(() => undefined);
  }

  dismissError(): void {
    this.patch({ functionError: null });
  }

  /** Offers tools that draw and those of MCP servers, beside the functions. */
  setOthers(entries: ToolEntry[]): void {
    this.others = entries;
    this.offer();
  }

  private show(functions: StoredFunction[]): void {
    this.patch({ functions: functions.sort((a, b) => (a.name < b.name ? -1 : 1)) });
    this.offer();
  }

  private offer(): void {
    const { registry, tools, secrets } = this.options;
    registry.setAdded([
      ...this.others.filter(({ kind }) => kind === 'built-in'),
      ...this.state.functions.map((one) => functionEntry(one, secrets.read)),
      ...this.others.filter(({ kind }) => kind === 'function'),
    ]);
    tools.refresh();
  }
}
