// One database for what is known about models: manifests, journals of imports, origins. Earlier versions kept each in a
// database of its own, in the default bucket; their content moves here.
import { deleteDB, openDB } from 'idb';
import { Database } from '../../shared/database';
import { exclusively } from './locks';
import { defaultPlace, isInDefaultPlace, weightsPlace } from './places';

const NAME = 'glm-models';
const TABLES = ['manifests', 'journals', 'origins'] as const;
type Table = (typeof TABLES)[number];
type Entry = { table: Table; key: IDBValidKey; value: unknown };

/** The databases of earlier versions, each with one store. */
const EARLIER: Record<Table, string> = {
  manifests: 'glm-manifests',
  journals: 'glm-imports',
  origins: 'glm-origins',
};
/** Version 1 has the manifests; version 2 is empty and makes earlier versions of the app ask for a reload. */
const RETIRED = 2;

export function modelsDatabase(): Database {
  return new Database(NAME, 1, {
    upgrade: (database) => TABLES.forEach((table) => database.createObjectStore(table)),
    place: weightsPlace,
  });
}

/**
 * Takes over models that earlier versions, or a browser without buckets, have stored. Nothing is deleted before it is
 * on the disk here.
 */
export async function adoptEarlierModels(models: Database): Promise<void> {
  await exclusively('glm-adopt', async () => {
    if (!(await isRetired())) {
      const entries = await Promise.all(TABLES.map((table) => entriesOf(EARLIER[table], 'entries', table)));
      await add(models, entries.flat());
      await retire();
    }
    if ((await weightsPlace()) === defaultPlace() || !(await isInDefaultPlace(NAME))) return;
    const entries = await Promise.all(TABLES.map((table) => entriesOf(NAME, table, table)));
    await add(models, entries.flat());
    await deleteDB(NAME);
  });
}

/** Whether nothing of an earlier version is left, on this profile's first visit too. */
async function isRetired(): Promise<boolean> {
  if (!(await isInDefaultPlace(EARLIER.manifests))) return true;
  const database = await openDB(EARLIER.manifests);
  const { version } = database;
  database.close();
  return version >= RETIRED;
}

async function entriesOf(name: string, store: string, table: Table): Promise<Entry[]> {
  if (!(await isInDefaultPlace(name))) return [];
  const database = await openDB(name);
  try {
    if (!database.objectStoreNames.contains(store)) return [];
    const { store: records } = database.transaction(store);
    const [keys, values] = await Promise.all([records.getAllKeys(), records.getAll()]);
    return keys.map((key, i): Entry => ({ table, key, value: values[i] as unknown }));
  } finally {
    database.close();
  }
}

/** Adds entries; one that is here already is newer and stays. */
async function add(models: Database, entries: Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const known = new Map<Table, IDBValidKey[]>();
  for (const table of TABLES) known.set(table, await models.read(table, (records) => records.getAllKeys()));
  const missing = entries.filter(({ table, key }) => !known.get(table)?.includes(key));
  const change = (transaction: IDBTransaction) => {
    for (const { table, key, value } of missing) transaction.objectStore(table).put(value, key);
  };
  await models.write(TABLES, change, { strict: true });
}

/**
 * Empties the earlier databases. An earlier version of the app that still runs would take its model for deleted and
 * sweep its shards; the higher version of the database makes it ask for a reload instead.
 */
async function retire(): Promise<void> {
  await unlessBlocked((blocked) =>
    openDB(EARLIER.manifests, RETIRED, {
      blocked,
      upgrade: (database) =>
        [...database.objectStoreNames].forEach((name) => database.deleteObjectStore(name)),
    }).then((database) => database.close()),
  );
  for (const name of [EARLIER.journals, EARLIER.origins])
    await unlessBlocked((blocked) => deleteDB(name, { blocked }));
}

/** Does not wait for a tab that keeps a database open: the browser finishes the request when it closes. */
function unlessBlocked(run: (blocked: () => void) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => void run(resolve).then(resolve, reject));
}
