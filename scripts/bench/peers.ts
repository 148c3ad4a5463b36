// Our engine, wllama and ONNX Runtime Web: one browser, the same model file and weights, interleaved.
// wllama runs on WebGPU only where the adapter has shader-f16. Answers are compared before anything is timed.
import { statSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { openInBrowser } from '../cli/cliBrowser';
import { commandLine, runCommand } from '../commandLine';
import { engineVersion, openComparison } from './comparison';
import { compareKernels } from './peerKernels';
import { compareModels } from './peerModels';
import { fetchPeers, PEERS, servePeers } from './peerPackages';

const { values, refusal } = commandLine(
  `npm run bench:peers -- --model FILE.gguf [--only models|kernels] [--rounds 5] [--json FILE]
    [--prefill 64,512] [--long-rounds 5] [--next 16] [--decode 12] [--tokens 1,64] [--threads 2] [--ubatch N]
    [--wllama 3.8.1] [--onnxruntime 1.30.0]
--long-rounds: of all prompt lengths but the first. With --json every round is kept, the tables beside it as Markdown;
the same command goes on where it was cut short.
--ubatch: the tokens that wllama on WebGPU gives to the GPU at once. It gives up where they take more than 30 s, as its
own 512 do on an adapter that runs on a processor: 64 there.`,
  {
    model: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    'long-rounds': { type: 'string' },
    only: { type: 'string' },
    prefill: { type: 'string', default: '64,512' },
    next: { type: 'string', default: '16' },
    decode: { type: 'string', default: '12' },
    tokens: { type: 'string', default: '1,64' },
    threads: { type: 'string', default: String(availableParallelism()) },
    ubatch: { type: 'string' },
    json: { type: 'string' },
    wllama: { type: 'string', default: PEERS['@wllama/wllama'] },
    onnxruntime: { type: 'string', default: PEERS['onnxruntime-web'] },
  },
);

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw refusal(`--${name} wants whole numbers from 1 on, not ${text}`);
  return value;
}
const list = (name: string, text: string) => text.split(',').map((part) => whole(name, part));

async function main(): Promise<void> {
  const parts = ['models', 'kernels'].filter((part) => part === (values.only ?? part));
  if (parts.length === 0) throw new Error(`--only models or --only kernels, not ${values.only}`);
  if (!values.model && parts.includes('models')) throw new Error('--model FILE.gguf is missing');
  const model = values.model && path.resolve(values.model);
  const versions = { '@wllama/wllama': values.wllama, 'onnxruntime-web': values.onnxruntime };
  const rounds = whole('rounds', values.rounds);
  const plan = {
    prefill: list('prefill', values.prefill),
    next: whole('next', values.next),
    decode: whole('decode', values.decode),
    threads: whole('threads', values.threads),
  };
  const asked = values.ubatch ? whole('ubatch', values.ubatch) : undefined;
  const tokens = list('tokens', values.tokens);
  fetchPeers(versions);
  const engine = await openInBrowser({ plugins: [servePeers] });
  try {
    const adapter = await engine.call('device', {});
    const ubatch = asked ?? (adapter.software ? 64 : 512);
    const comparison = openComparison(values.json, {
      machine: `${availableParallelism()} cores, ${cpus()[0].model}`,
      engine: engineVersion(),
      browser: engine.context.browser()?.version(),
      adapter: [adapter.vendor, adapter.architecture, adapter.description].filter(Boolean).join(' '),
      f16: adapter.features.includes('shader-f16'),
      versions,
      ...(parts.includes('models') &&
        model && { model: path.basename(model), bytes: statSync(model).size, ...plan, ubatch }),
    });
    process.stdout.write(`${JSON.stringify(comparison.settings)}\n`);
    if (parts.includes('models')) {
      const longRounds = values['long-rounds'] ? whole('long-rounds', values['long-rounds']) : rounds;
      await compareModels(engine, { ...plan, ubatch, file: model as string, rounds, longRounds, comparison });
    }
    if (parts.includes('kernels')) await compareKernels(engine, { rounds, tokens, comparison });
  } finally {
    await engine.close();
  }
}

await runCommand(main);
