// Our engine in Firefox and in Chromium, on the same model: decode and prefill, interleaved.
import path from 'node:path';
import type { Plugin } from 'vite';
import { AppError } from '../../src/shared/errors';
import { firefoxMissing } from '../browsers/browser.mjs';
import { openInBrowser, openInFirefox } from '../cli/cliBrowser';
import type { CliEngine } from '../cli/cliEngine';
import { commandLine, runCommand } from '../commandLine';
import { range, short, spread, table } from './statistics';

const { values, positionals, refusal } = commandLine(
  `npm run bench:firefox -- MODEL.gguf [--prompt 128] [--tokens 64] [--rounds 5] [--context 1024] [--same-kernels]
--same-kernels hides from Chromium the subgroups that Firefox lacks, so that both run the same texts. Both browsers should have the same adapter: Firefox takes the Vulkan driver that VK_ICD_FILENAMES names, or Mesa's lavapipe;
CHROMIUM_PATH and CHROMIUM_ARGS name a Chromium with it. The adapters are printed.`,
  {
    prompt: { type: 'string', default: '128' },
    tokens: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '5' },
    context: { type: 'string', default: '1024' },
    'same-kernels': { type: 'boolean', default: false },
  },
);

/** Removes `subgroups` from the features of the worker's adapter. */
const withoutSubgroups: Plugin = {
  name: 'no subgroups',
  transform(code, id) {
    if (!id.split('?')[0].endsWith('/src/worker/main.ts')) return undefined;
    return `{
      const { get } = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, 'features');
      const features = function () { return new Set([...get.call(this)].filter((name) => name !== 'subgroups')); };
      Object.defineProperty(GPUAdapter.prototype, 'features', { get: features });
    }\n${code}`;
  },
};

/** A browser's times, one value per round. Round 0 is the first answer: the engine has not measured the latency yet. */
interface Contender {
  name: string;
  engine: CliEngine;
  vocabSize: number;
  decodeMs: number[];
  prefillMs: number[];
}

const MIN_VOCABULARY_ID = 10; // lower ids may be byte or special tokens

async function open(name: string, engine: CliEngine, file: string): Promise<Contender> {
  const adapter = await engine.call('device', {});
  process.stderr.write(`${name}: ${JSON.stringify(adapter)}\n`);
  const source = await engine.sourceOf(file);
  const options = { contextTokens: Number(values.context) };
  const { vocabSize } = await engine.call('load', { source, options });
  return { name, engine, vocabSize, decodeMs: [], prefillMs: [] };
}

/** One answer: a fresh prompt, then greedy tokens. */
async function answer({ engine, decodeMs, prefillMs }: Contender, ids: number[]): Promise<void> {
  const turn = await engine.call('benchTurn', { ids, newTokens: Number(values.tokens) + 1, fresh: true });
  prefillMs.push(turn.firstTokenMs);
  decodeMs.push(turn.msPerToken ?? NaN);
}

async function main(): Promise<void> {
  const missing = firefoxMissing();
  if (missing) throw new AppError('no-webgpu', `Firefox: ${missing}`);
  if (!positionals[0]) throw refusal('No model is named.');
  const file = path.resolve(positionals[0]);
  const contenders = [
    await open(
      'Chromium',
      await openInBrowser({ plugins: values['same-kernels'] ? [withoutSubgroups] : [] }),
      file,
    ),
    await open('Firefox', await openInFirefox(), file),
  ];
  const [{ vocabSize }] = contenders;
  for (let round = 0; round <= Number(values.rounds); round++) {
    const ids = Array.from({ length: Number(values.prompt) }, () =>
      Math.floor(MIN_VOCABULARY_ID + Math.random() * (vocabSize - MIN_VOCABULARY_ID)),
    );
    for (const contender of round % 2 ? [...contenders].reverse() : contenders) await answer(contender, ids);
    const times = contenders.map(
      ({ name, decodeMs, prefillMs }) =>
        `${name} ${short(prefillMs[round])} ms to the first token, ${short(decodeMs[round])} ms a token`,
    );
    process.stderr.write(`answer ${round + 1}: ${times.join('; ')}\n`);
  }
  const [chromium, firefox] = contenders;
  const rows = (['prefillMs', 'decodeMs'] as const).flatMap((kind) =>
    [
      { which: 'first answer', from: 0, to: 1 },
      { which: 'later ones', from: 1, to: Infinity },
    ].map(({ which, from, to }) => {
      const [c, f] = [chromium[kind].slice(from, to), firefox[kind].slice(from, to)];
      const ratios = spread(c.map((ms, i) => ms / f[i]));
      const what = kind === 'prefillMs' ? `prefill of ${values.prompt}, ms` : 'decode, ms a token';
      return [`${what}, ${which}`, range(spread(c)), range(spread(f)), range(ratios)];
    }),
  );
  const head = ['median (min–max)', 'Chromium', 'Firefox', 'speed of Chromium’s'];
  process.stdout.write(`${table(head, rows)}\n`);
  for (const { engine } of contenders) await engine.close();
}

await runCommand(main);
