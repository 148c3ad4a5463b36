// Every IndexedDB database of the app is opened here (library: idb). A connection may die without a word: Safari drops
// them while a page sleeps, Chromium after an internal error, and no `close` event need come. An operation that meets a
// dead connection runs once more on a new one.
import { unwrap, wrap, type IDBPDatabase } from 'idb';
import { AppError } from './errors';

export interface DatabaseOptions {
  /** Brings a database of any earlier version (0: none) to this one. */
  upgrade(database: IDBDatabase, transaction: IDBTransaction, oldVersion: number): void;
  /** A tab with an older version of the page holds the database; it opens once that one is closed. */
  onBlocked?(): void;
  /**
   * A newer version of the page waits for the database, which closes when this returns: writes begun in it still
   * count. Afterwards every operation fails with AppError 'storage-outdated'.
   */
  onOutdated?(): void;
  /** The storage bucket that holds the database; default: the page's own. Asked for with every connection. */
  place?(): IDBFactory | Promise<IDBFactory>;
}

/**
 * A database that is not open after this long, with no tab known to hold it, counts as held by the browser. Seen in
 * WebKit: a page that goes into the back-forward cache while it creates a database keeps it until it leaves that cache.
 */
const OPEN_MS = 30_000;

/** Symptoms of a dead connection; AbortError: its transactions end so when it is closed by force. */
const DEAD = ['InvalidStateError', 'UnknownError', 'AbortError'];
const isNamed = (error: unknown, names: string[]): boolean =>
  typeof error === 'object' && error !== null && names.includes((error as { name?: string }).name ?? '');

export class Database {
  #opening: Promise<IDBDatabase> | undefined;
  #open: IDBDatabase | undefined;

  constructor(
    readonly name: string,
    private readonly version: number,
    private readonly options: DatabaseOptions,
  ) {}

  /** Runs one request, or several ending in a promise, in a transaction of its own. */
  read<T>(store: string, request: (records: IDBObjectStore) => IDBRequest<T> | Promise<T>): Promise<T> {
    return this.#use((database) => {
      const asked = request(database.transaction(store).objectStore(store));
      return asked instanceof Promise ? asked : (wrap(asked as IDBRequest<unknown>) as Promise<T>);
    });
  }

  /**
   * Runs requests in one transaction: all of them take effect or none. `strict`: resolves when they are on the disk.
   * With an open connection the transaction begins, and is committed, before this returns: a page that is going away
   * runs nothing after an `await`, nor takes part in the automatic commit. `change` runs twice when the first
   * connection turns out to be dead. `failsInPart`: a request whose error is prevented does not end the transaction;
   * after a commit it would, so that the browser commits by itself.
   */
  write(
    stores: readonly string[],
    change: (transaction: IDBTransaction) => void,
    { strict = false, failsInPart = false } = {},
  ): Promise<void> {
    const durability = strict ? 'strict' : 'default';
    return this.#use((database) => {
      const transaction = database.transaction([...stores], 'readwrite', { durability });
      const { done } = wrap(transaction);
      try {
        change(transaction);
      } catch (error) {
        done.catch(() => {});
        transaction.abort();
        throw error;
      }
      if (!failsInPart) transaction.commit();
      return done;
    });
  }

  async #use<T>(operation: (database: IDBDatabase) => Promise<T>): Promise<T> {
    let used = this.#open;
    try {
      return await operation((used ??= await this.#connect()));
    } catch (error) {
      if (!isNamed(error, DEAD)) throw error;
      this.#forget(used);
      return operation(await this.#connect());
    }
  }

  #connect(): Promise<IDBDatabase> {
    if (this.#open) return Promise.resolve(this.#open);
    this.#opening ??= this.#openOnce().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #openOnce(): Promise<IDBDatabase> {
    const { upgrade, onBlocked, onOutdated } = this.options;
    const connection: { database?: IDBDatabase; gone: boolean } = { gone: false };
    const forget = () => {
      connection.gone = true;
      this.#forget(connection.database);
    };
    let database: IDBPDatabase;
    try {
      const place = (await this.options.place?.()) ?? globalThis.indexedDB;
      const request = place.open(this.name, this.version);
      request.onupgradeneeded = ({ oldVersion }) =>
        upgrade(request.result, request.transaction as IDBTransaction, oldVersion);
      let isBlocked = false;
      request.onblocked = () => ((isBlocked = true), onBlocked?.());
      request.onsuccess = () => {
        request.result.onclose = forget;
        request.result.onversionchange = ({ newVersion }) => {
          if (newVersion !== null) onOutdated?.();
          forget();
        };
      };
      const opening = wrap(request) as unknown as Promise<IDBPDatabase>;
      database = await inTime(opening, () => isBlocked, this.name);
    } catch (error) {
      if (!isNamed(error, ['VersionError'])) throw error;
      const message = `A newer version of this page has opened ${this.name}. Reload.`;
      throw new AppError('storage-outdated', message, {}, error);
    }
    connection.database = unwrap(database);
    if (!connection.gone) this.#open = connection.database;
    return connection.database;
  }

  #forget(database: IDBDatabase | undefined): void {
    if (this.#open === database) this.#open = undefined;
    database?.close();
  }
}

/** The database; when it is late, it closes once it comes. @throws AppError storage-stuck */
async function inTime(
  opening: Promise<IDBPDatabase>,
  isBlocked: () => boolean,
  name: string,
): Promise<IDBPDatabase> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      if (isBlocked()) return; // a tab of an older version: it opens once that one is closed
      const seconds = OPEN_MS / 1000;
      void opening.then((database) => database.close()).catch(() => {});
      reject(new AppError('storage-stuck', `${name} did not open in ${seconds} s.`, { name, seconds }));
    }, OPEN_MS);
  });
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A database with one store whose keys lie outside the values. */
export function openSimpleDatabase(name: string, store: string, place?: DatabaseOptions['place']): Database {
  return new Database(name, 1, { upgrade: (database) => void database.createObjectStore(store), place });
}
