import { expect, test } from 'vitest';
import { pythonBuild } from '../../../scripts/python/files';
import { BYTES } from '../../../scripts/python/wanted';
import { filesFor, importedModules, lockFile, packagesFor } from './manifest';

const { manifest } = pythonBuild();

test('imports are read from the source', () => {
  expect(importedModules('import numpy as np, os.path\n  from scipy.stats import norm\nx = "import no"')).toEqual(['numpy', 'os', 'scipy']); // prettier-ignore
  expect(importedModules('import pandas as pd\npd.Series([1]).plot()')).toEqual(['pandas', 'matplotlib']);
  expect(importedModules('from zoneinfo import ZoneInfo')).toEqual(['zoneinfo', 'tzdata']);
  expect(importedModules('print("from a import b")')).toEqual([]);
});

test('a package comes after what it depends on, and with Python itself', () => {
  const names = packagesFor(manifest, ['matplotlib']).map(({ name }) => name);
  expect(names.at(-1)).toBe('matplotlib');
  expect(names).toContain('numpy');
  const { needed, optional } = filesFor(manifest, ['matplotlib']);
  expect(needed.map(({ name }) => name)).toEqual(expect.arrayContaining(manifest.core));
  expect(optional.map(({ name }) => name)).toEqual([manifest.font]);
  expect(filesFor(manifest, ['requests']).needed).toHaveLength(manifest.core.length);
});

test('every file has a size, a hash and an address; the core is built in', () => {
  for (const { name, bytes, sha256, url, builtIn } of manifest.files) {
    expect(bytes, name).toBeGreaterThan(0);
    expect(sha256[0], name).toMatch(/^[0-9a-f]{64}$/);
    expect(url, name).toMatch(/^https:\/\/cdn\.jsdelivr\.net\//);
    if (manifest.core.includes(name)) expect(builtIn, name).toBe(true);
  }
  expect(Object.keys(BYTES).sort()).toEqual(manifest.packages.map(({ name }) => name).sort());
});

test('the lock file for Pyodide names each package with its file and hash', () => {
  const { packages } = JSON.parse(lockFile(manifest)) as { packages: Record<string, object> };
  expect(packages.openblas).toMatchObject({ install_dir: 'dynlib', file_name: 'openblas-0.3.26.zip' });
  expect(packages.numpy).toMatchObject({ version: '2.0.2', imports: ['numpy'], depends: [] });
});
