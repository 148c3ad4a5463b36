// Tests a full-size model: imports it over HTTP with kills at random points, loads it from IndexedDB with the server off,
// and generates a few tokens. Measures speeds, memory and the bytes lost to every kill.
//
// FILE comes from scripts/makeModel.ts. The browser is that of the tests (CHROMIUM_PATH, CHROMIUM_ARGS). A kill is a
// SIGKILL of every browser process; only the profile on disk survives. Without --profile it is a temporary folder, deleted
// at the end. The run needs three times the model's size on disk. Progress goes to stderr.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { commandLine } from '../commandLine';
import { importRun } from './importRun';
import { MemoryCurve } from './memoryCurve';
import { servePage } from './servePage';
import { warmRun, type WarmRun } from './warmRun';

const { values: options, refusal } = commandLine(
  `npm run full-size -- --model FILE [--kills 5] [--tokens 8] [--warm-starts 3] [--seed 1] [--raw-mb N]
    [--profile DIR] [--json FILE] [--svg FILE] [--port 4190]
npm run full-size -- --profile DIR     the second half only, of the model that an earlier run left in DIR`,
  {
    model: { type: 'string' },
    kills: { type: 'string', default: '5' },
    tokens: { type: 'string', default: '8' },
    'warm-starts': { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    'raw-mb': { type: 'string' },
    profile: { type: 'string' },
    json: { type: 'string' },
    svg: { type: 'string' },
    port: { type: 'string', default: '4190' },
  },
);
if (!options.model && !options.profile) throw refusal('--model FILE is missing.');
const profile = options.profile ?? mkdtempSync(path.join(tmpdir(), 'full-size-'));
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const started = performance.now();
process.once('exit', () => !options.profile && rmSync(profile, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1)); // the browser too
const page = await servePage(Number(options.port));
const curve = new MemoryCurve();
const shared = { profile, pageUrl: page.url, curve, say };
try {
  const file = options.model && path.resolve(options.model);
  const modelBytes = file ? statSync(file).size : 0;
  const imported =
    file &&
    (await importRun({
      ...{ ...shared, file, kills: Number(options.kills), seed: Number(options.seed) },
      rawBytes: options['raw-mb'] ? Number(options['raw-mb']) * 1e6 : modelBytes,
    }));
  const write = (warm?: WarmRun): void => {
    const result = {
      date: new Date().toISOString(),
      machine: `${cpus().length} × ${cpus()[0].model}`,
      ...(file && { model: path.basename(file), modelBytes }),
      ...(imported && { import: imported }),
      ...(warm && { warm }),
      peakBytes: { import: curve.peaks('import'), warm: curve.peaks('warm'), tokens: curve.peaks('tokens') },
      totalMinutes: (performance.now() - started) / 60000,
    };
    const text = `${JSON.stringify(result, null, 2)}\n`;
    if (options.json) writeFileSync(options.json, text);
    else if (warm) process.stdout.write(text);
    const title = `Memory while ${result.model ?? 'a stored model'} is imported and loaded`;
    if (options.svg) writeFileSync(options.svg, curve.toSvg(title));
  };
  if (imported) {
    write(); // the next steps are slow on a software adapter
    say('server off; starting from IndexedDB');
  }
  write(
    await warmRun({
      ...{ ...shared, tokens: Number(options.tokens), repeat: Number(options['warm-starts']) },
    }),
  );
} catch (error) {
  console.error(error);
  process.exit(1);
}
process.exit(0);
