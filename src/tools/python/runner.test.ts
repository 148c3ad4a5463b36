// The Python side of the tool in Pyodide itself, in Node: what a cell shows, and what a failure says.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { loadPyodide } from 'pyodide';
import { beforeAll, expect, test } from 'vitest';

interface Runner {
  run(source: string): string | undefined;
  finish(): Promise<string>;
}

let runner: Runner;
let output = '';

beforeAll(async () => {
  const folder = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
  const python = await loadPyodide({ indexURL: `${folder}/` });
  const decoder = new TextDecoder();
  const stream = {
    write: (bytes: Uint8Array) => {
      output += decoder.decode(bytes, { stream: true });
      return bytes.length;
    },
  };
  python.setStdout(stream);
  python.setStderr(stream);
  python.registerJsModule('glm_page', {});
  const source = readFileSync(new URL('./runner.py', import.meta.url), 'utf8');
  python.FS.writeFile('/lib/python3.12/site-packages/glm_runner.py', source);
  runner = python.pyimport('glm_runner') as Runner;
}, 120_000);

/** Everything a cell shows; a failure's text comes last. */
async function run(source: string): Promise<string> {
  output = '';
  const error = runner.run(source) ?? (await runner.finish());
  return output + error;
}

test('the last value is shown as in a notebook; None and a semicolon show nothing', async () => {
  expect(await run('print("a")\n2 ** 10')).toBe('a\n1024\n');
  expect(await run('x = 5')).toBe('');
  expect(await run('x')).toBe('5\n');
  expect(await run('x;')).toBe('');
  expect(await run('print("中文", end="")\nNone')).toBe('中文');
  expect(await run('display(1, "b")')).toBe("1\n'b'\n");
  expect(await run('import sys\nprint("to stderr", file=sys.stderr)')).toBe('to stderr\n');
});

test('a cell may await', async () => {
  expect(await run('import asyncio\nawait asyncio.sleep(0)\n7')).toBe('7\n');
});

test('a traceback names lines of the cell, and no others', async () => {
  expect(await run('def f(n):\n    return 1 / n\nprint("before")\nf(0)')).toMatch(
    /^before\nTraceback \(most recent call last\):\n {2}File "<cell \d+>", line 4, in <module>\n {4}f\(0\)\n {2}File "<cell \d+>", line 2, in f\n {4}return 1 \/ n\n[ ~^]+\nZeroDivisionError: division by zero\n$/,
  );
  expect(await run('if True\n  x')).toContain("SyntaxError: expected ':'");
  expect(await run('input("name? ")')).not.toContain('glm_runner');
  expect(await run('def r(): return r()\nr()')).toContain('RecursionError');
  expect(await run('raise SystemExit(0)')).toBe('');
  expect(await run('bytearray(2**31 - 1) * 2')).toMatch(/MemoryError|OverflowError/);
  expect(await run('x')).toBe('5\n'); // variables survive all of it
});
