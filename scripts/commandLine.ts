// What the commands share: reading the arguments, --help, and how a failure is told.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { AppError } from '../src/shared/errors';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; allowPositionals: true; options: T }>
>;

export interface CommandLine<T extends Options> {
  values: Parsed<T>['values'];
  positionals: string[];
  /** For arguments that will not do: the error says why, and how the command is used. */
  refusal(why: string): AppError;
}

/**
 * The arguments, as node:util reads them. With --help the usage goes to stdout and the command ends; with options that
 * it does not know it goes to stderr, and the exit status is 1. Whatever is thrown from now on ends the command likewise.
 * @param usage how the command is called, and what its options mean
 */
export function commandLine<const T extends Options>(usage: string, options: T): CommandLine<T> {
  const args = process.argv.slice(2).filter((arg) => arg !== '--'); // npm's separator
  if (args.includes('--help')) {
    process.stdout.write(`usage: ${usage}\n`);
    process.exit(0);
  }
  process.once('uncaughtException', fail);
  const refusal = (why: string) => new AppError('bad-request', `${why}\nusage: ${usage}`, { why });
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    return { values, positionals, refusal };
  } catch (error) {
    return fail(refusal((error as Error).message));
  }
}

/** Runs a command and exits when its output is written, even if handles are still open. */
export function runCommand(main: () => Promise<void>): void {
  main().then(() => process.stdout.write('', () => process.exit(0)), fail);
}

/** The reason goes to stderr, with the place in the code unless it is one that was foreseen. */
function fail(error: unknown): never {
  const known = error instanceof AppError && error.code !== 'bug';
  const stack = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${known ? `${error.code}: ${error.message}` : stack}\n`);
  process.exit(1);
}
