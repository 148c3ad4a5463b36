// Feeds mutants of files and streams to the app's readers: npm run fuzz -- [--mutants 100000] [--seed N] [--target NAME]
// A mutant has to be read, or refused with an AppError, within half a second of processor time.
import { allTargets, fuzz } from '../src/testing/fuzz';
import { commandLine } from './commandLine';

const { values, refusal } = commandLine('npm run fuzz -- [--mutants 100000] [--seed N] [--target NAME]', {
  mutants: { type: 'string' },
  seed: { type: 'string' },
  target: { type: 'string' },
});
const total = Number(values.mutants ?? 100_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000);

// pdf.js leaves some rejections of a damaged file unhandled. In the app they end in its worker, which is closed after each
// file; here they would end the program.
let inWorker = 0;
process.on('unhandledRejection', (reason) => {
  if (
    !/XRef|pdf/i.test(
      reason instanceof Error ? `${reason.name} ${reason.message} ${reason.stack}` : String(reason),
    )
  )
    throw reason;
  inWorker++;
});

/** @returns whether every target held. */
async function run(): Promise<boolean> {
  if (!(total > 0) || !Number.isInteger(seed)) throw refusal('--mutants and --seed are numbers');
  const targets = (await allTargets(total)).filter(
    ({ target }) => !values.target || target.name === values.target,
  );
  if (targets.length === 0) throw refusal(`there is no target ${values.target}`);
  silenceParsers();
  process.stdout.write(`seed ${seed}\n`);
  let failures = 0;
  let tried = 0;
  for (const { target, count } of targets) {
    const start = performance.now();
    try {
      const { accepted, slowestMs } = await fuzz(target, { seed, count });
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      const refused = count - accepted;
      process.stdout.write(
        `${target.name}: ${count} mutants, ${accepted} read, ${refused} refused, slowest ${Math.ceil(slowestMs)} ms, ${seconds} s\n`,
      );
    } catch (error) {
      failures++;
      process.stdout.write(
        `${target.name}: FAILED: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      if (error instanceof Error && error.cause instanceof Error)
        process.stdout.write(`${error.cause.stack}\n`);
    }
    tried += count;
  }
  if (inWorker > 0) process.stdout.write(`${inWorker} rejections in pdf.js's worker\n`);
  process.stdout.write(`${tried} mutants, ${failures} of ${targets.length} targets failed\n`);
  return failures === 0;
}

/** The parsers of Word and PDF files report to the console what they skip. */
function silenceParsers(): void {
  for (const method of ['log', 'warn', 'error'] as const) console[method] = () => undefined;
}

// Awaited here, as in runCommand: the readers load their parsers from Vite's server.
const held = await run();
process.stdout.write('', () => process.exit(held ? 0 : 1));
