// The worker in the sandbox, joined after pyodide.js and pyodide.asm.js. It has no network: `fetch` asks the page for a
// file by name, and the page answers for files of python/manifest.json only.
(() => {
  const FILES = 'https://files.invalid/';
  const LOCK = 'pyodide-lock.json';
  const DATA = '/mnt/data';
  const FONT = '/usr/share/fonts/cjk.ttc';
  const FLUSH_MS = 50;
  /** Characters shown; the rest goes to a file, up to the second limit. */
  const SHOWN_CHARS = 65_536;
  const KEPT_CHARS = 10_000_000;
  const MAX_FILE_BYTES = 100_000_000;
  const MAX_FILES = 200;

  const tell = (message, transfer = []) => postMessage(message, transfer);
  const asked = new Map();

  function fileFromPage(name) {
    let entry = asked.get(name);
    if (!entry) {
      entry = {};
      entry.promise = new Promise((resolve) => (entry.resolve = resolve));
      asked.set(name, entry);
      tell({ kind: 'need', name });
    }
    return entry.promise;
  }

  self.fetch = async (request) => {
    const name = String(request.url ?? request).replace(FILES, '');
    if (name === LOCK) return new Response(lockText);
    const bytes = await fileFromPage(name);
    asked.delete(name);
    if (!bytes) return new Response(null, { status: 404, statusText: `${name} is not in this app` });
    const type = name.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
    return new Response(bytes, { headers: { 'content-type': type } });
  };

  /** Output of the current run. */
  const output = { waiting: '', chars: 0, kept: [], lastSent: 0, lost: 0 };
  const stdout = new TextDecoder();
  const stderr = new TextDecoder();

  function flush() {
    if (output.waiting) tell({ kind: 'text', text: output.waiting });
    output.waiting = '';
    output.lastSent = performance.now();
  }

  function write(text) {
    if (output.chars + text.length <= KEPT_CHARS) output.kept.push(text);
    else output.lost += text.length;
    output.waiting += text.slice(0, Math.max(0, SHOWN_CHARS - output.chars));
    output.chars += text.length;
    // Python blocks this thread: messages leave from here, not from a timer.
    if (performance.now() - output.lastSent > FLUSH_MS) flush();
  }

  const stream = (decoder) => ({
    write: (bytes) => {
      write(decoder.decode(bytes, { stream: true }));
      return bytes.length;
    },
  });

  let lockText = '';
  let pyodide;
  let runner;
  let interrupt;
  let hasFont = false;

  const page = {
    image(bytes, width, height, alt) {
      flush();
      tell({ kind: 'image', bytes, width, height, alt }, [bytes.buffer]);
    },
    table(columns, rows, totalRows, text) {
      flush();
      tell({ kind: 'table', columns, rows, totalRows, text });
    },
  };

  async function start({ lock, files }) {
    lockText = lock;
    pyodide = await loadPyodide({
      indexURL: FILES,
      env: { MPLBACKEND: 'module://glm_backend', MATPLOTLIBRC: '/lib/matplotlibrc', HOME: '/home/pyodide' },
    });
    const { FS } = pyodide;
    const site = '/lib/python3.12/site-packages';
    FS.mkdirTree(site);
    FS.writeFile(`${site}/glm_runner.py`, files['runner.py']);
    FS.writeFile(`${site}/glm_backend.py`, files['backend.py']);
    FS.writeFile('/lib/matplotlibrc', files['matplotlibrc']);
    pyodide.registerJsModule('glm_page', page);
    pyodide.setStdout(stream(stdout));
    pyodide.setStderr(stream(stderr));
    pyodide.setStdin({ error: true });
    if (interrupt) pyodide.setInterruptBuffer(interrupt);
    runner = pyodide.pyimport('glm_runner');
  }

  /** Files in the data folder: path relative to it, and what a change shows in. */
  function listFiles() {
    const { FS } = pyodide;
    const found = new Map();
    const visit = (folder) => {
      for (const name of FS.readdir(folder)) {
        if (name === '.' || name === '..' || name === '__pycache__') continue;
        const path = `${folder}/${name}`;
        const { mode, size, mtime } = FS.stat(path);
        if (FS.isDir(mode)) visit(path);
        else if (FS.isFile(mode)) found.set(path.slice(DATA.length + 1), `${size} ${Number(mtime)}`);
      }
    };
    visit(DATA);
    return found;
  }

  function writeFiles(files) {
    const { FS } = pyodide;
    for (const { name, bytes } of files) {
      const path = `${DATA}/${name}`;
      FS.mkdirTree(path.slice(0, path.lastIndexOf('/')));
      FS.writeFile(path, new Uint8Array(bytes));
    }
  }

  function changedFiles(before) {
    const changed = [];
    const tooLarge = [];
    let bytesLeft = MAX_FILE_BYTES;
    for (const [name, state] of listFiles()) {
      if (before.get(name) === state) continue;
      const size = Number(state.split(' ')[0]);
      if (size > bytesLeft || changed.length >= MAX_FILES) {
        tooLarge.push(name);
        continue;
      }
      bytesLeft -= size;
      changed.push({ name, bytes: pyodide.FS.readFile(`${DATA}/${name}`) });
    }
    return { changed, tooLarge };
  }

  async function loadPackages(source, packages, font) {
    const quiet = { messageCallback() {}, errorCallback() {}, checkIntegrity: false };
    await pyodide.loadPackagesFromImports(source, quiet);
    if (packages.length > 0) await pyodide.loadPackage(packages, quiet);
    if (!font || hasFont || !('matplotlib' in pyodide.loadedPackages)) return;
    hasFont = true;
    const answer = await self.fetch(FILES + font);
    if (!answer.ok) return;
    const { FS } = pyodide;
    FS.mkdirTree('/usr/share/fonts');
    FS.writeFile(FONT, new Uint8Array(await answer.arrayBuffer()));
    const rc = FS.readFile('/lib/matplotlibrc', { encoding: 'utf8' });
    FS.writeFile('/lib/matplotlibrc', `${rc}font.sans-serif: WenQuanYi Micro Hei, DejaVu Sans\n`);
    runner.add_font(FONT);
  }

  async function run({ source, files, packages, font }) {
    Object.assign(output, { waiting: '', chars: 0, kept: [], lastSent: performance.now(), lost: 0 });
    await loadPackages(source, packages, font);
    writeFiles(files);
    const before = listFiles();
    tell({ kind: 'runs' });
    if (interrupt) interrupt[0] = 0;
    let error = runner.run(source);
    if (error === undefined) error = await runner.finish();
    flush();
    if (output.chars > SHOWN_CHARS) {
      let number = 1;
      while (before.has(`output-${number}.txt`)) number++;
      writeFiles([{ name: `output-${number}.txt`, bytes: new TextEncoder().encode(output.kept.join('')) }]);
    }
    const { changed, tooLarge } = changedFiles(before);
    const heapBytes = pyodide._module.HEAPU8.length;
    const { chars, lost } = output;
    tell({ kind: 'done', error, files: changed, tooLarge, heapBytes, chars, lost }, changed.map(({ bytes }) => bytes.buffer)); // prettier-ignore
  }

  self.onmessage = async ({ data }) => {
    try {
      if (data.begin) {
        interrupt = data.interrupt;
        await start(data.begin);
        tell({ kind: 'ready' });
      } else if (data.kind === 'bytes') asked.get(data.name)?.resolve(data.bytes);
      else if (data.kind === 'run') await run(data);
    } catch (error) {
      // Not an error of the cell: Python itself came to an end, as when the memory ran out.
      flush();
      tell({ kind: 'died', why: String(error?.message ?? error) });
    }
  };
})();
