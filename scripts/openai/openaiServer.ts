// Starts an independent server for the OpenAI API, llama.cpp's, with a GLM file: for the end-to-end tests and for trying
// a chat with a server. It is installed from PyPI as one wheel of 34 MB (xllamacpp), into the project's cache.
//
//   npm run --silent openai-server -- [model.gguf]     scripts/openai/serveOpenAi.ts: address and key as JSON; Ctrl+C ends it
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const VERSION = '2026.10.11549';
const CACHE = `node_modules/.cache/openai-server-${VERSION}`;
const NANO = 'public/models/nano.gguf';
const INSTALL_MS = 180_000;
const START_MS = 60_000;

const run = promisify(execFile);

export interface OpenAiServer {
  /** 'http://127.0.0.1:8080/v1' */
  baseUrl: string;
  key: string;
  stop(): void;
}

/** A Python environment with the server. @throws pip's error, for example without Python, network or a wheel */
async function installed(): Promise<string> {
  const python = process.platform === 'win32' ? `${CACHE}/Scripts/python.exe` : `${CACHE}/bin/python`;
  const works = () => run(python, ['-c', 'import xllamacpp']).then(() => true, () => false); // prettier-ignore
  if (existsSync(python) && (await works())) return python;
  await run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', '--clear', CACHE], {
    timeout: INSTALL_MS,
  });
  const wheel = ['--only-binary', ':all:', '--no-deps', `xllamacpp==${VERSION}`];
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...wheel], {
    timeout: INSTALL_MS,
  });
  return python;
}

/** @throws if it cannot be installed or does not start, with its last output */
export async function startOpenAiServer(model = NANO): Promise<OpenAiServer> {
  const python = await installed();
  const key = randomBytes(12).toString('hex');
  const child = spawn(python, ['scripts/openai/openaiServer.py', model, key], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said = (said + String(part)).slice(-2000)));
  const address = await new Promise<string>((resolve, reject) => {
    const fail = () => reject(new Error(`llama.cpp's server did not start:\n${said}`));
    const timer = setTimeout(() => (child.kill(), fail()), START_MS);
    child.once('exit', fail);
    child.once('error', reject);
    createInterface(child.stdout).once('line', (line) => (clearTimeout(timer), resolve(line)));
  });
  return { baseUrl: `${address}/v1`, key, stop: () => void child.kill() };
}
