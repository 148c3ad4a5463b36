// python/manifest.json of the build: which files Python consists of, their hashes, and where they come from.

export interface PythonFile {
  name: string;
  bytes: number;
  /** In hex; the file has one of them. */
  sha256: string[];
  /** The build has it, as python/VERSION/NAME. */
  builtIn: boolean;
  /** Where it can be fetched otherwise, with the user's consent. */
  url: string;
}

export interface PythonPackage {
  name: string;
  version: string;
  imports: string[];
  depends: string[];
  /** Name of its file. */
  file: string;
}

export interface PythonManifest {
  /** Version of Pyodide. */
  version: string;
  /** From Pyodide's lock file: the platform its packages are built for. */
  info: Record<string, string>;
  files: PythonFile[];
  /** Names of the files without which nothing runs. */
  core: string[];
  packages: PythonPackage[];
  /** Name of a font with Chinese characters, for plots. */
  font?: string;
}

const IMPORT = /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([^#\n]+))/gm;

/** Modules that source text imports, by its import lines: enough to say beforehand what must be there. */
export function importedModules(source: string): string[] {
  const modules = new Set<string>();
  for (const [, from, list] of source.matchAll(IMPORT))
    for (const name of from ? [from] : list.split(',')) modules.add(name.trim().split(/[.\s;]/)[0]);
  // pandas draws with matplotlib, which it imports only then.
  if (modules.has('pandas') && /\.(?:plot|hist|boxplot)\b/.test(source)) modules.add('matplotlib');
  if (modules.has('zoneinfo')) modules.add('tzdata'); // there is no database of time zones in the sandbox
  return [...modules].filter(Boolean);
}

/** The packages with these names or imports, and what they depend on, dependencies first. */
export function packagesFor(manifest: PythonManifest, names: readonly string[]): PythonPackage[] {
  const found = new Set<PythonPackage>();
  const add = (name: string) => {
    const known = manifest.packages.find((one) => one.name === name || one.imports.includes(name));
    if (!known || found.has(known)) return;
    known.depends.forEach(add);
    found.add(known);
  };
  names.forEach(add);
  return [...found];
}

/** The files that code with these imports needs; without the optional ones it runs too. */
export function filesFor(
  manifest: PythonManifest,
  modules: readonly string[],
): { needed: PythonFile[]; optional: PythonFile[] } {
  const packages = packagesFor(manifest, modules);
  const named = (names: readonly string[]) => manifest.files.filter(({ name }) => names.includes(name));
  const draws = packages.some(({ name }) => name === 'matplotlib');
  return {
    needed: named([...manifest.core, ...packages.map(({ file }) => file)]),
    optional: draws && manifest.font ? named([manifest.font]) : [],
  };
}

/** Pyodide's lock file, cut down to these packages. */
export function lockFile({ info, packages, files }: PythonManifest): string {
  const entries = packages.map(({ name, version, imports, depends, file }) => {
    const isLibrary = file.endsWith('.zip');
    const entry = {
      name,
      version,
      imports,
      depends,
      file_name: file,
      sha256: files.find((one) => one.name === file)?.sha256[0],
      install_dir: isLibrary ? 'dynlib' : 'site',
      package_type: isLibrary ? 'shared_library' : 'package',
      unvendored_tests: false,
    };
    return [name, entry] as const;
  });
  return JSON.stringify({ info, packages: Object.fromEntries(entries) });
}
