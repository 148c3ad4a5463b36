// Compares loading a model file in place with loading an imported copy, in one headless Chromium.
// Each round loads the file in place (first load, then with its manifest), imports it, and loads the copy.
// Reports the largest resident set of a renderer process during each load, in megabytes.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { LoadProgress } from '../src/protocol/models';
import { fromWireError, type WireError } from '../src/shared/errors';
import { openInBrowser } from './cli/cliBrowser';
import { commandLine } from './commandLine';

const { values, positionals, refusal } = commandLine('npm run in-place -- MODEL.gguf [--rounds 3]', {
  rounds: { type: 'string', default: '3' },
});
const [file] = positionals;
if (!file) throw refusal('No model is named.');

/** Megabytes of the largest renderer process of this session's browsers; 0 if ps does not report it. */
function rendererMegabytes(): number {
  try {
    const rows = execFileSync('ps', ['-eo', 'rss=,args='], { encoding: 'utf8' }).split('\n');
    const sizes = rows.filter((row) => row.includes('--type=renderer')).map((row) => parseInt(row, 10));
    return Math.round(Math.max(0, ...sizes) / 1024);
  } catch {
    return 0;
  }
}

interface Timed {
  id: string;
  ms: number;
  /** The part spent uploading weights; the rest is compiling. */
  weightsMs?: number;
  megabytes: number;
}

const engine = await openInBrowser({});
try {
  const [page] = engine.context.pages();
  await page.evaluate(() =>
    document.body.append(Object.assign(document.createElement('input'), { type: 'file' })),
  );
  await page.locator('input').setInputFiles(path.resolve(file));

  /** Calls the engine with the chosen file as the source. */
  async function timed(
    name: 'load' | 'import',
    kind: 'disk' | 'files' | 'cached',
    id?: string,
  ): Promise<Timed> {
    let megabytes = 0;
    const watch = setInterval(() => (megabytes = Math.max(megabytes, rendererMegabytes())), 250);
    const started = performance.now();
    const { answer, weightsMs } = await page.evaluate(
      async ([call, source]) => {
        const files = [...(document.querySelector('input')?.files ?? [])];
        const options = { contextTokens: 512 };
        const begun: Record<string, number> = {};
        window.engineEvent = (_, event) => {
          const { phase } = event as LoadProgress;
          begun[phase] ??= performance.now();
        };
        const answer = await window.engineCall(call, { source: { ...source, files }, options } as never);
        return { answer, weightsMs: begun.compile - begun.upload };
      },
      [name, { kind, id }] as const,
    );
    clearInterval(watch);
    const { result, error } = answer as { result: { id: string }; error?: WireError };
    if (error) throw fromWireError(error);
    const ms = Math.round(performance.now() - started);
    return { id: result.id, ms, ...(weightsMs > 0 && { weightsMs: Math.round(weightsMs) }), megabytes };
  }

  for (let round = 0; round < Number(values.rounds); round++) {
    const first = await timed('load', 'disk');
    const again = await timed('load', 'disk', first.id);
    const copy = await timed('import', 'files');
    const cached = await timed('load', 'cached', copy.id);
    process.stdout.write(`${JSON.stringify({ first, again, import: copy, cached })}\n`);
    await engine.call('deleteModel', { id: first.id });
    await engine.call('deleteModel', { id: copy.id });
  }
} finally {
  await engine.close();
}
