// Licences of what `dist/python` holds, for `licences.txt`.
import { pythonBuild } from './files.ts';
import { FONT } from './wanted.ts';

/** By package; the wheels contain the texts. */
const LICENCES: Record<string, string> = {
  contourpy: 'BSD-3-Clause',
  cycler: 'BSD-3-Clause',
  fonttools: 'MIT',
  kiwisolver: 'BSD-3-Clause',
  matplotlib: 'Matplotlib licence, based on PSF-2.0',
  mpmath: 'BSD-3-Clause',
  numpy: 'BSD-3-Clause',
  openblas: 'BSD-3-Clause',
  packaging: 'Apache-2.0 or BSD-2-Clause',
  pandas: 'BSD-3-Clause',
  pillow: 'HPND',
  pyparsing: 'MIT',
  'python-dateutil': 'Apache-2.0 or BSD-3-Clause',
  pytz: 'MIT',
  scipy: 'BSD-3-Clause',
  six: 'MIT',
  sqlite3: 'PSF-2.0; SQLite is in the public domain',
  sympy: 'BSD-3-Clause',
  tzdata: 'Apache-2.0',
};

/** One entry each for Pyodide, Python, the packages and the font. @throws when a package has no licence here */
export function pythonLicences(): { name: string; version: string; licence: string; text: string }[] {
  const { manifest } = pythonBuild();
  const { version, info, packages } = manifest;
  const source = `Files: python/${version}. Source: https://github.com/pyodide/pyodide/tree/${version}`;
  return [
    {
      name: 'Pyodide',
      version,
      licence: 'MPL-2.0',
      text: `${source}\nText: https://www.mozilla.org/MPL/2.0/`,
    },
    {
      name: 'Python, in Pyodide',
      version: info.python,
      licence: 'PSF-2.0',
      text: 'Text: https://docs.python.org/3.12/license.html',
    },
    ...packages.map(({ name, version: its, file }) => {
      const licence = LICENCES[name];
      if (!licence) throw new Error(`scripts/python/licences.ts has no licence for ${name}`);
      return { name: `${name}, for Python`, version: its, licence, text: `File: python/${version}/${file}` };
    }),
    {
      name: 'WenQuanYi Micro Hei, a font',
      version: '0.2.0-beta',
      licence: 'Apache-2.0 (or GPL-3.0 with font exception)',
      text: `File: python/${version}/${FONT.name}. Copyright 2007-2009 Google Corporation, the WenQuanYi project and contributors.`,
    },
  ];
}
