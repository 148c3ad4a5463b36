// Decode speed lost to late results: the engine with an injected completion delay (Firefox polls every 100 ms), without
// one, and with the delay but awaiting every token. In Node through Dawn, interleaved.
//
// The tokens of all three must be equal. A longer prompt is prefilled in chunks whose size depends on measured times, and
// chunks of other sizes round differently; with random weights that can change a token.
import path from 'node:path';
import { lateGpu } from '../../src/testing/lateGpu';
import { fixedSteps } from '../../src/testing/policies';
import { openInDawn } from '../cli/cliDawn';
import { commandLine, runCommand } from '../commandLine';
import { range, short, spread, table } from './statistics';

const { values, positionals, refusal } = commandLine(
  `npm run bench:delay -- MODEL.gguf [--delay 100] [--tokens 32] [--rounds 5] [--prompt 8]`,
  {
    delay: { type: 'string', default: '100' },
    tokens: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '5' },
    prompt: { type: 'string', default: '8' },
  },
);

async function main(): Promise<void> {
  const completionDelayMs = Number(values.delay);
  const wrap = (api: GPU) => lateGpu(api, () => completionDelayMs);
  const setups = {
    'no delay': {},
    [`${completionDelayMs} ms delay`]: { wrap },
    [`${completionDelayMs} ms delay, every token awaited`]: { wrap, policies: fixedSteps(1) },
  };
  if (!positionals[0]) throw refusal('No model is named.');
  const file = path.resolve(positionals[0]);
  const engines = await Promise.all(
    Object.entries(setups).map(async ([name, setup]) => {
      const engine = await openInDawn(setup);
      const { vocabSize } = await engine.call('load', { source: await engine.sourceOf(file) });
      return { name, engine, vocabSize, ms: [] as number[], tokens: [] as number[] };
    }),
  );
  process.stdout.write(`${JSON.stringify(await engines[0].engine.call('device', {}))}\n`);
  const newTokens = Number(values.tokens) + 1;
  for (let round = -1; round < Number(values.rounds); round++) {
    const ids = Array.from({ length: Number(values.prompt) }, () =>
      Math.floor(Math.random() * engines[0].vocabSize),
    );
    for (const entry of engines) {
      const turn = await entry.engine.call('benchTurn', { ids, newTokens, fresh: true });
      entry.tokens = turn.tokens;
      if (round >= 0) entry.ms.push(turn.msPerToken ?? NaN); // the first round warms up
    }
    const times = engines.map(({ name, ms }) => `${name} ${short(ms.at(-1) ?? NaN)} ms`);
    process.stderr.write(`${round < 0 ? 'warmed up' : `round ${round + 1}: ${times.join(', ')}`}\n`);
    if (engines.some(({ tokens }) => tokens.join() !== engines[0].tokens.join()))
      throw new Error('The tokens differ: nothing of this counts');
  }
  const rows = engines.map(({ name, ms }) => {
    const loss = spread(ms.map((value, i) => 100 * (1 - engines[0].ms[i] / value)));
    return [name, range(spread(ms)), `${short(loss.median)} % (${short(loss.min)}–${short(loss.max)})`];
  });
  process.stdout.write(`${table(['decode', 'ms a token, median (min–max)', 'speed lost'], rows)}\n`);
}

await runCommand(main);
