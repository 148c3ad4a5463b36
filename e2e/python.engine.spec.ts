// Python in the built app: what cells return, what ends them, what they cannot reach, and how its files arrive.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { escapeRoutes } from './escapeRoutes.js';
import { builtManifest, openPython, openPythonHost, runPython, type PythonHost } from './pages/pythonPage';
import { expect, test } from './pages/test';

let host: PythonHost;
test.beforeEach(async ({ allowOrigin, page }) => {
  host = await openPythonHost();
  allowOrigin(host.url);
  await page.goto(host.url);
});
test.afterEach(() => host.close());

/** Why packages cannot be tested; '' if the build has them. */
const missing = builtManifest().files.filter(({ builtIn }) => !builtIn).map(({ name }) => name); // prettier-ignore
const NO_PACKAGES = `this build has no packages: ${missing.length} files could not be fetched from PyPI`;

test('cells: values, variables, files, failures; loops and floods end; nothing gets out', async ({
  page,
  allowOrigin,
}) => {
  await openPython(page, { timeoutMs: 1000 });
  const run = (source: string, options = {}) => runPython(page, source, options);

  const first = await run('print("hello")\nx = 21\nx * 2');
  expect(first).toMatchObject({ observation: 'hello\n42', failed: false });
  const next = await run('x');
  expect(next.observation).toBe('21');
  const failure = await run('x / 0');
  expect(failure.failed).toBe(true);
  expect(failure.observation).toMatch(/^Traceback[^]*line 1[^]*ZeroDivisionError: division by zero$/);
  expect((await run('import requests')).observation).toContain('numpy, pandas');

  // Files, in and out; another chat has its own.
  const files = { 'in/数据.csv': 'a,b\n1,2\n' };
  const copied = await run('t = open("in/数据.csv").read()\nopen("out.csv", "w").write(t);', { files });
  expect(copied.parts).toEqual([
    expect.objectContaining({ type: 'file', name: 'out.csv', mediaType: 'text/csv', content: 'a,b\n1,2\n' }),
  ]);
  expect(copied.observation).toContain('/mnt/data/out.csv');

  // An endless loop is interrupted, and its variables are there.
  const loop = await run('n = 0\nwhile True:\n    n += 1');
  expect(loop).toMatchObject({ failed: true });
  expect(loop.observation).toContain('Timed out\nVariables are kept.');
  expect((await run('n > 1000 and x')).observation).toBe('21');
  const stopped = await run('print("begins")\nwhile True: pass', { stopAfterMs: 500 });
  expect(stopped.error?.code).toBe('AbortError');
  expect((await run('x')).observation).toBe('21');
  const chatter = await run('for i in range(40):\n    print(i)\n    import time; time.sleep(0.01)');
  expect(chatter.progress).toBeGreaterThan(3); // as it comes

  const flood = await run('for i in range(40_000): print("line", i)');
  expect(flood.observation).toContain('characters; this is the beginning');
  expect(flood.parts.at(-2)).toMatchObject({ type: 'file', name: 'output-1.txt' });
  expect(flood.observation.length).toBeLessThan(67_000);

  // Ways out. The server counts connections, whatever comes over them.
  let connections = 0;
  const server = createServer(
    (_, response) => void response.setHeader('access-control-allow-origin', '*').end(),
  );
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stun = createSocket('udp4');
  stun.on('message', () => connections++);
  await new Promise<void>((resolve) => stun.bind(port, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${port}`;
  allowOrigin(address); // attempts are reported as requests of the page, although none leaves the browser
  await fetch(address);
  expect(connections, 'the counter counts').toBe(1);
  await page.evaluate(() => {
    localStorage.setItem('chat', 'secret');
    const channel = new BroadcastChannel('escape');
    channel.onmessage = () => channel.postMessage('heard');
  });
  await openPython(page, { idleMs: 1000 }); // and a minute for the attempts, of which many wait for an answer
  const attempts = await run(
    `import js, json, urllib.request
from pyodide.ffi import to_js
from pyodide.http import open_url
import pyodide_js
js.importScripts(js.URL.createObjectURL(js.Blob.new(to_js([${JSON.stringify(`self.attempts = ${escapeRoutes.toString()}`)}]))))
found = (await js.attempts("${address}")).to_py()
def attempt(name, function):
    try:
        found["outcomes"][name] = str(function())
    except BaseException as error:
        found["outcomes"][name] = f"refused: {type(error).__name__}"
attempt("urllib", lambda: urllib.request.urlopen("${address}/urllib"))
attempt("open_url", lambda: open_url("${address}/open_url"))
attempt("run_js", lambda: js.eval("fetch('${address}/eval')"))
try:
    await pyodide_js.loadPackage("${address}/package.whl")
except BaseException as error:
    pass
print(json.dumps(found))`,
  );
  const [found = '{}'] = /^\{.*\}$/m.exec(attempts.observation) ?? [];
  const { origin, outcomes } = JSON.parse(found) as {
    origin: string;
    outcomes: Record<string, string>;
  };
  expect(origin, attempts.observation).toBe('null');
  expect(Object.keys(outcomes).length).toBeGreaterThan(30);
  expect(Object.entries(outcomes).filter(([, outcome]) => /sent|open|heard|done/.test(outcome))).toEqual([]);
  for (const name of ['indexeddb', 'indexeddb-list', 'caches', 'opfs', 'local-storage'])
    expect(outcomes[name], name).toMatch(/^refused/);
  expect(connections).toBe(1);
  expect(new URL(page.url()).origin).toBe(new URL(host.url).origin);
  server.close();
  stun.close();

  await page.waitForTimeout(1500); // idle for too long
  expect((await run('found')).observation).toMatch(/NameError[^]*Python was restarted: variables of earlier/);
});

test('what ends Python, and user and model are told: a heap above the limit, a loop without shared memory', async ({
  page,
  allowOrigin,
}) => {
  const plain = await openPythonHost({ headers: false });
  allowOrigin(plain.url);
  await page.goto(plain.url);
  await openPython(page, { maxHeapBytes: 1, timeoutMs: 500 });
  expect((await runPython(page, 'x = 1\nx')).observation).toMatch(
    /^1\nPython used too much memory and was ended/,
  );
  expect((await runPython(page, 'x')).observation).toMatch(
    /NameError[^]*knows no variables of earlier calls/,
  );
});

test('packages: a plot with Chinese text, a table, algebra', async ({ page }) => {
  test.skip(missing.length > 0, NO_PACKAGES);
  await openPython(page);
  const run = (source: string) => runPython(page, source);
  const plot = await run(
    'import warnings\nwarnings.simplefilter("error")\nimport matplotlib.pyplot as plt\n' +
      'plt.bar(["一月", "二月"], [3, -1])\nplt.title("每月收入")\nplt.show()\nprint("after")',
  );
  expect(plot.observation).toBe('[Image]\nafter'); // matplotlib warns of characters that its font lacks
  expect(plot.parts[0]).toMatchObject({ type: 'image', alt: '每月收入' });
  expect(plot.parts[0].width).toBeGreaterThan(700);
  const table = await run('import pandas as pd\npd.DataFrame({"a": [1, 2], "b": [0.5, None]})');
  expect(table.parts).toEqual([
    { type: 'table', columns: ['', 'a', 'b'], rows: [['0', '1', '0.5'], ['1', '2', 'NaN']], totalRows: 2 }, // prettier-ignore
  ]);
  expect(table.observation).toMatch(/^ +a +b\n0 +1 +0\.5\n1 +2 +NaN$/);
  expect((await run('import sympy\nsympy.factor("x**2 - 1")')).observation).toBe('(x - 1)*(x + 1)');
  const time =
    'datetime(2026, 3, 5, 12, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(ZoneInfo("Europe/Paris")).hour';
  expect((await run(`from datetime import datetime\nfrom zoneinfo import ZoneInfo\n${time}`)).observation).toBe('5'); // prettier-ignore
  expect((await run('import scipy.stats\nround(float(scipy.stats.norm.cdf(1.96)), 4)')).observation).toBe(
    '0.975',
  );
});

test.describe('without built-in files', () => {
  test.use({ allowedErrors: /Failed to load/ });

  test('asks, downloads from elsewhere, compares hashes, keeps what it downloaded', async ({
    page,
    allowOrigin,
  }) => {
    const mirror = await openPythonHost();
    allowOrigin(mirror.url);
    const manifest = builtManifest();
    const { version, files } = manifest;
    const from = (hashOf: (hash: string[]) => string[]) =>
      JSON.stringify({
        ...manifest,
        files: files.map((file) => ({
          ...file,
          builtIn: false,
          sha256: hashOf(file.sha256),
          url: `${mirror.url}python/${version}/${file.name}`,
        })),
      });
    for (const { name } of files) host.files.set(`python/${version}/${name}`, null);
    host.files.set(
      'python/manifest.json',
      from(() => ['0'.repeat(64)]),
    );
    await openPython(page);
    // In turn: no way to ask, a refusal, a file with another hash, the right files.
    const host0 = new URL(mirror.url).host;
    expect((await runPython(page, '1 + 1')).error).toMatchObject({
      code: 'python-parts',
      details: { parts: 'python', host: host0 },
    });
    const refused = await runPython(page, '1 + 1', { allowDownload: false });
    expect(refused.downloads).toMatchObject([{ parts: 'python', host: host0 }]);
    expect(refused.downloads[0].bytes).toBeGreaterThan(13e6);
    expect(refused.observation).toContain('does not want to download');
    expect(mirror.requests).toEqual([]);
    expect((await runPython(page, '1 + 1', { allowDownload: true })).error?.code).toBe('hash-mismatch');
    host.files.set(
      'python/manifest.json',
      from((hash) => hash),
    );
    await page.reload();
    await openPython(page);
    expect((await runPython(page, '6 * 7', { allowDownload: true })).observation).toBe('42');

    // Kept: no further request, also without the manifest.
    const before = mirror.requests.length;
    host.files.set('python/manifest.json', null);
    await page.reload();
    await openPython(page);
    expect((await runPython(page, '6 * 8')).observation).toBe('48');
    expect(mirror.requests.length).toBe(before);
    const more = await runPython(page, 'import numpy', { allowDownload: false });
    expect(more.downloads).toMatchObject([{ parts: 'numpy' }]);
    await mirror.close();
  });
});
