// Our engine beside wllama and ONNX Runtime Web: one browser, the same model file and weights, turn and turn about.
//
//   npm run bench:peers -- --model FILE.gguf [--rounds 5] [--only models|kernels] [--json FILE]
//       [--prefill 64,512] [--decode 12] [--tokens 1,64] [--threads 2] [--wllama 3.8.1] [--onnxruntime 1.30.0]
//
// wllama runs on WebGPU only where the adapter has shader-f16. Answers are compared before anything is timed.
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openInBrowser } from '../cliBrowser';
import { compareKernels } from './peerKernels';
import { compareModels } from './peerModels';
import { fetchPeers, PEERS, servePeers } from './peerPackages';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    model: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    prefill: { type: 'string', default: '64,512' },
    decode: { type: 'string', default: '12' },
    tokens: { type: 'string', default: '1,64' },
    threads: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'string' },
    wllama: { type: 'string', default: PEERS['@wllama/wllama'] },
    onnxruntime: { type: 'string', default: PEERS['onnxruntime-web'] },
  },
});

async function main(): Promise<void> {
  if (!values.model && values.only !== 'kernels') throw new Error('--model FILE.gguf is missing');
  const versions = { '@wllama/wllama': values.wllama, 'onnxruntime-web': values.onnxruntime };
  fetchPeers(versions);
  const rounds = Number(values.rounds);
  const report: Record<string, unknown> = {
    date: new Date().toISOString(),
    machine: `${availableParallelism()} cores, ${cpus()[0].model}`,
    versions,
  };
  const save = (key: string, value: unknown) => {
    report[key] = value;
    if (values.json) writeFileSync(values.json, JSON.stringify(report, null, 1));
  };
  const engine = await openInBrowser({ plugins: [servePeers] });
  try {
    save('browser', engine.context.browser()?.version());
    save('adapter', await engine.call('device', {}));
    process.stdout.write(`${JSON.stringify(report)}\n`);
    if (values.only !== 'kernels')
      await compareModels(engine, {
        file: path.resolve(values.model as string),
        rounds,
        prefill: values.prefill.split(',').map(Number),
        decode: Number(values.decode),
        threads: Number(values.threads),
        onRound: (result) => save('models', result),
      });
    if (values.only !== 'models')
      await compareKernels(engine, {
        rounds,
        tokens: values.tokens.split(',').map(Number),
        onShape: (result) => save('kernels', result),
      });
    if (!values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  } finally {
    await engine.close();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
