// The files that a command line names, folders with all they hold.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

export interface NamedFile {
  path: string;
  /** In the base: the file's own name, or its path inside the folder that was named. */
  name: string;
}

/** Files in the given order, of a folder in the order of their names; hidden ones are left out. */
export function filesIn(named: readonly string[]): NamedFile[] {
  const files = named.flatMap((one): NamedFile[] => {
    if (!statSync(one, { throwIfNoEntry: false })?.isDirectory())
      return [{ path: one, name: path.basename(one) }];
    return readdirSync(one, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(one, path.join(entry.parentPath, entry.name)))
      .filter((name) => !/(^|[\\/])\./.test(name))
      .sort()
      .map((name) => ({ path: path.join(one, name), name: name.replaceAll('\\', '/') }));
  });
  const once = [...new Map(files.map((file) => [path.resolve(file.path), file])).values()];
  const taken = new Map<string, number>();
  for (const { name } of once) taken.set(name, (taken.get(name) ?? 0) + 1);
  return once.map((file) => ((taken.get(file.name) ?? 0) > 1 ? { ...file, name: file.path } : file));
}
